/** One canvas, with one context, on which several maps are drawn side by side. */

import { fitCanvas } from "./geometry.js";
import { createPointLayer, replaced } from "./point-layer.js";
import { readColours } from "./theme.js";
import { enterFrame } from "./timeline.js";

/** @typedef {import("./view.js").MapView} MapView */

export class MapSurface {
  /** @type {Set<MapView>} */
  #views = new Set();
  /** @type {Set<MapView>} to be drawn in the next frame */
  #changed = new Set();
  #frameRequested = false;

  /** @param {HTMLElement} element holds a canvas, and over it the elements of the views */
  constructor(element) {
    this.element = element;
    this.colours = readColours(element);
    this.layer = createPointLayer(this.canvas, 0, () => this.#redrawAll());
    new ResizeObserver(() => this.#measure()).observe(element);
  }

  /** The one that is in the page now: another kind of layer comes with another canvas. */
  get canvas() {
    return /** @type {HTMLCanvasElement} */ (this.element.querySelector(":scope > canvas"));
  }

  /** @param {MapView} view */
  add(view) {
    this.#views.add(view);
    new ResizeObserver(() => this.#measure()).observe(view.element);
  }

  /**
   * To be called before a view shows other points.
   *
   * @param {number} count of points
   * @returns {number} k where only every k-th of them will be drawn; 1 for all
   */
  prepare(count) {
    if (count > this.layer.most) {
      this.layer = createPointLayer(replaced(this.canvas), count, () => this.#redrawAll());
      this.#redrawAll();
    }
    return Math.max(1, Math.ceil(count / this.layer.limit));
  }

  /** @param {MapView} view is drawn anew in the next frame */
  redraw(view) {
    this.#changed.add(view);
    if (this.#frameRequested) return;
    this.#frameRequested = true;
    requestAnimationFrame((now) => {
      this.#frameRequested = false;
      this.#draw(now);
    });
  }

  /** Colours of dots' rims follow the theme. */
  readTheme() {
    this.colours = readColours(this.element);
    this.#redrawAll();
  }

  #redrawAll() {
    for (const view of this.#views) this.redraw(view);
  }

  #measure() {
    const { left, top } = this.element.getBoundingClientRect();
    for (const view of this.#views) {
      const box = view.element.getBoundingClientRect();
      view.resize({
        left: box.left - left,
        top: box.top - top,
        width: view.element.clientWidth,
        height: view.element.clientHeight,
      });
    }
  }

  /** @param {number} now milliseconds */
  #draw(now) {
    const { layer, element } = this;
    const started = performance.now();
    const { clientWidth, clientHeight } = element;
    // A canvas that gets another size is empty.
    const emptied = fitCanvas(this.canvas, clientWidth, clientHeight, devicePixelRatio);
    const changed = [...(emptied ? this.#views : this.#changed)].filter((view) => view.drawable);
    this.#changed.clear();
    for (const view of changed) view.advance(now);
    layer.draw(
      { width: clientWidth, height: clientHeight, pixelRatio: devicePixelRatio },
      changed.map((view) => view.frame()),
    );
    layer.keep(new Set([...this.#views].flatMap(({ columns }) => Object.values(columns ?? {}))));
    for (const view of changed) view.drawn();
    if (changed.length > 0) enterFrame(started, layer.kind);
  }
}
