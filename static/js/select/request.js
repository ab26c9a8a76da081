/** A selection as the API takes it, and as the address holds it: each in its shortest form. */

import { encode } from "./address.js";
import { namedSteps, segmentsOf } from "./mask.js";
import { mapKey } from "./selection.js";

/**
 * @typedef {import("./selection.js").AreaMap} AreaMap
 * @typedef {import("./selection.js").Ranges} Ranges
 * @typedef {import("./selection.js").Step} Step
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

/** More segments than this are never a shorter text than areas. */
const FEW = 200;
/** Of a run of segments or tracks in the address, with what parts it from the one before. */
const LEAST_LETTERS = 2;

/**
 * The text of a selection for the address: its steps, or the tracks and segments that they come to.
 *
 * @param {readonly Step[]} steps
 * @param {string} layer that is shown
 * @param {PointSet} points that are shown
 * @param {Uint8Array} mask of the selection
 */
export function shortestAddress(steps, layer, points, mask) {
  const text = encode(steps);
  const named = encode(namedSteps(layer, points, mask, text.length / LEAST_LETTERS) ?? []);
  return named && named.length < text.length ? named : text;
}

/** @param {Uint8Array} mask */
function isMany(mask) {
  let number = 0;
  for (let i = 0; i < mask.length && number <= FEW; i++) number += mask[i];
  return number > FEW;
}

/**
 * @typedef {{map: AreaMap, filter: Record<string, string>, every: number, points: PointSet,
 *   mask: Uint8Array, flags: Uint8Array}} Taken what is shown, and what of it is selected
 */

/**
 * The body that names what is selected of what is shown: by areas where the server can work them
 * out alike and they take fewer letters, else segment by segment.
 *
 * @param {readonly Step[]} steps none for everything
 * @param {Taken} taken
 * @param {boolean} filtered whether the filter alone says which points are shown
 */
export function requestBody(steps, { map, filter, every, points, mask, flags }, filtered) {
  const { layer, projection, x, y, log } = map;
  const areas = filtered ? areasOf(steps, map) : null;
  if (areas && isMany(mask)) return { layer, projection, x, y, log, filter, every, areas };
  const named = namedBody(layer, points, mask, flags);
  const drawn = { layer, projection, x, y, log, filter, every, areas };
  return areas && JSON.stringify(drawn).length < JSON.stringify(named).length ? drawn : named;
}

/**
 * What is selected and shown, segment by segment.
 *
 * @param {string} layer
 * @param {PointSet} points
 * @param {Uint8Array} mask
 * @param {Uint8Array} flags
 */
export function namedBody(layer, points, mask, flags) {
  const segments = [...segmentsOf(points, mask, flags)];
  return {
    layer,
    segments: Object.fromEntries(segments.map(([track, ranges]) => [track, written(ranges)])),
  };
}

/**
 * The steps as areas of the map that is shown, or null where they are something else, or of
 * averages, which the server selects nothing by. The server
 * begins with everything where the first area takes away, and where there is none.
 *
 * @param {readonly Step[]} steps
 * @param {AreaMap} map
 */
function areasOf(steps, map) {
  const all = steps.findLastIndex(({ kind }) => kind === "all");
  const areas = [];
  for (const step of steps.slice(all + 1)) {
    if (step.kind !== "area" || mapKey(step.map) !== mapKey(map) || map.averaged) return null;
    areas.push({ op: step.op, polygon: step.polygon });
  }
  const full = steps.length === 0 || steps[all]?.op === "add";
  // Adding to everything adds nothing, and taking from nothing takes nothing.
  const start = areas.findIndex(({ op }) => op === (full ? "subtract" : "add"));
  if (start >= 0) return areas.slice(start);
  return full ? [] : null;
}

/** @param {Ranges} ranges */
function written(ranges) {
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(",");
}
