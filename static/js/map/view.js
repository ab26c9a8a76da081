/** A map that can be zoomed, panned and pointed at: points, axes and a pointer, but no music. */

import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { Axes } from "./axes.js";
import {
  dotOpacity,
  dotRadius,
  ease,
  evenExtent,
  extentOf,
  rescale,
  sameSegment,
  startingPlaces,
} from "./geometry.js";
import { indexPoints, nearestPoint, pointTowards } from "./picking.js";
import { createPointLayer } from "./point-layer.js";
import { wirePointing } from "./pointing.js";
import { readColours } from "./theme.js";
import { enterFrame } from "./timeline.js";

/**
 * @typedef {import("./geometry.js").PointSet} PointSet
 * @typedef {import("./geometry.js").Placement} Placement
 * @typedef {{points: PointSet, slots: Uint8Array, flags: Uint8Array, hop: number, even: boolean,
 *   axisNames: [string, string], frame: string}} MapContent `hop` is in seconds; `even` draws both
 *   axes alike; maps of the same `frame` share their coordinates, and the place one has zoomed to
 * @typedef {{onHover: (index: number) => void, onPick: (index: number) => void,
 *   onDraw: () => void}} MapEvents an index is -1 where there is no point
 */

const PADDING = { left: 64, right: 24, top: 32, bottom: 48 }; // pixels around all points
const NEAR_EDGE = 24; // pixels: dots gone to by key lie further from the map's edges
const MOVE_MS = 280;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class MapView {
  /** @type {MapContent | null} */
  content = null;
  /** @type {import("./point-layer.js").PointLayer | null} chosen when the first points come */
  layer = null;
  /** @type {Uint8Array} */
  #palette = new Uint8Array(1024);
  /** @type {import("kdbush").default | null} */
  #index = null;
  hovered = -1;
  #marked = -1;
  #progress = 1;
  #moveStarted = 0;
  #frameRequested = false;
  #width = 0;
  #height = 0;
  #transform = zoomIdentity;
  #colours;

  /**
   * @param {HTMLElement} element holds a canvas, an svg and a ring
   * @param {MapEvents} events
   */
  constructor(element, events) {
    this.element = element;
    this.events = events;
    this.ring = /** @type {HTMLElement} */ (element.querySelector(".map-ring"));
    this.axes = new Axes(/** @type {SVGSVGElement} */ (element.querySelector("svg")));
    this.x = scaleLinear();
    this.y = scaleLinear();
    this.zoom = /** @type {import("d3-zoom").ZoomBehavior<HTMLElement, unknown>} */ (zoom())
      .scaleExtent([0.5, 400])
      .duration(STILL.matches ? 0 : MOVE_MS)
      .on("zoom", ({ transform }) => {
        this.#transform = transform;
        this.redraw();
      });
    select(element).call(this.zoom);
    wirePointing(this);
    new ResizeObserver(() => this.#resize()).observe(element);
    this.#colours = readColours(element);
  }

  /**
   * Shows other points; those that were on the map before move to their new places.
   *
   * @param {MapContent} content
   */
  show(content) {
    const previous = this.content;
    const { points } = content;
    const oldExtent = previous && this.#extent(previous);
    const newExtent = this.#extent(content);
    const from =
      previous && oldExtent && !STILL.matches
        ? startingPlaces(points, previous.points, content.hop / previous.hop, (axis, value) =>
            rescale(value, oldExtent[axis], newExtent[axis]),
          )
        : points;
    // A newer version of the same map: what is pointed at, and heard, stays so.
    const kept =
      previous?.frame === content.frame
        ? sameSegment(points, previous.points, this.hovered)
        : -1;
    this.content = content;
    if (kept < 0) this.hover(-1);
    else this.hovered = kept;
    this.#marked = -1;
    const layer = (this.layer ??= this.#createLayer(points.x.length));
    layer.setPositions({ x: points.x, y: points.y, fromX: from.x, fromY: from.y });
    layer.setSlots(content.slots);
    layer.setFlags(content.flags);
    this.axes.name(content.axisNames);
    this.#progress = from === points ? 1 : 0;
    this.#moveStarted = performance.now();
    this.#setDomain(newExtent);
    if (previous?.frame !== content.frame) this.reset();
    this.redraw();
    this.#buildIndex(points);
  }

  /**
   * @param {Uint8Array} slots one a point
   * @param {Uint8Array} palette RGBA of 256 slots
   */
  colour(slots, palette) {
    this.#palette = palette;
    if (!this.content || !this.layer) return;
    this.content.slots = slots;
    this.layer.setPalette(palette);
    this.layer.setSlots(slots);
    this.redraw();
  }

  /** To be called after flags were changed in place. */
  flagsChanged() {
    if (!this.content || !this.layer) return;
    this.layer.setFlags(this.content.flags);
    this.redraw();
  }

  /**
   * Rings the point that is heard.
   *
   * @param {number} index or -1
   */
  mark(index) {
    if (index === this.#marked) return;
    this.#marked = index;
    this.#drawRing();
  }

  /** Colours of dots' rims follow the theme. */
  readTheme() {
    this.#colours = readColours(this.element);
    this.redraw();
  }

  /** Back to where every point is seen. */
  reset() {
    select(this.element).call(this.zoom.transform, zoomIdentity);
    this.redraw();
  }

  /**
   * Zooms about the dot one is on, which stays where it is; about the centre where there is none
   * to be seen.
   *
   * @param {number} factor
   */
  zoomBy(factor) {
    const current = this.#current();
    const pixel = current < 0 ? null : this.pixelOf(current);
    const [dx, dy] = pixel ? this.#outside(pixel, 0) : [0, 0];
    const about = pixel && dx === 0 && dy === 0 ? pixel : undefined;
    select(this.element).call(this.zoom.scaleBy, factor, about);
  }

  /**
   * @param {number} index
   * @returns {[number, number]} CSS pixels from the map's top left corner
   */
  pixelOf(index) {
    const { scale, offset } = this.#placement();
    const { x, y } = /** @type {MapContent} */ (this.content).points;
    return [x[index] * scale[0] + offset[0], y[index] * scale[1] + offset[1]];
  }

  /** @param {number} index or -1 */
  hover(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.events.onHover(index);
    this.#drawRing();
  }

  redraw() {
    if (this.#frameRequested) return;
    this.#frameRequested = true;
    requestAnimationFrame((now) => {
      this.#frameRequested = false;
      this.#draw(now);
    });
  }

  /** @param {number} count of points */
  #createLayer(count) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.element.querySelector("canvas"));
    const layer = createPointLayer(canvas, count, () => this.redraw());
    layer.setPalette(this.#palette);
    return layer;
  }

  /** @param {number} now milliseconds */
  #draw(now) {
    if (!this.content || !this.layer || this.#width === 0) return;
    const started = performance.now();
    if (this.#progress < 1) {
      this.#progress = Math.min((now - this.#moveStarted) / MOVE_MS, 1);
      this.redraw();
    }
    this.layer.draw({
      placement: this.#placement(),
      width: this.#width,
      height: this.#height,
      pixelRatio: devicePixelRatio,
      radius: this.#radius(),
      opacity: dotOpacity(this.content.points.x.length, this.#transform.k),
      progress: ease(this.#progress),
      ...this.#colours,
    });
    const x = this.#transform.rescaleX(this.x);
    const y = this.#transform.rescaleY(this.y);
    this.axes.draw(x, y, this.#width, this.#height);
    this.#drawRing();
    this.events.onDraw();
    enterFrame(started, this.layer.kind);
  }

  /** Moves the ring alone: pointing at a dot draws no other. */
  #drawRing() {
    const index = this.#current();
    this.ring.hidden = index < 0;
    if (index < 0) return;
    const [left, top] = this.pixelOf(index);
    const size = 2 * Math.max(this.#radius() * 1.7, 7);
    this.ring.style.width = this.ring.style.height = `${size}px`;
    this.ring.style.transform = `translate(${left - size / 2}px, ${top - size / 2}px)`;
  }

  /** The point that is pointed at, else the one that is heard, else -1. */
  #current() {
    return this.hovered >= 0 ? this.hovered : this.#marked;
  }

  /** Of a dot, in pixels. */
  #radius() {
    const count = this.content?.points.x.length ?? 0;
    return dotRadius(count, this.#width * this.#height, this.#transform.k);
  }

  /** @returns {Placement} */
  #placement() {
    const { k, x, y } = this.#transform;
    const scaleX = (this.x(1) - this.x(0)) * k;
    const scaleY = (this.y(1) - this.y(0)) * k;
    return { scale: [scaleX, scaleY], offset: [this.x(0) * k + x, this.y(0) * k + y] };
  }

  /** @param {MapContent} content */
  #extent({ points, even }) {
    const extent = extentOf(points.x, points.y);
    if (!even || this.#width === 0) return extent;
    const [left, right] = this.x.range();
    const [bottom, top] = this.y.range();
    return evenExtent(extent, right - left, bottom - top);
  }

  /** @param {import("./geometry.js").Extent} extent */
  #setDomain(extent) {
    this.x.domain(extent.x);
    this.y.domain(extent.y);
  }

  #resize() {
    this.#width = this.element.clientWidth;
    this.#height = this.element.clientHeight;
    if (this.#width === 0 || this.#height === 0) return;
    this.x.range([PADDING.left, Math.max(this.#width - PADDING.right, PADDING.left + 1)]);
    this.y.range([Math.max(this.#height - PADDING.bottom, PADDING.top + 1), PADDING.top]);
    if (this.content) this.#setDomain(this.#extent(this.content));
    this.redraw();
  }

  /** @param {PointSet} points */
  async #buildIndex(points) {
    this.#index = null;
    const index = await indexPoints(points.x, points.y);
    // By now another map may be shown.
    if (this.content?.points === points) this.#index = index;
  }

  /**
   * The visible point nearest to a pixel.
   *
   * @param {[number, number]} pixel from the map's top left corner
   * @param {number} reach pixels
   */
  pick(pixel, reach) {
    if (!this.#index || !this.content) return -1;
    const { points, flags } = this.content;
    return nearestPoint(this.#index, points, flags, this.#placement(), pixel, reach);
  }

  /**
   * Goes to the next point in a direction, and moves the map where that point is not in it.
   *
   * @param {string} key an arrow key's name
   */
  step(key) {
    if (!this.content) return;
    const current = this.#current();
    /** @type {[number, number]} */
    const from = current >= 0 ? this.pixelOf(current) : [this.#width / 2, this.#height / 2];
    const { points, flags } = this.content;
    const next = pointTowards(points, flags, this.#placement(), from, key, current);
    if (next < 0) return;
    const [dx, dy] = this.#outside(this.pixelOf(next), NEAR_EDGE);
    const { k } = this.#transform;
    if (dx || dy) select(this.element).call(this.zoom.translateBy, -dx / k, -dy / k);
    this.hover(next);
  }

  /**
   * How far a pixel lies outside of the map.
   *
   * @param {[number, number]} pixel
   * @param {number} margin pixels along the map's edges that count as outside
   * @returns {[number, number]} pixels to the right and down; 0 inside
   */
  #outside([x, y], margin) {
    const beyond = (/** @type {number} */ value, /** @type {number} */ size) =>
      value - Math.min(Math.max(value, margin), Math.max(size - margin, margin));
    return [beyond(x, this.#width), beyond(y, this.#height)];
  }
}
