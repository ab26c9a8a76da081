/** A track's file, played by the browser from a moment on. */

import { isAbort } from "../api.js";
import { linear } from "./levels.js";

export class FileStream {
  #element = new Audio();
  /** @type {GainNode | null} made with the first sound: an element has one source for good */
  #level = null;
  #from = 0;

  /** @param {{onEnd: () => void, onFail: () => void}} events failing may be told twice */
  constructor(events) {
    this.events = events;
    this.#element.addEventListener("ended", events.onEnd);
    this.#element.addEventListener("error", events.onFail);
  }

  /**
   * @param {AudioContext} context
   * @param {AudioNode} output
   * @param {import("../model/library.js").Track} track
   * @param {number} seconds into the track
   */
  async start(context, output, track, seconds) {
    if (!this.#level) {
      this.#level = context.createGain();
      context.createMediaElementSource(this.#element).connect(this.#level).connect(output);
    }
    this.#level.gain.value = linear(track.gain_db);
    this.#from = seconds;
    this.#element.src = `${track.audio}#t=${seconds.toFixed(3)}`;
    try {
      await this.#element.play();
    } catch (error) {
      if (!isAbort(error)) this.events.onFail(); // an abort is our own stop
    }
  }

  /** Seconds into the track. */
  get seconds() {
    return this.#element.currentTime || this.#from; // 0 until the browser knows the file
  }

  stop() {
    this.#element.pause();
  }
}
