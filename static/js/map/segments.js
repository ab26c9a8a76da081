/** Finding segments among points, which are sorted by track and position. */

import { trackRange } from "./geometry.js";

/** @typedef {{track: ArrayLike<number>, position: ArrayLike<number>}} Segments sorted */

/**
 * The point of a segment, or -1.
 *
 * @param {import("./geometry.js").PointSet} points
 * @param {number} track
 * @param {number} position
 */
export function indexOfSegment(points, track, position) {
  const [from, to] = trackRange(points.track, track);
  const found = points.position.subarray(from, to).indexOf(position);
  return found < 0 ? -1 : from + found;
}

/**
 * The same segment among other points, or -1.
 *
 * @param {import("./geometry.js").PointSet} points
 * @param {import("./geometry.js").PointSet} others
 * @param {number} index into `others`, or -1
 */
export function sameSegment(points, others, index) {
  if (index < 0) return -1;
  return indexOfSegment(points, others.track[index], others.position[index]);
}

/**
 * One byte a point, from one byte of each of other segments.
 *
 * @param {Segments} points
 * @param {Segments} others
 * @param {ArrayLike<number>} bytes of `others`
 * @param {number} missing for points that are not among `others`
 */
export function bytesOfPoints(points, others, bytes, missing) {
  const found = new Uint8Array(points.track.length).fill(missing);
  const end = others.track.length;
  let j = 0;
  // One place at a time through both: a million segments, and the page waits.
  for (let i = 0; i < found.length && j < end; ) {
    const before = points.track[i] - others.track[j] || points.position[i] - others.position[j];
    if (before === 0) found[i++] = bytes[j];
    else if (before < 0) i++;
    else j++;
  }
  return found;
}
