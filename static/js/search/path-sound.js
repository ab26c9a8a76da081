/** What is heard of a path: passages of its stops, one after the other. */

import { Queue } from "../app/queue.js";
import { knownTrack } from "../model/library.js";
import { unlockByGesture } from "../player/gestures.js";
import { Player } from "../player/player.js";
import { loadTrack } from "../model/library.js";
import { PlayerBar } from "../ui/player-bar.js";

/** @typedef {import("../app/queue.js").Stretch} Stretch */

/** Event: "change" when another track begins to sound, or none. */
export class PathSound extends EventTarget {
  /** @type {Stretch[]} that are played, or were last */
  #stretches = [];
  #frame = 0;

  /** @param {(message: string | null) => void} onFailure that something was skipped */
  constructor(onFailure) {
    super();
    this.onFailure = onFailure;
    this.player = new Player(loadTrack);
    this.queue = new Queue(this.player, onFailure);
    this.bar = new PlayerBar({
      onToggle: () => this.toggle(),
      onSeek: (seconds) => this.#seek(seconds),
      onVolume: (volume) => (this.player.volume = volume),
    });
    this.player.addEventListener("change", () => this.#onPlayer());
    unlockByGesture(this.player);
  }

  /** The track that sounds, or null. */
  get track() {
    const { phase, segment } = this.player.state;
    return phase === "playing" || phase === "loading" ? (segment?.track ?? null) : null;
  }

  /** @param {Stretch[]} stretches in their order */
  play(stretches) {
    this.#stretches = stretches;
    this.onFailure(null);
    this.queue.play(stretches);
  }

  stop() {
    this.player.stop();
  }

  toggle() {
    if (this.track !== null) this.stop();
    else this.play(this.#stretches);
  }

  /** @param {number} seconds into the track that is heard, or was last */
  #seek(seconds) {
    const { segment } = this.player.state;
    const track = segment && knownTrack(segment.track);
    if (track) this.player.keepPlaying(track, seconds, { ...segment });
  }

  #onPlayer() {
    const { state } = this.player;
    const track = state.segment ? knownTrack(state.segment.track) : undefined;
    if (track && state.segment) this.bar.showTrack(track, state.segment);
    this.bar.showState(state, track);
    this.bar.showPlace(this.player.seconds);
    this.dispatchEvent(new Event("change"));
    this.#follow();
  }

  #follow() {
    cancelAnimationFrame(this.#frame);
    if (this.player.state.phase !== "playing") return;
    this.#frame = requestAnimationFrame(() => this.#follow());
    this.bar.showPlace(this.player.seconds);
  }
}
