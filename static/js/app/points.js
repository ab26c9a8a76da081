/** Fetches what a map shows: a dot for each segment, or one for each track's average. */

import { getTable } from "../api.js";

/**
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {import("../model/choices.js").Resolved} Resolved
 * @typedef {{spread: Float32Array, segments: Int32Array, typical: Int32Array}} Averages of each dot: the
 *   root mean square distance of its track's segments to it, how many they are, and the position of
 *   the one by which it is heard
 * @typedef {{points: PointSet, averages: Averages | null}} Loaded
 */

/**
 * @param {Resolved} resolved
 * @param {boolean} averages rather than segments
 */
export function pointsAddress({ entry, projection, x, y }, averages) {
  const segments = projection?.points ?? `layers/${entry.layer.name}/points/`;
  const address = averages ? segments.replace(/points\/(?=$|\?)/, "averages/") : segments;
  return `${address}${address.includes("?") ? "&" : "?"}x=${x}&y=${y}`;
}

/**
 * @param {string} address
 * @param {boolean} averages
 * @param {string} [slot] of the request
 * @returns {Promise<Loaded>}
 */
export async function loadPoints(address, averages, slot) {
  const { columns } = await getTable(address, { slot });
  const { track, x, y, spread, segments, typical } = columns;
  if (!averages) return { points: { track, position: columns.position, x, y }, averages: null };
  // An average stands for its track from the start on.
  const points = { track, position: new Int32Array(track.length), x, y };
  return { points, averages: { spread, segments, typical } };
}

/** Factors of the radius of the least and the most spread dot. */
const [SMALLEST, LARGEST] = [0.8, 2.6];

/**
 * Sizes of dots that tell their spread.
 *
 * @param {Float32Array} spread
 */
export function sizesOf(spread) {
  let widest = 0;
  for (const value of spread) if (value > widest) widest = value;
  if (!(widest > 0)) return spread.map(() => 1);
  return spread.map((value) => SMALLEST + (LARGEST - SMALLEST) * (Math.max(value, 0) / widest));
}
