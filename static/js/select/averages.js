/** The segments that the dots of a map of averages stand for: selections are always of segments. */

import { HIDDEN } from "../map/flags.js";

/** @typedef {import("../map/geometry.js").PointSet} PointSet */

/**
 * @param {Int32Array} tracks of the dots, sorted
 * @param {Int32Array} counts of their segments
 * @param {number} every how many positions lie from one segment to the next
 * @returns {{points: PointSet, dots: Int32Array}} segments, which have no place of their own, and
 *   the dot of each
 */
export function segmentsOfAverages(tracks, counts, every) {
  const number = counts.reduce((sum, count) => sum + count, 0);
  const track = new Int32Array(number);
  const position = new Int32Array(number);
  const dots = new Int32Array(number);
  let next = 0;
  for (let dot = 0; dot < tracks.length; dot++) {
    for (let i = 0; i < counts[dot]; i++, next++) {
      track[next] = tracks[dot];
      position[next] = i * every;
      dots[next] = dot;
    }
  }
  const nowhere = new Float32Array(0);
  return { points: { track, position, x: nowhere, y: nowhere }, dots };
}

/**
 * A dot is selected where any of its segments is.
 *
 * @param {Uint8Array} mask of the segments
 * @param {Int32Array} dots of each segment
 * @param {number} number of dots
 */
export function maskOfDots(mask, dots, number) {
  const found = new Uint8Array(number);
  for (let i = 0; i < mask.length; i++) if (mask[i]) found[dots[i]] = 1;
  return found;
}

/**
 * Flags of the segments: those of their dots, and hidden between every k-th.
 *
 * @param {Uint8Array} flags of the dots
 * @param {Int32Array} dots of each segment
 * @param {Int32Array} position of each segment
 * @param {number} every
 */
export function flagsOfSegments(flags, dots, position, every) {
  return Uint8Array.from(dots, (dot, i) => flags[dot] | (position[i] % every === 0 ? 0 : HIDDEN));
}
