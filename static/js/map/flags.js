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
/** Of the track that sounds: drawn over all other points. */
export const HEARD = 32;

/** A moment that the network of the other map did not hear. */
export const UNMATCHED = 64;

/** Of other tracks than those that are looked for, where these are to be seen all the same. */
export const OUTSIDE = 128;

/** What lies grey under the rest, unless it stands out or is selected. */
export const CONTEXT = DIMMED | UNMATCHED | OUTSIDE;
/** What does not count as shown. */
export const LEFT_OUT = HIDDEN | OUTSIDE;

/** Points lie over each other in this order. */
export const GREY = 0;
export const PLAIN = 1;
export const ABOVE = 2;

/**
 * Where points lie over each other. Where some are selected, those that are not are grey context.
 *
 * @param {Uint8Array} flags
 * @returns {{selecting: boolean, grey: boolean, raised: Uint32Array}} whether any are selected, and
 *   any may be grey; the indices of those that are heard
 */
export function tiersOf(flags) {
  if (!(together(flags) & (SELECTED | CONTEXT | HEARD))) return ALL_PLAIN;
  let any = 0;
  let count = 0;
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] & HIDDEN) continue;
    any |= flags[i];
    if (flags[i] & HEARD) count++;
  }
  const raised = new Uint32Array(count);
  for (let i = 0, next = 0; next < count; i++) {
    if (flags[i] & HEARD && !(flags[i] & HIDDEN)) raised[next++] = i;
  }
  const selecting = (any & SELECTED) !== 0;
  return { selecting, grey: selecting || (any & CONTEXT) !== 0, raised };
}

const ALL_PLAIN = { selecting: false, grey: false, raised: new Uint32Array() };

/**
 * The flags that any point has, hidden or not; four points at a time, for it is asked before every
 * drawing that follows a change.
 *
 * @param {Uint8Array} flags
 */
function together(flags) {
  let any = 0;
  const inWords = flags.byteOffset % 4 === 0 ? flags.length - (flags.length % 4) : 0;
  const words = new Int32Array(flags.buffer, inWords && flags.byteOffset, inWords / 4);
  for (let i = 0; i < words.length; i++) any |= words[i];
  any |= (any >> 8) | (any >> 16) | (any >> 24);
  for (let i = inWords; i < flags.length; i++) any |= flags[i];
  return any & 255;
}

/**
 * @param {number} marks flags of a point that is not hidden
 * @param {boolean} selecting
 */
export function tierOf(marks, selecting) {
  if (marks & HEARD) return ABOVE;
  if (marks & SELECTED) return PLAIN;
  return selecting || marks & CONTEXT ? GREY : PLAIN;
}

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
    if (flags[i] & LEFT_OUT) continue;
    segments++;
    if (tracks[i] !== last) number++;
    last = tracks[i];
  }
  return { segments, tracks: number };
}
