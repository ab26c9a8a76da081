/** Pointing at a dot on one map shows the same moment on the other. */

import { css } from "../map/theme.js";

const RADIUS = 9; // pixels

/** @typedef {import("./pane.js").Pane} Pane */

export class LinkedPointing {
  /** @type {{pane: Pane, indices: number[]} | null} the dots that are ringed */
  #shown = null;

  /**
   * @param {import("./explorer.js").Explorer} explorer
   * @param {import("./links.js").Links} links
   */
  constructor(explorer, links) {
    explorer.addEventListener("hover", (event) => {
      const { pane, index } = /** @type {CustomEvent} */ (event).detail;
      this.#show(links.otherOf(pane), links.twins(pane, index));
    });
    explorer.addEventListener("content", () => this.#show(explorer.panes[0], []));
    for (const pane of explorer.panes) {
      pane.view.painters.add((context) => this.#paint(context, pane));
    }
  }

  /**
   * @param {Pane} pane
   * @param {number[]} indices
   */
  #show(pane, indices) {
    const before = this.#shown;
    this.#shown = indices.length > 0 ? { pane, indices } : null;
    before?.pane.view.repaint();
    if (before?.pane !== pane) pane.view.repaint();
  }

  /**
   * @param {import("../map/svg-context.js").Pen} context
   * @param {Pane} pane
   */
  #paint(context, pane) {
    if (this.#shown?.pane !== pane) return;
    const { ink, background } = pane.view.surface.colours;
    for (const [colour, width] of /** @type {const} */ ([[css(background), 6], [css(ink), 2.5]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      for (const index of this.#shown.indices) {
        const [x, y] = pane.view.pixelOf(index);
        context.beginPath();
        context.arc(x, y, RADIUS, 0, 2 * Math.PI);
        context.stroke();
      }
    }
  }
}
