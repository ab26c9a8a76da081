/** One canvas, with one context, on which several maps are drawn side by side. */

import { fitCanvas } from "./geometry.js";
import { createPointLayer } from "./point-layer.js";
import { readColours } from "./theme.js";
import { enterFrame } from "./timeline.js";

/** @typedef {import("./view.js").MapView} MapView */

export class MapSurface {
  /** @type {import("./point-layer.js").PointLayer | null} chosen when the first points come */
  layer = null;
  /** @type {Set<MapView>} */
  #views = new Set();
  /** @type {Set<MapView>} to be drawn in the next frame */
  #changed = new Set();
  #frameRequested = false;

  /** @param {HTMLElement} element holds a canvas, and over it the elements of the views */
  constructor(element) {
    this.element = element;
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector(":scope > canvas"));
    this.colours = readColours(element);
    new ResizeObserver(() => this.#measure()).observe(element);
  }

  /** @param {MapView} view */
  add(view) {
    this.#views.add(view);
    new ResizeObserver(() => this.#measure()).observe(view.element);
  }

  /**
   * To be called before a view shows its first points.
   *
   * @param {number} count of points
   */
  prepare(count) {
    this.layer ??= createPointLayer(this.canvas, count, () => this.#redrawAll());
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
    const { layer, canvas, element } = this;
    if (!layer) return;
    const started = performance.now();
    const { clientWidth, clientHeight } = element;
    // A canvas that gets another size is empty.
    const emptied = fitCanvas(canvas, clientWidth, clientHeight, devicePixelRatio);
    const changed = [...(emptied ? this.#views : this.#changed)].filter((view) => view.drawable);
    this.#changed.clear();
    for (const view of changed) view.advance(now);
    layer.draw(
      { width: clientWidth, height: clientHeight, pixelRatio: devicePixelRatio },
      changed.map((view) => view.frame()),
    );
    layer.keep(new Set([...this.#views].flatMap(({ columns }) => Object.values(columns ?? {}))));
    for (const view of changed) view.drawn();
    enterFrame(started, layer.kind);
  }
}
