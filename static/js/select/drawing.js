/** Drawing a lasso or a rectangle on a map, by mouse, finger or pen. */

import { simplify } from "./polygon.js";

/** Pixels: what moves less is a click; an outline may be off by this much. */
const CLICK_PX = 6;
const TOLERANCE_PX = 1.5;

/**
 * @typedef {"lasso" | "rectangle"} Tool
 * @typedef {import("./selection.js").Op | "replace"} Mode
 * @typedef {import("../map/view.js").MapView} MapView
 * @typedef {[number, number]} Pixel
 */

export class Drawing {
  /** @type {Tool | null} with which each drag draws; without one, those with Shift draw a lasso */
  tool = null;
  /** @type {Mode} */
  mode = "replace";
  /** @type {Pixel[]} the drag until now */
  #path = [];
  /** @type {number | null} the pointer that draws */
  #pointer = null;
  /** @type {Tool} */
  #shape = "lasso";
  /** @type {import("../map/view.js").Painter} */
  #painter = (context) => this.#paint(context);
  /** Whether the click that the browser makes of the drag is to be kept back. */
  #drew = false;

  /**
   * @param {MapView} view
   * @param {(outline: Pixel[], mode: Mode) => void} onDraw `outline` is in data coordinates
   */
  constructor(view, onDraw) {
    this.view = view;
    this.onDraw = onDraw;
    const { element, zoom } = view;
    const zooms = zoom.filter();
    zoom.filter((event, datum) => {
      if (event.type !== "wheel" && this.#wants(event)) return false;
      return zooms.call(element, event, datum);
    });
    element.addEventListener("pointerdown", (event) => this.#begin(event));
    element.addEventListener("pointermove", (event) => this.#go(event));
    element.addEventListener("pointerup", (event) => this.#end(event));
    element.addEventListener("pointercancel", () => this.cancel());
    element.addEventListener("click", (event) => this.#keepBack(event), { capture: true });
  }

  get active() {
    return this.#pointer !== null;
  }

  /** Forgets what is being drawn. */
  cancel() {
    this.#pointer = null;
    this.#path = [];
    this.view.painters.delete(this.#painter);
    this.view.repaint();
  }

  /** @param {MouseEvent | TouchEvent} event */
  #wants(event) {
    return this.tool !== null || event.shiftKey;
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    this.#drew = false;
    if (this.active) return this.cancel(); // a second finger: no drawing is meant
    if (event.button !== 0 || !this.#wants(event)) return;
    event.preventDefault();
    this.#shape = this.tool ?? "lasso";
    this.#pointer = event.pointerId;
    this.#path = [this.#pixelOf(event)];
    this.view.painters.add(this.#painter);
    this.view.hover(-1);
    this.view.element.setPointerCapture(event.pointerId);
    this.view.element.focus({ preventScroll: true });
  }

  /** @param {PointerEvent} event */
  #go(event) {
    if (event.pointerId !== this.#pointer) return;
    // All places since the last frame, so that a quick lasso stays round.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) this.#path.push(this.#pixelOf(each));
    this.view.repaint();
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (event.pointerId !== this.#pointer) return;
    const started = performance.now();
    this.#path.push(this.#pixelOf(event));
    const outline = this.#outline();
    const mode = event.altKey ? "subtract" : event.ctrlKey || event.metaKey ? "add" : this.mode;
    const clicked = extentOf(this.#path) < CLICK_PX;
    this.cancel();
    if (clicked) return;
    this.#drew = true;
    const corners = this.#shape === "lasso" ? simplify(outline, TOLERANCE_PX) : outline;
    if (corners.length >= 3) this.onDraw(corners.map((pixel) => this.view.dataOf(pixel)), mode);
    performance.measure("lasso", { start: started });
    performance.clearMeasures("lasso"); // passed on to whoever watches, and not kept
  }

  /** @param {MouseEvent} event */
  #keepBack(event) {
    if (this.#drew) event.stopImmediatePropagation();
    this.#drew = false;
  }

  /** @returns {Pixel[]} */
  #outline() {
    if (this.#shape === "lasso") return this.#path;
    const [[left, top], [right, bottom]] = [this.#path[0], this.#path[this.#path.length - 1]];
    return [[left, top], [right, top], [right, bottom], [left, bottom]];
  }

  /**
   * @param {MouseEvent} event
   * @returns {Pixel}
   */
  #pixelOf(event) {
    const box = this.view.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {import("../map/svg-context.js").Pen} context */
  #paint(context) {
    context.beginPath();
    for (const [x, y] of this.#outline()) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = context.strokeStyle = getComputedStyle(this.view.element).color;
    context.globalAlpha = 0.12;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.setLineDash([6, 4]);
    context.stroke();
  }
}

/** @param {Pixel[]} path */
function extentOf(path) {
  const span = (/** @type {0 | 1} */ axis) => {
    const values = path.map((pixel) => pixel[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return Math.max(span(0), span(1));
}
