/** Who answers: a number that this browser draws once, and keeps where it may. */

import { isRaterNumber, raterNumber } from "../model/trial.js";
import { storage } from "../storage.js";

const KEY = "rater";

/** @returns {string} the same on each visit */
export function rater() {
  const kept = storage.getItem(KEY);
  if (kept !== null && isRaterNumber(kept)) return kept;
  const drawn = raterNumber(crypto.getRandomValues(new Uint8Array(16)));
  storage.setItem(KEY, drawn);
  return drawn;
}
