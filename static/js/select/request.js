/** A selection as the API takes it, and as the address holds it: each in its shorter form. */

import { encode } from "./address.js";
import { segmentsOf } from "./mask.js";
import { mapKey } from "./selection.js";

/**
 * @typedef {import("./selection.js").AreaMap} AreaMap
 * @typedef {import("./selection.js").AreaStep} AreaStep
 * @typedef {import("./selection.js").Ranges} Ranges
 * @typedef {import("./selection.js").Step} Step
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

/** More segments than this are never a shorter text than areas. */
const FEW = 200;

/**
 * The text of a selection for the address: its steps, or the segments that they come to.
 *
 * @param {readonly Step[]} steps
 * @param {string} layer that is shown
 * @param {PointSet} points that are shown
 * @param {Uint8Array} mask of the selection
 */
export function shortestAddress(steps, layer, points, mask) {
  const text = encode(steps);
  if (!steps.some(({ kind }) => kind === "area") || numberOf(mask) > FEW) return text;
  const segments = segmentsOf(points, mask);
  if (segments.size === 0) return text;
  const named = encode([{ op: "add", kind: "segments", layer, segments }]);
  return named.length < text.length ? named : text;
}

/** @param {Uint8Array} mask */
function numberOf(mask) {
  let number = 0;
  for (let i = 0; i < mask.length; i++) number += mask[i];
  return number;
}

/**
 * @typedef {{map: AreaMap, filter: Record<string, string>, every: number, points: PointSet,
 *   mask: Uint8Array, flags: Uint8Array}} Taken what is shown, and what of it is selected
 */

/**
 * The body that names the selected segments that are shown: by areas where the server can work
 * them out alike and they take fewer letters, else one by one.
 *
 * @param {readonly Step[]} steps
 * @param {Taken} taken
 * @param {boolean} filtered whether the filter alone says which points are shown
 */
export function requestBody(steps, { map, filter, every, points, mask, flags }, filtered) {
  const { layer, projection, x, y, log } = map;
  const segments = Object.fromEntries(
    [...segmentsOf(points, mask, flags)].map(([track, ranges]) => [track, written(ranges)]),
  );
  const named = { layer, segments };
  if (!filtered || !steps.every((step) => canTravel(step, map))) return named;
  const areas = steps.map((step) => ({ op: step.op, polygon: polygonOf(step, points) }));
  const drawn = { layer, projection, x, y, log, filter, every, areas };
  return JSON.stringify(drawn).length < JSON.stringify(named).length ? drawn : named;
}

/**
 * Whether a step is an area of the map that is shown. On a logarithmic axis not every point has a
 * place, so that no area holds them all.
 *
 * @param {Step} step
 * @param {AreaMap} map
 */
function canTravel(step, map) {
  if (step.kind === "all") return !map.log.includes(true);
  return step.kind === "area" && mapKey(step.map) === mapKey(map);
}

/**
 * @param {Step} step an area, or everything
 * @param {PointSet} points
 * @returns {[number, number][]}
 */
function polygonOf(step, points) {
  if (step.kind === "area") return step.polygon;
  const [left, right] = around(points.x);
  const [bottom, top] = around(points.y);
  return [[left, bottom], [right, bottom], [right, top], [left, top]];
}

/**
 * Bounds that all values lie well within.
 *
 * @param {Float32Array} values
 */
function around(values) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const margin = Math.max(high - low, Math.abs(high), 1) / 100;
  return [low - margin, high + margin];
}

/** @param {Ranges} ranges */
function written(ranges) {
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(",");
}
