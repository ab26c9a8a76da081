/** Decoded clips of segments: fetched when pointed at, the latest kept. */

import { LatestCache } from "../model/cache.js";

/** A clip of 3 s takes about 1 MB decoded. */
const KEPT_CLIPS = 24;

/**
 * @typedef {(address: string, signal: AbortSignal) => Promise<AudioBuffer>} LoadClip
 */

export class Clips {
  /** @type {LatestCache<AudioBuffer>} */
  #kept = new LatestCache(KEPT_CLIPS);
  /** @type {{address: string, controller: AbortController, clip: Promise<AudioBuffer>} | null} */
  #pending = null;

  /** @param {LoadClip} load */
  constructor(load) {
    this.load = load;
  }

  /**
   * A decoded clip. Asking for another one aborts a request still under way: its promise rejects
   * with an AbortError.
   *
   * @param {string} address
   */
  get(address) {
    const kept = this.#kept.get(address);
    if (kept) return Promise.resolve(kept);
    if (this.#pending?.address === address) return this.#pending.clip;
    this.abort();
    const controller = new AbortController();
    const clip = this.#fetch(address, controller.signal);
    this.#pending = { address, controller, clip };
    return clip;
  }

  /** Gives up the request under way, if any. */
  abort() {
    this.#pending?.controller.abort();
    this.#pending = null;
  }

  /**
   * @param {string} address
   * @param {AbortSignal} signal
   */
  async #fetch(address, signal) {
    try {
      const clip = await this.load(address, signal);
      signal.throwIfAborted(); // decoding cannot be stopped; its late result is not wanted
      this.#kept.set(address, clip);
      return clip;
    } finally {
      if (this.#pending?.address === address) this.#pending = null;
    }
  }
}

/**
 * @param {string | null} address of a track's clips
 * @param {{start: number, end: number}} stretch in seconds
 */
export function clipAddress(address, { start, end }) {
  return `${address}?start=${start.toFixed(3)}&end=${end.toFixed(3)}`;
}
