/** Areas drawn on a map: which points lie inside, and how few corners tell an area. */

import { drawnPlaces } from "../map/plane.js";

/**
 * @typedef {[number, number][]} Polygon corners in data coordinates; the last joins the first
 * @typedef {[boolean, boolean]} Log which axes are logarithmic: edges are straight as drawn
 */

/** Rows that a polygon is cut into, so that each point meets only the few edges of its row. */
const ROWS = 256;

/**
 * Marks the points inside of a polygon by the even-odd rule. The server does the same with a
 * polygon that travels (embeddings/areas.py), with the same operations in the same order.
 *
 * @param {{x: Float32Array, y: Float32Array}} points
 * @param {Polygon} polygon
 * @param {Log} log
 * @param {Uint8Array} mask one a point, changed in place
 * @param {number} value given to the points inside
 */
export function markInside(points, polygon, log, mask, value) {
  const { x, y } = drawnPlaces(points, log);
  const corners = polygon.map((corner) => corner.map((v, axis) => (log[axis] ? Math.log10(v) : v)));
  const { low, high, rowOf, starts, edges } = rowsOf(corners);
  const left = Math.min(...corners.map(([across]) => across));
  const right = Math.max(...corners.map(([across]) => across));
  for (let i = 0; i < x.length; i++) {
    const px = x[i];
    const py = y[i];
    if (!(py >= low && py <= high && px >= left && px <= right)) continue;
    const row = rowOf(py);
    let inside = false;
    for (let k = starts[row]; k < starts[row + 1]; k += 4) {
      const y1 = edges[k + 1];
      const y2 = edges[k + 3];
      if (y1 > py === y2 > py) continue;
      const x1 = edges[k];
      if (px < ((edges[k + 2] - x1) * (py - y1)) / (y2 - y1) + x1) inside = !inside;
    }
    if (inside) mask[i] = value;
  }
}

/**
 * The edges of a polygon, listed for each row that they reach into.
 *
 * @param {number[][]} polygon as it is drawn
 */
function rowsOf(polygon) {
  const low = Math.min(...polygon.map(([, y]) => y));
  const high = Math.max(...polygon.map(([, y]) => y));
  const perUnit = high > low ? ROWS / (high - low) : 0;
  const rowOf = (/** @type {number} */ y) => Math.min(Math.floor((y - low) * perUnit), ROWS - 1);
  /** @type {number[][]} */
  const rows = Array.from({ length: ROWS }, () => []);
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [x1, y1] = polygon[i];
    const [x2, y2] = polygon[j];
    for (let row = rowOf(Math.min(y1, y2)); row <= rowOf(Math.max(y1, y2)); row++) {
      rows[row].push(x1, y1, x2, y2);
    }
  }
  const starts = new Uint32Array(ROWS + 1);
  rows.forEach((row, number) => (starts[number + 1] = starts[number] + row.length));
  return { low, high, rowOf, starts, edges: Float64Array.from(rows.flat()) };
}

/**
 * A polygon travels in the page's address: it has no more corners than this. A circle of 300 pixels
 * is off by less than two.
 */
const CORNERS = 20;

/**
 * The same area with few corners (Douglas and Peucker's way).
 *
 * @param {[number, number][]} path as drawn, in pixels
 * @param {number} tolerance pixels that the outline may move by, or more if it is very ragged
 * @returns {[number, number][]}
 */
export function simplify(path, tolerance) {
  let kept = path;
  for (let reach = tolerance; ; reach *= 1.5) {
    kept = corners(path, reach);
    if (kept.length <= CORNERS) return kept;
  }
}

/**
 * @param {[number, number][]} path
 * @param {number} tolerance
 */
function corners(path, tolerance) {
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const spans = [[0, path.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    let furthest = -1;
    let distance = tolerance;
    for (let i = from + 1; i < to; i++) {
      const away = distanceTo(path[i], path[from], path[to]);
      if (away > distance) [furthest, distance] = [i, away];
    }
    if (furthest < 0) continue;
    keep[furthest] = 1;
    spans.push([from, furthest], [furthest, to]);
  }
  return path.filter((_, i) => keep[i]);
}

/**
 * @param {[number, number]} point
 * @param {[number, number]} start of a line
 * @param {[number, number]} end
 */
function distanceTo([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const along = length && Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / length, 0), 1);
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}
