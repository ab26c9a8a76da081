/** Axes along the bottom and the left edge of a map. */

import { axisBottom, axisLeft } from "d3-axis";
import { select } from "d3-selection";

/** @typedef {import("./plane.js").Scale} Scale */

/** Pixels that the axes take off the map's edges. */
export const LEFT = 48;
export const BOTTOM = 24;
/** So that the last number is not cut. */
export const RIGHT = 16;

export class Axes {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    const root = select(svg);
    this.x = root.append("g").attr("class", "axis");
    this.y = root.append("g").attr("class", "axis");
    this.xName = root.append("text").attr("class", "axis-name").attr("text-anchor", "end");
    this.yName = root.append("text").attr("class", "axis-name");
  }

  /**
   * @param {Scale} x
   * @param {Scale} y
   * @param {number} width pixels
   * @param {number} height
   */
  draw(x, y, width, height) {
    const across = spanning(x, [LEFT, width - RIGHT]);
    const upwards = spanning(y, [height - BOTTOM, 0]);
    this.x
      .attr("transform", `translate(0,${height - BOTTOM})`)
      .call(axisBottom(across).tickArguments(ticks(x, width)).tickSizeOuter(0));
    this.y
      .attr("transform", `translate(${LEFT},0)`)
      .call(axisLeft(upwards).tickArguments(ticks(y, height)).tickSizeOuter(0));
    this.xName.attr("x", width - RIGHT).attr("y", height - BOTTOM - 8);
    this.yName.attr("x", LEFT + 8).attr("y", 16);
  }

  /** @param {[string, string]} names */
  name([x, y]) {
    this.xName.text(`${x} →`);
    this.yName.text(`↑ ${y}`);
  }
}

/**
 * About how many numbers an axis gets, and how they are written where its scale does not choose.
 *
 * @param {Scale} scale
 * @param {number} length pixels
 * @returns {[number, string?]}
 */
function ticks(scale, length) {
  const number = Math.max(2, Math.round(length / 120));
  return "base" in scale ? [number, "~g"] : [number];
}

/**
 * The numbers along an axis.
 *
 * @param {Scale} scale
 * @param {number} length of the map along the axis, pixels
 * @param {[number, number]} range pixels that the axis spans
 * @returns {{at: number, label: string}[]} pixels
 */
export function axisTicks(scale, length, range) {
  const axis = spanning(scale, range);
  const [number, format] = ticks(scale, length);
  const label = format ? axis.tickFormat(number, format) : axis.tickFormat(number);
  return axis.ticks(number).map((value) => ({ at: axis(value), label: label(value) }));
}

/**
 * A scale drawn from edge to edge, wherever its own range ends.
 *
 * @param {Scale} scale
 * @param {[number, number]} range pixels
 */
function spanning(scale, range) {
  return scale.copy().domain(range.map((pixel) => scale.invert(pixel))).range(range);
}
