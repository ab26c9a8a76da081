/** Plays stretches of tracks one after the other. */

import { knownTrack, loadTrack, titleOf } from "../model/library.js";
import { whyUnheard } from "../player/player.js";

/**
 * @typedef {{track: number, start: number, end: number}} Stretch of a track, in seconds
 * @typedef {import("../player/player.js").Player} Player
 */

/** How often is looked whether a stretch is over, in milliseconds. */
const LOOK_MS = 100;
/** So many of the tracks that were skipped are named. */
const NAMED = 3;

export class Queue {
  /** @type {Stretch[]} that wait */
  #waiting = [];
  /** @type {Stretch | null} that sounds */
  #current = null;
  #timer = 0;
  /** @type {Map<number, string>} titles of the tracks that could not be played */
  #skipped = new Map();

  /**
   * @param {Player} player
   * @param {(message: string) => void} onFailure that something was skipped, or nothing could be played
   */
  constructor(player, onFailure) {
    this.player = player;
    this.onFailure = onFailure;
  }

  /** @param {Stretch[]} stretches in their order; what sounded before ends */
  play(stretches) {
    this.player.unlock();
    this.#waiting = [...stretches];
    this.#skipped = new Map();
    if (stretches.length === 0) this.onFailure("There is nothing to play.");
    void this.#next();
  }

  /** Goes on with the first that has sound. */
  async #next() {
    clearInterval(this.#timer);
    this.#current = null;
    const waiting = this.#waiting;
    for (let stretch = waiting.shift(); stretch; stretch = waiting.shift()) {
      try {
        const track = await loadTrack(stretch.track);
        if (this.#waiting !== waiting) return; // something else is to be played by now
        if (track.audio) return this.#start(stretch, track);
        this.#skip(stretch, whyUnheard(track));
      } catch (error) {
        if (this.#waiting !== waiting) return;
        this.#skip(stretch, error instanceof Error ? error.message : "");
      }
    }
    this.player.stop();
  }

  /**
   * Says which tracks could not be played, and why the last of them could not.
   *
   * @param {Stretch} stretch
   * @param {string} why a sentence
   */
  #skip({ track: id }, why) {
    const track = knownTrack(id);
    this.#skipped.set(id, track ? titleOf(track) : `Track ${id}`);
    const titles = [...this.#skipped.values()];
    const more = titles.length > NAMED ? ` and ${titles.length - NAMED} more` : "";
    this.onFailure(`Skipped: ${titles.slice(0, NAMED).join(", ")}${more}. ${why}`);
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
    const failed = state.phase === "failed";
    if (state.segment?.track !== stretch.track) return this.#leave();
    if (failed) this.#skip(stretch, state.message);
    if (over || failed) void this.#next();
    else if (!state.streaming) this.#leave();
  }

  /** The person plays something else, or nothing. */
  #leave() {
    clearInterval(this.#timer);
    this.#waiting = [];
    this.#current = null;
  }
}
