/** What is heard of the tracks that a page lists. */

import { loadTrack } from "../model/library.js";
import { unlockByGesture } from "../player/gestures.js";
import { Player } from "../player/player.js";
import { PlayerBar } from "../ui/player-bar.js";

/**
 * @typedef {import("../model/library.js").Track} Track
 * @typedef {import("../player/player.js").Segment} Segment
 * @typedef {{track: Track, segment: Segment, on: boolean}} Other a moment of a track, or `on` from
 *   there to its end
 */

/** By which the arrow keys go forwards and back. */
const SEEK_SECONDS = 5;

/** Events: "other" when a track begins or stops to sound; "end", with it, when one was heard out. */
export class ListSound extends EventTarget {
  /** @type {Other | null} what is heard */
  other = null;
  /** @type {Other | null} what was heard last */
  #last = null;
  /** @type {import("../player/player.js").Phase} */
  #phase = "idle";
  #frame = 0;

  /** @param {(id: number) => Promise<Track>} [load] */
  constructor(load = loadTrack) {
    super();
    this.player = new Player(load);
    this.bar = new PlayerBar({
      onToggle: () => this.toggle(),
      onSeek: (seconds) => this.seek(seconds),
      onVolume: (volume) => (this.player.volume = volume),
    });
    this.player.addEventListener("change", () => this.#onPlayer());
    unlockByGesture(this.player);
  }

  /** What the player's bar tells of; null before anything was played. */
  get track() {
    return this.#last?.track ?? null;
  }

  /**
   * Plays a moment of a track, or all of it from there on.
   *
   * @param {Track} track
   * @param {Segment} segment
   * @param {{on?: boolean}} [options]
   */
  playOther(track, segment, { on = false } = {}) {
    this.#last = { track, segment, on };
    this.setOther(this.#last);
    this.bar.showTrack(track, segment);
    this.bar.showTags([]);
    this.bar.showPlace(segment.start);
    if (on && track.audio) this.player.keepPlaying(track, segment.start, segment);
    else void this.player.play(segment);
  }

  /** Silence. */
  leaveOther() {
    this.player.stop();
    this.setOther(null);
  }

  toggle() {
    if (this.other) this.leaveOther();
    else if (this.#last) this.playOther(this.#last.track, this.#last.segment, this.#last);
  }

  /** @param {number} seconds into what is heard, or was last */
  seek(seconds) {
    if (!this.#last) return;
    this.setOther(this.#last);
    this.player.keepPlaying(this.#last.track, Math.max(seconds, 0), this.#last.segment);
  }

  /** @param {number} change seconds */
  seekBy(change) {
    if (this.other) this.seek(this.player.seconds + change);
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means something
   */
  press(key) {
    if (key === " ") this.toggle();
    else if (key === "ArrowLeft") this.seekBy(-SEEK_SECONDS);
    else if (key === "ArrowRight") this.seekBy(SEEK_SECONDS);
    else return false;
    return true;
  }

  /** @param {Other | null} other */
  setOther(other) {
    if (this.other === other) return;
    this.other = other;
    this.dispatchEvent(new Event("other"));
  }

  /** What is heard has come to its end. */
  ended() {
    const { other } = this;
    this.leaveOther();
    this.dispatchEvent(new CustomEvent("end", { detail: other }));
  }

  /** What is heard has gone on, or begins. */
  listen() {
    this.bar.showPlace(this.player.seconds);
  }

  #onPlayer() {
    const { state } = this.player;
    const { track } = this.other ?? this;
    this.bar.showState(state, track ?? undefined);
    this.bar.toggle.disabled = !track?.audio;
    cancelAnimationFrame(this.#frame);
    if (state.phase === "playing") this.#frame = requestAnimationFrame(() => this.#listen());
    const ended = state.phase === "ended" && this.#phase !== "ended";
    this.#phase = state.phase;
    if (ended) this.ended();
  }

  #listen() {
    if (this.player.state.phase !== "playing") return;
    this.#frame = requestAnimationFrame(() => this.#listen());
    this.listen();
  }
}
