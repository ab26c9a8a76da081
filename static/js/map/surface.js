/** One canvas, with one context, on which several maps are drawn side by side. */

import { fits } from "./geometry.js";
import { createPointLayer, replaced } from "./point-layer.js";
import { readColours } from "./theme.js";
import { enterFrame } from "./timeline.js";

/** @typedef {import("./view.js").MapView} MapView */

export class MapSurface {
  /** @type {Set<MapView>} */
  #views = new Set();
  /** @type {Set<MapView>} to be drawn in the next frame */
  #changed = new Set();
  /** Whether a frame is being drawn, or is to come. */
  #busy = false;

  /** @param {HTMLElement} element holds a canvas, and over it the elements of the views */
  constructor(element) {
    this.element = element;
    this.colours = readColours(element);
    this.layer = createPointLayer(this.canvas, 0, () => this.#redrawAll());
    new ResizeObserver(() => this.measure()).observe(element);
  }

  /** The one that is in the page now: another kind of layer comes with another canvas. */
  get canvas() {
    return /** @type {HTMLCanvasElement} */ (this.element.querySelector(":scope > canvas"));
  }

  /** @param {MapView} view */
  add(view) {
    this.#views.add(view);
    new ResizeObserver(() => this.measure()).observe(view.element);
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
    if (this.#busy) return;
    this.#busy = true;
    requestAnimationFrame((now) => {
      const { width, height, pixelRatio } = this.#size();
      // A canvas that gets another size loses what is on it.
      if (!fits(this.canvas, width, height, pixelRatio)) this.#redrawAll();
      void this.#draw(now);
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

  /** Looks where the maps lie. To be called where that has changed, and the next frame is to show it. */
  measure() {
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
  async #draw(now) {
    const started = performance.now();
    const changed = [...this.#changed].filter((view) => view.drawable);
    this.#changed.clear();
    for (const view of changed) view.advance(now);
    const { layer } = this;
    const frames = changed.map((view) => view.frame());
    try {
      for (const _ of layer.draw(this.#size(), frames)) await nextTask();
      layer.keep(new Set([...this.#views].flatMap(({ columns }) => Object.values(columns ?? {}))));
      for (const view of changed) view.drawn();
      if (changed.length > 0) enterFrame(started, layer.kind);
    } finally {
      this.#busy = false;
      for (const view of this.#changed) this.redraw(view);
    }
  }

  #size() {
    const { clientWidth: width, clientHeight: height } = this.element;
    return { width, height, pixelRatio: devicePixelRatio };
  }
}

/** Lets the page do what else there is to do. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}
