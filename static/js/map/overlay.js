/** What lies over the dots of a map: paths, lines, names, outlines. */

import { fitCanvas } from "./geometry.js";

/**
 * @typedef {import("./svg-context.js").Pen} Pen
 * @typedef {(context: Pen, view: import("./view.js").MapView) => void} Painter
 *   draws in CSS pixels from the map's top left corner
 */

export class Overlay {
  /** @type {Set<Painter>} called after each drawing, in this order */
  painters = new Set();
  #requested = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./view.js").MapView} view
   */
  constructor(canvas, view) {
    this.canvas = canvas;
    this.view = view;
  }

  /** Paints in the next frame. */
  request() {
    if (this.#requested) return;
    this.#requested = true;
    requestAnimationFrame(() => {
      this.#requested = false;
      this.paint();
    });
  }

  /** A canvas without painters takes no memory worth naming: it gets its size with the first. */
  paint() {
    const { canvas, painters, view } = this;
    const { clientWidth: width, clientHeight: height } = view.element;
    if (painters.size === 0 && canvas.hidden) return;
    canvas.hidden = painters.size === 0;
    if (canvas.hidden || !view.drawable) return;
    fitCanvas(canvas, width, height, devicePixelRatio);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.paintOn(context);
  }

  /** @param {Pen} context whose origin is the map's top left corner */
  paintOn(context) {
    for (const paint of this.painters) {
      context.save();
      paint(context, this.view);
      context.restore();
    }
  }
}
