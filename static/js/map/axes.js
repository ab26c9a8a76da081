/** Axes along the bottom and the left edge of a map. */

import { axisBottom, axisLeft } from "d3-axis";
import { select } from "d3-selection";

/** @typedef {import("d3-scale").ScaleLinear<number, number>} Scale */

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
    const ticks = (/** @type {number} */ length) => Math.max(2, Math.round(length / 120));
    this.x
      .attr("transform", `translate(0,${height - 24})`)
      .call(axisBottom(x).ticks(ticks(width)).tickSizeOuter(0));
    this.y
      .attr("transform", "translate(40,0)")
      .call(axisLeft(y).ticks(ticks(height)).tickSizeOuter(0));
    this.xName.attr("x", width - 8).attr("y", height - 32);
    this.yName.attr("x", 48).attr("y", 16);
  }

  /** @param {[string, string]} names */
  name([x, y]) {
    this.xName.text(`${x} →`);
    this.yName.text(`↑ ${y}`);
  }
}
