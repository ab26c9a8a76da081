/** What is heard of the page's track, and where in it one is; or of another, for comparison. */

import { loadTrack } from "../model/library.js";
import { unlockByGesture } from "../player/gestures.js";
import { Player } from "../player/player.js";
import { PlayerBar } from "../ui/player-bar.js";

/**
 * @typedef {import("../model/library.js").Track} Track
 * @typedef {import("../player/player.js").Segment} Segment
 * @typedef {{hop: number, length: number, tags: (position: number) => string[]}} Cut seconds from
 *   one segment to the next, and of each; and the strongest tags of one
 */

/** By which the arrow keys go forwards and back. */
const SEEK_SECONDS = 5;

/** Segments where no network has cut the track. */
const PLAIN_SECONDS = 3;

/**
 * Events: "place" when another moment of the track is heard, or was gone to; "length" when it is
 * known better how long the track is; "other" when another track begins or stops to sound.
 */
export class TrackSound extends EventTarget {
  seconds = 0;
  /** @type {{track: Track, segment: Segment} | null} heard instead, while this one waits */
  other = null;
  #duration;
  /** @type {Cut} */
  #cut = { hop: PLAIN_SECONDS, length: PLAIN_SECONDS, tags: () => [] };
  /** Position of the segment that the bar tells of. */
  #told = -1;
  /** @type {import("../player/player.js").Phase} */
  #phase = "idle";
  #frame = 0;

  /** @param {Track} track */
  constructor(track) {
    super();
    this.track = track;
    this.#duration = track.duration ?? 0;
    this.player = new Player(async (id) => (id === track.id ? track : loadTrack(id)));
    this.bar = new PlayerBar({
      onToggle: () => this.toggle(),
      onSeek: (seconds) => this.#seek(seconds),
      onVolume: (volume) => (this.player.volume = volume),
    });
    this.player.addEventListener("change", () => this.#onPlayer());
    unlockByGesture(this.player);
    this.#tell();
  }

  /** Seconds; 0 where it is not known. */
  get duration() {
    return this.#duration;
  }

  set duration(seconds) {
    this.#duration = seconds;
    this.dispatchEvent(new Event("length"));
  }

  get playing() {
    return !this.other && this.player.state.phase === "playing";
  }

  /**
   * Has the player's bar tell of the track as a network cut it.
   *
   * @param {Cut} cut
   */
  tellOf(cut) {
    this.#cut = cut;
    this.#told = -1;
    this.#tell();
  }

  /** @param {number} seconds into the track */
  playFrom(seconds) {
    if (!this.track.audio) return;
    this.#setOther(null);
    this.goTo(seconds);
    this.player.keepPlaying(this.track, this.seconds);
  }

  /**
   * Plays a moment of another track, or all of it from there on; this one waits where it is.
   *
   * @param {Track} track
   * @param {Segment} segment
   * @param {{on?: boolean}} [options]
   */
  playOther(track, segment, { on = false } = {}) {
    if (this.playing) this.seconds = this.player.seconds;
    this.#setOther({ track, segment });
    this.bar.showTrack(track, segment);
    this.bar.showTags([]);
    this.bar.showPlace(segment.start);
    if (on && track.audio) this.player.keepPlaying(track, segment.start, segment);
    else void this.player.play(segment);
  }

  /** Back to the page's track, which is silent. */
  leaveOther() {
    this.player.stop();
    this.#setOther(null);
    this.#tell();
  }

  toggle() {
    if (this.other) return this.leaveOther();
    if (!this.playing) return this.playFrom(this.#ended ? 0 : this.seconds);
    this.seconds = this.player.seconds;
    this.player.stop();
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means something
   */
  press(key) {
    if (key === " ") this.toggle();
    else if (key === "Enter") this.playFrom(this.seconds);
    else if (key === "ArrowLeft") this.#seekBy(-SEEK_SECONDS);
    else if (key === "ArrowRight") this.#seekBy(SEEK_SECONDS);
    else return false;
    return true;
  }

  /** @param {{track: Track, segment: Segment} | null} other */
  #setOther(other) {
    if (this.other === other) return;
    this.other = other;
    this.#told = -1;
    this.dispatchEvent(new Event("other"));
  }

  /** @param {number} seconds into what is heard */
  #seek(seconds) {
    if (!this.other) return this.playFrom(seconds);
    const { track, segment } = this.other;
    this.player.keepPlaying(track, Math.max(seconds, 0), segment);
  }

  /** @param {number} change seconds; heard from there on if anything is heard */
  #seekBy(change) {
    if (this.other) this.#seek(this.player.seconds + change);
    else if (this.playing) this.playFrom(this.seconds + change);
    else this.goTo(this.seconds + change);
  }

  get #ended() {
    return this.duration > 0 && this.seconds >= this.duration - 0.5;
  }

  /** @param {number} seconds where one is from now on; nothing begins to sound */
  goTo(seconds) {
    this.seconds = Math.min(Math.max(seconds, 0), this.duration || Infinity);
    this.#tell();
  }

  /** The bar and the rest of the page tell of where one is. */
  #tell() {
    const { hop, length, tags } = this.#cut;
    const position = Math.floor(this.seconds / hop + 1e-6);
    if (position !== this.#told) {
      this.#told = position;
      const start = position * hop;
      const segment = { track: this.track.id, position, start, end: start + length };
      this.player.follow(segment);
      this.bar.showTrack(this.track, segment);
      this.bar.showTags(tags(position));
    }
    this.bar.showPlace(this.seconds);
    this.dispatchEvent(new Event("place"));
  }

  #onPlayer() {
    const { state } = this.player;
    const { track } = this.other ?? this;
    this.bar.showState(state, track);
    this.bar.toggle.disabled = !track.audio;
    cancelAnimationFrame(this.#frame);
    if (state.phase === "playing") this.#frame = requestAnimationFrame(() => this.#listen());
    const ended = state.phase === "ended" && this.#phase !== "ended";
    this.#phase = state.phase;
    if (ended && this.other) this.leaveOther();
    else if (ended) this.goTo(this.duration);
  }

  #listen() {
    if (this.player.state.phase !== "playing") return;
    this.#frame = requestAnimationFrame(() => this.#listen());
    if (this.other) return this.bar.showPlace(this.player.seconds);
    this.seconds = this.player.seconds;
    this.#tell();
  }
}
