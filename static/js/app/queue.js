/** Plays stretches of tracks one after the other. */

import { loadTrack } from "../model/library.js";

/**
 * @typedef {{track: number, start: number, end: number}} Stretch of a track, in seconds
 * @typedef {import("../player/player.js").Player} Player
 */

/** How often is looked whether a stretch is over, in milliseconds. */
const LOOK_MS = 100;

export class Queue {
  /** @type {Stretch[]} that wait */
  #waiting = [];
  /** @type {Stretch | null} that sounds */
  #current = null;
  #timer = 0;

  /**
   * @param {Player} player
   * @param {(message: string) => void} onFailure nothing of it could be played
   */
  constructor(player, onFailure) {
    this.player = player;
    this.onFailure = onFailure;
  }

  /** @param {Stretch[]} stretches in their order; what sounded before ends */
  play(stretches) {
    this.player.unlock();
    this.#waiting = [...stretches];
    void this.#next("There is nothing to play.");
  }

  /**
   * Goes on with the first that has sound.
   *
   * @param {string} otherwise what is said where none has
   */
  async #next(otherwise = "") {
    clearInterval(this.#timer);
    this.#current = null;
    const waiting = this.#waiting;
    let message = otherwise;
    for (let stretch = waiting.shift(); stretch; stretch = waiting.shift()) {
      try {
        const track = await loadTrack(stretch.track);
        if (this.#waiting !== waiting) return; // something else is to be played by now
        if (track.audio) return this.#start(stretch, track);
        message = "None of these tracks has audio on this computer.";
      } catch (error) {
        message = error instanceof Error ? error.message : "";
      }
    }
    this.player.stop();
    if (otherwise) this.onFailure(message);
  }

  /**
   * @param {Stretch} stretch
   * @param {import("../model/library.js").Track} track
   */
  #start(stretch, track) {
    this.#current = stretch;
    this.player.keepPlaying(track, stretch.start, { ...stretch, position: -1 });
    this.#timer = window.setInterval(() => this.#look(), LOOK_MS);
  }

  #look() {
    const { state, seconds } = this.player;
    const stretch = /** @type {Stretch} */ (this.#current);
    const over = state.phase === "ended" || (state.streaming && seconds >= stretch.end);
    if (state.segment?.track !== stretch.track || (!state.streaming && !over)) this.#leave();
    else if (over) void this.#next();
  }

  /** The person plays something else, or nothing. */
  #leave() {
    clearInterval(this.#timer);
    this.#waiting = [];
    this.#current = null;
  }
}
