/**
 * One byte a point that says how it is drawn; every layout of the same points shares it. Each bit
 * belongs to one feature.
 */

/** Left out by a filter, the legend, or "every k-th". */
export const HIDDEN = 1;
/** Inside of the selection. */
export const SELECTED = 2;
/** Was heard. */
export const PLAYED = 4;
/** Grey context of what is highlighted. */
export const DIMMED = 8;
/** A true nearest neighbour of the point that is pointed at. */
export const NEIGHBOUR = 16;
/** Of the track that sounds. */
export const HEARD = 32;

/**
 * Sets or clears a flag of every point.
 *
 * @param {Uint8Array} flags changed in place
 * @param {number} flag
 * @param {(index: number) => boolean} wanted
 * @returns {number} how many points have it
 */
export function assignFlag(flags, flag, wanted) {
  let number = 0;
  for (let i = 0; i < flags.length; i++) {
    if (wanted(i)) {
      flags[i] |= flag;
      number++;
    } else {
      flags[i] &= ~flag;
    }
  }
  return number;
}

/**
 * Sets or clears a flag of a range of points.
 *
 * @param {Uint8Array} flags changed in place
 * @param {number} flag
 * @param {boolean} on
 * @param {number} from
 * @param {number} to not included
 */
export function assignRange(flags, flag, on, from, to) {
  for (let i = from; i < to; i++) {
    if (on) flags[i] |= flag;
    else flags[i] &= ~flag;
  }
}

/**
 * How many points of how many tracks are visible.
 *
 * @param {Int32Array} tracks sorted
 * @param {Uint8Array} flags
 */
export function countVisible(tracks, flags) {
  let segments = 0;
  let number = 0;
  let last = NaN;
  for (let i = 0; i < tracks.length; i++) {
    if (flags[i] & HIDDEN) continue;
    segments++;
    if (tracks[i] !== last) number++;
    last = tracks[i];
  }
  return { segments, tracks: number };
}
