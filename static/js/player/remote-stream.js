/**
 * A stream from another site, such as Jamendo's: from a moment on, or a stretch. It does not pass
 * through the page's audio graph, where browsers silence what comes from other sites.
 */

import { isAbort } from "../api.js";
import { FADE_SECONDS } from "./voice.js";

/** For so long a silence is the network's; then something is wrong. */
export const PATIENCE_SECONDS = 15;

const FADE_STEPS = 6;

/**
 * @typedef {{onPlaying: () => void, onEnd: () => void, onFail: (reason: string) => void}} Events
 */

export class RemoteStream {
  #element = new Audio();
  #from = 0;
  #end = Infinity;
  #level = 1;
  #sounding = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #ending;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #fade;

  /** @param {Events} events of the latest start; failing is told once */
  constructor(events) {
    this.events = events;
    this.#element.addEventListener("playing", () => this.#onPlaying());
    this.#element.addEventListener("waiting", () => this.#wait());
    this.#element.addEventListener("ended", () => this.#finish(events.onEnd));
    this.#element.addEventListener("error", () => this.#fail("cannot be played"));
  }

  /**
   * @param {string} address
   * @param {number} seconds into the track
   * @param {{level: number, end?: number}} options the level from 0 to 1
   */
  async start(address, seconds, { level, end = Infinity }) {
    this.#clear();
    this.#from = seconds;
    this.#end = end;
    this.#level = level;
    this.#sounding = true;
    this.#element.volume = 0;
    this.#element.src = `${address}#t=${seconds.toFixed(3)}`;
    this.#wait();
    try {
      await this.#element.play();
    } catch (error) {
      if (!isAbort(error)) this.#fail("cannot be played"); // an abort is our own stop
    }
  }

  /** Seconds into the track. */
  get seconds() {
    return this.#element.currentTime || this.#from; // 0 until the browser knows the stream
  }

  /** @param {number} level from 0 to 1 */
  set level(level) {
    this.#level = level;
    if (this.#sounding) this.#element.volume = level;
  }

  stop() {
    if (!this.#sounding) return;
    this.#clear();
    this.#fadeTo(0, () => this.#element.pause());
  }

  #onPlaying() {
    if (!this.#sounding) return;
    clearTimeout(this.#patience);
    this.#fadeTo(this.#level);
    if (Number.isFinite(this.#end)) {
      const left = Math.max(this.#end - this.seconds, 0);
      clearTimeout(this.#ending);
      this.#ending = setTimeout(() => this.#finish(this.events.onEnd), 1000 * left);
    }
    this.events.onPlaying();
  }

  /** Nothing sounds: for lack of data, perhaps for good. */
  #wait() {
    if (!this.#sounding) return;
    clearTimeout(this.#ending);
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#fail("does not come"), 1000 * PATIENCE_SECONDS);
  }

  /** @param {string} reason */
  #fail(reason) {
    this.#finish(() => this.events.onFail(reason));
  }

  /** @param {() => void} tell */
  #finish(tell) {
    if (!this.#sounding) return;
    this.stop();
    tell();
  }

  #clear() {
    this.#sounding = false;
    clearTimeout(this.#patience);
    clearTimeout(this.#ending);
    clearInterval(this.#fade);
  }

  /**
   * @param {number} level
   * @param {() => void} [then]
   */
  #fadeTo(level, then) {
    clearInterval(this.#fade);
    const step = (level - this.#element.volume) / FADE_STEPS;
    let left = FADE_STEPS;
    this.#fade = setInterval(
      () => {
        left -= 1;
        this.#element.volume = left ? this.#element.volume + step : level;
        if (left) return;
        clearInterval(this.#fade);
        then?.();
      },
      (1000 * FADE_SECONDS) / FADE_STEPS,
    );
  }
}
