/** Segments of two networks that hear the same moments, though they cut tracks differently. */

/**
 * @typedef {{track: ArrayLike<number>, position: ArrayLike<number>}} Segments sorted by track and
 *   position
 * @typedef {{hop: number, length: number}} Timing seconds from one segment to the next, and of one
 * @typedef {{first: Int32Array, end: Int32Array}} Links of each segment: the range of indices of
 *   those that overlap it in time; empty where `first` equals `end`
 */

/** Seconds by which two segments have to overlap: less is rounding. */
const LEAST = 1e-6;

/**
 * One pass over both lists.
 *
 * @param {Segments} segments
 * @param {Timing} timing
 * @param {Segments} others
 * @param {Timing} otherTiming
 * @returns {Links}
 */
export function linkSegments(segments, timing, others, otherTiming) {
  const number = segments.track.length;
  const links = { first: new Int32Array(number), end: new Int32Array(number) };
  const last = others.track.length;
  let j = 0;
  for (let i = 0; i < number; i++) {
    const track = segments.track[i];
    const start = segments.position[i] * timing.hop;
    const stop = start + timing.length;
    while (j < last && isBefore(others, j, otherTiming, track, start)) j++;
    let end = j;
    while (
      end < last &&
      others.track[end] === track &&
      others.position[end] * otherTiming.hop < stop - LEAST
    ) {
      end++;
    }
    links.first[i] = j;
    links.end[i] = end;
  }
  return links;
}

/**
 * Whether a segment ends before a moment of a track.
 *
 * @param {Segments} others
 * @param {number} j
 * @param {Timing} timing
 * @param {number} track
 * @param {number} start seconds
 */
function isBefore(others, j, timing, track, start) {
  if (others.track[j] !== track) return others.track[j] < track;
  return others.position[j] * timing.hop + timing.length <= start + LEAST;
}

/**
 * Whether two maps show the very same segments, so that one array of flags serves both.
 *
 * @param {Segments} segments
 * @param {Segments} others
 */
export function sameSegments(segments, others) {
  const number = segments.track.length;
  if (others.track.length !== number) return false;
  for (let i = 0; i < number; i++) {
    if (segments.track[i] !== others.track[i] || segments.position[i] !== others.position[i]) {
      return false;
    }
  }
  return true;
}
