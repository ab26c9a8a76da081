/** The moments that were heard since the page was opened; the oldest are let go. */

const KEPT = 5000;

/** @typedef {{track: number, seconds: number}} Moment */

export class Heard {
  /** @type {Map<string, Moment>} */
  #moments = new Map();

  /** @param {Moment} moment */
  add(moment) {
    const key = `${moment.track} ${moment.seconds}`;
    this.#moments.delete(key);
    this.#moments.set(key, moment);
    const oldest = this.#moments.keys().next();
    if (this.#moments.size > KEPT && !oldest.done) this.#moments.delete(oldest.value);
  }

  [Symbol.iterator]() {
    return this.#moments.values();
  }
}
