/** Axes that a person chose, remembered for each layer and layout. */

import { dimensionsOf } from "./catalogue.js";
import { axes as axesKey } from "./keys.js";

/**
 * @typedef {import("./catalogue.js").Layout} Layout
 * @typedef {{x: number, y: number, log: [boolean, boolean]}} Axes
 */

const STORAGE_KEY = "axes";
const KEPT = 200; // layouts, the latest
const LOG = axesKey("");

/** @param {Layout} layout */
export function layoutKey({ entry, method, projection }) {
  const usual = !projection || entry.projections.get(method) === projection;
  return `${entry.layer.name} ${usual ? method : projection.id}`;
}

/**
 * @param {Pick<Storage, "getItem" | "setItem">} storage
 * @param {Layout} layout
 * @param {Axes} axes
 */
export function rememberAxes(storage, layout, { x, y, log }) {
  const key = layoutKey(layout);
  const others = stored(storage).filter(([other]) => other !== key);
  others.push([key, [x, y, LOG.write(log)]]);
  storage.setItem(STORAGE_KEY, JSON.stringify(others.slice(-KEPT)));
}

/**
 * The axes chosen last for the layout; the first two where there were none.
 *
 * @param {Pick<Storage, "getItem">} storage
 * @param {Layout} layout
 * @returns {Axes}
 */
export function recallAxes(storage, layout) {
  const key = layoutKey(layout);
  const [x, y, log] = stored(storage).find(([other]) => other === key)?.[1] ?? [0, 1, ""];
  const dimensions = dimensionsOf(layout);
  if (!(x < dimensions && y < dimensions)) return { x: 0, y: 1, log: [false, false] };
  return { x, y, log: LOG.parse(log) ?? [false, false] };
}

/**
 * @param {Pick<Storage, "getItem">} storage
 * @returns {[string, [number, number, string]][]}
 */
function stored(storage) {
  try {
    const list = JSON.parse(storage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return []; // written by something else
  }
}
