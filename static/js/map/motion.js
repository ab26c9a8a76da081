/** Dots on their way from old places to new ones. */

import { ease } from "./geometry.js";

export const MOVE_MS = 280;

export class Motion {
  #progress = 1;
  #started = 0;

  /** Whether dots are on their way. */
  get moving() {
    return this.#progress < 1;
  }

  /** How far they are, from 0 to 1, slow at both ends. */
  get eased() {
    return ease(this.#progress);
  }

  /** @param {boolean} moves whether dots have other places than before */
  begin(moves) {
    this.#progress = moves ? 0 : 1;
    this.#started = performance.now();
  }

  /** @param {number} now milliseconds */
  advance(now) {
    this.#progress = Math.min(Math.max((now - this.#started) / MOVE_MS, 0), 1);
  }
}
