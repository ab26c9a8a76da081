/** Between data and pixels: what one map's axes span, and where one has zoomed to. */

import { scaleLinear, scaleLog } from "d3-scale";
import { zoomIdentity } from "d3-zoom";
import { evenExtent, extentOf } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Placement} Placement
 * @typedef {{x: Float32Array, y: Float32Array}} Places
 * @typedef {import("d3-scale").ScaleLinear<number, number>
 *   | import("d3-scale").ScaleLogarithmic<number, number>} Scale
 */

const PADDING = { left: 64, right: 64, top: 32, bottom: 48 }; // pixels around all points
/** Share of a logarithmic axis between its lowest value and those that have no logarithm. */
const EDGE = 0.05;

/**
 * Coordinates as they are drawn: along a logarithmic axis their logarithms, with the values that
 * have none at the low edge.
 *
 * @param {Places} points
 * @param {[boolean, boolean]} log of each axis
 * @returns {Places} the same arrays where an axis is linear
 */
export function drawnPlaces({ x, y }, log) {
  return { x: log[0] ? logarithms(x) : x, y: log[1] ? logarithms(y) : y };
}

/** @param {Float32Array} values */
function logarithms(values) {
  const drawn = values.map(Math.log10); // -Infinity or NaN where there is none
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < drawn.length; i++) {
    if (!Number.isFinite(drawn[i])) continue;
    if (drawn[i] < low) low = drawn[i];
    if (drawn[i] > high) high = drawn[i];
  }
  const edge = low <= high ? low - Math.max((high - low) * EDGE, 0.1) : 0;
  for (let i = 0; i < drawn.length; i++) {
    if (!Number.isFinite(drawn[i])) drawn[i] = edge;
  }
  return drawn;
}

/** @typedef {{zoom: number, x: number, y: number}} Place how far, and the data in the middle */

export class Plane {
  width = 0;
  height = 0;
  transform = zoomIdentity;
  /** @type {[boolean, boolean]} */
  #log = [false, false];
  #x = scaleLinear();
  #y = scaleLinear();

  /**
   * @param {number} width CSS pixels
   * @param {number} height
   */
  resize(width, height) {
    this.width = width;
    this.height = height;
    this.#x.range([PADDING.left, Math.max(width - PADDING.right, PADDING.left + 1)]);
    this.#y.range([Math.max(height - PADDING.bottom, PADDING.top + 1), PADDING.top]);
  }

  /**
   * What the axes span to show every point.
   *
   * @param {Places} drawn
   * @param {boolean} even both axes alike
   */
  extent(drawn, even) {
    const extent = extentOf(drawn.x, drawn.y);
    if (!even || this.width === 0) return extent;
    const [left, right] = this.#x.range();
    const [bottom, top] = this.#y.range();
    return evenExtent(extent, right - left, bottom - top);
  }

  /**
   * @param {import("./geometry.js").Extent} extent
   * @param {[boolean, boolean]} log
   */
  span(extent, log) {
    this.#x.domain(extent.x);
    this.#y.domain(extent.y);
    this.#log = log;
  }

  /** @returns {Placement} of coordinates as they are drawn */
  get placement() {
    const { k, x, y } = this.transform;
    const scaleX = (this.#x(1) - this.#x(0)) * k;
    const scaleY = (this.#y(1) - this.#y(0)) * k;
    return { scale: [scaleX, scaleY], offset: [this.#x(0) * k + x, this.#y(0) * k + y] };
  }

  /** @returns {{x: Scale, y: Scale}} from data to pixels, for the axes */
  get scales() {
    return {
      x: scaleOf(this.transform.rescaleX(this.#x), this.#log[0]),
      y: scaleOf(this.transform.rescaleY(this.#y), this.#log[1]),
    };
  }

  /**
   * @param {[number, number]} pixel from the map's top left corner
   * @returns {[number, number]} data
   */
  dataOf(pixel) {
    const { scale, offset } = this.placement;
    const value = (/** @type {0 | 1} */ axis) => {
      const drawn = (pixel[axis] - offset[axis]) / scale[axis];
      return this.#log[axis] ? 10 ** drawn : drawn;
    };
    return [value(0), value(1)];
  }

  /**
   * @param {number} x data; greater than 0 along a logarithmic axis
   * @param {number} y
   * @returns {[number, number]} pixel
   */
  pixelOfData(x, y) {
    const { scale, offset } = this.placement;
    const drawn = this.drawnOf([x, y]);
    return [drawn[0] * scale[0] + offset[0], drawn[1] * scale[1] + offset[1]];
  }

  /**
   * @param {[number, number]} place data
   * @returns {[number, number]} coordinates as they are drawn
   */
  drawnOf([x, y]) {
    return [this.#log[0] ? Math.log10(x) : x, this.#log[1] ? Math.log10(y) : y];
  }

  /** @returns {Place | null} null where everything is seen */
  get place() {
    const { k, x, y } = this.transform;
    if (k === 1 && x === 0 && y === 0) return null;
    const [dataX, dataY] = this.dataOf(this.middle);
    return { zoom: k, x: dataX, y: dataY };
  }

  /**
   * What to zoom by to see a place.
   *
   * @param {Place | null} place
   */
  transformTo(place) {
    if (!place) return zoomIdentity;
    const [x, y] = this.drawnOf([place.x, place.y]);
    const [middleX, middleY] = this.middle;
    const { zoom } = place;
    const offset = [middleX - zoom * this.#x(x), middleY - zoom * this.#y(y)];
    return zoomIdentity.translate(offset[0], offset[1]).scale(zoom);
  }

  /** @returns {[number, number]} pixel */
  get middle() {
    return [this.width / 2, this.height / 2];
  }

  /**
   * How far a pixel lies outside of the map.
   *
   * @param {[number, number]} pixel
   * @param {number} margin pixels along the map's edges that count as outside
   * @returns {[number, number]} pixels to the right and down; 0 inside
   */
  outside([x, y], margin) {
    const beyond = (/** @type {number} */ value, /** @type {number} */ size) =>
      value - Math.min(Math.max(value, margin), Math.max(size - margin, margin));
    return [beyond(x, this.width), beyond(y, this.height)];
  }
}

/**
 * @param {import("d3-scale").ScaleLinear<number, number>} drawn
 * @param {boolean} log
 */
function scaleOf(drawn, log) {
  if (!log) return drawn;
  return scaleLog()
    .domain(drawn.domain().map((value) => 10 ** value))
    .range(drawn.range());
}
