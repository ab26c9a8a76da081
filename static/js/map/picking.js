/** Which dot is under the pointer. */

import KDBush from "kdbush";
import { HIDDEN } from "./flags.js";

/** Above this number the index is built in a worker: 50,000 points take about 10 ms. */
const INLINE_POINTS = 50_000;

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 */
export function buildIndex(x, y) {
  const index = new KDBush(x.length, 64, Float32Array);
  for (let i = 0; i < x.length; i++) index.add(x[i], y[i]);
  return index.finish();
}

/**
 * An index of the points, built without holding up the page where the browser allows it.
 *
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @returns {Promise<KDBush>}
 */
export async function indexPoints(x, y) {
  if (x.length <= INLINE_POINTS) return buildIndex(x, y);
  try {
    return KDBush.from(await buildInWorker(x, y));
  } catch {
    return buildIndex(x, y); // the page halts a moment, but its dots can be pointed at
  }
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @returns {Promise<ArrayBuffer>}
 */
async function buildInWorker(x, y) {
  const worker = new Worker(new URL("./picking-worker.js", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = reject;
      worker.postMessage({ x, y });
    });
  } finally {
    worker.terminate();
  }
}

/**
 * The visible point nearest to a pixel, or -1. Walks down the index towards the pixel and leaves
 * out what lies beyond the nearest point so far; asking the index for all points within reach would
 * make a list of thousands where dots are crowded.
 *
 * @param {KDBush} index of the points
 * @param {Uint8Array} flags
 * @param {import("./geometry.js").Placement} placement
 * @param {[number, number]} pixel
 * @param {number} reach pixels
 * @param {number} [every] only every so many points count
 */
export function nearestPoint(index, flags, placement, pixel, reach, every = 1) {
  const { ids, coords, nodeSize } = index;
  const [scaleX, scaleY] = placement.scale;
  const centreX = toData(placement, 0, pixel[0]);
  const centreY = toData(placement, 1, pixel[1]);
  let best = -1;
  let bestDistance = reach * reach;

  /**
   * @param {number} left of a part of the index
   * @param {number} right
   * @param {number} axis that divides it
   */
  function search(left, right, axis) {
    if (right - left <= nodeSize) {
      for (let n = left; n <= right; n++) compare(n);
      return;
    }
    const middle = (left + right) >> 1;
    const beyond = coords[2 * middle + axis] - (axis === 0 ? centreX : centreY);
    compare(middle);
    if (beyond >= 0) search(left, middle - 1, 1 - axis);
    else search(middle + 1, right, 1 - axis);
    const away = beyond * (axis === 0 ? scaleX : scaleY);
    if (away * away > bestDistance) return;
    if (beyond >= 0) search(middle + 1, right, 1 - axis);
    else search(left, middle - 1, 1 - axis);
  }

  /** @param {number} n position in the index */
  function compare(n) {
    const dx = (coords[2 * n] - centreX) * scaleX;
    const dy = (coords[2 * n + 1] - centreY) * scaleY;
    const distance = dx * dx + dy * dy;
    if (distance > bestDistance) return;
    const i = ids[n];
    if (flags[i] & HIDDEN || i % every !== 0) return;
    best = i;
    bestDistance = distance;
  }

  search(0, ids.length - 1, 0);
  return best;
}

/**
 * @param {import("./geometry.js").Placement} placement
 * @param {number} axis 0 or 1
 * @param {number} pixel
 */
function toData(placement, axis, pixel) {
  return (pixel - placement.offset[axis]) / placement.scale[axis];
}

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The visible point to go to from a pixel with an arrow key: near, and more ahead than aside.
 *
 * @param {{x: Float32Array, y: Float32Array}} points
 * @param {Uint8Array} flags
 * @param {import("./geometry.js").Placement} placement
 * @param {[number, number]} from pixel
 * @param {string} key an arrow key's name
 * @param {number} current the point one is on, never the answer; -1 for none
 * @param {number} [every] only every so many points count
 * @returns {number} an index, or -1
 */
export function pointTowards(points, flags, placement, from, key, current, every = 1) {
  const direction = DIRECTIONS[key];
  if (!direction) return -1;
  let best = -1;
  let bestCost = Infinity;
  for (let i = 0; i < points.x.length; i += every) {
    if (flags[i] & HIDDEN || i === current) continue;
    const dx = points.x[i] * placement.scale[0] + placement.offset[0] - from[0];
    const dy = points.y[i] * placement.scale[1] + placement.offset[1] - from[1];
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (ahead <= aside || ahead <= 0) continue;
    const cost = ahead + 2 * aside;
    if (cost < bestCost) {
      best = i;
      bestCost = cost;
    }
  }
  return best;
}
