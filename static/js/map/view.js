/** A map that can be zoomed, panned and pointed at: points, axes and a pointer, but no music. */

import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { Axes } from "./axes.js";
import { dotOpacity, dotRadius, rescale, startingPlaces } from "./geometry.js";
import { Motion, MOVE_MS } from "./motion.js";
import { Overlay } from "./overlay.js";
import { indexPoints, nearestPoint, pointTowards } from "./picking.js";
import { drawnPlaces, Plane } from "./plane.js";
import { wirePointing } from "./pointing.js";
import { Ring } from "./ring.js";
import { sameSegment } from "./segments.js";

/**
 * @typedef {import("./geometry.js").PointSet} PointSet
 * @typedef {import("./point-layer.js").Columns} Columns
 * @typedef {{points: PointSet, slots: Uint8Array, flags: Uint8Array, hop: number, even: boolean,
 *   axisNames: [string, string], frame: string, log?: [boolean, boolean],
 *   sizes?: Float32Array | null}} MapContent `hop` is in seconds; `even` draws both axes alike;
 *   maps of the same `frame` share their coordinates, and the place one has zoomed to; which axes
 *   are logarithmic; factors of the dots' radius
 * @typedef {{onHover: (index: number) => void, onPick: (index: number) => void,
 *   onDraw: () => void, onZoom?: () => void}} MapEvents an index is -1 where there is no point
 * @typedef {import("./overlay.js").Painter} Painter
 */

const NEAR_EDGE = 24; // pixels: dots gone to by key lie further from the map's edges
const MOVING_POINTS = 250_000; // of more, a slow layer would draw two or three frames of a move
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
/** @type {[boolean, boolean]} */
const LINEAR = [false, false];

export class MapView {
  /** @type {MapContent | null} */
  content = null;
  /** @type {Columns | null} what the layer draws; null before the first points */
  columns = null;
  hovered = -1;
  /** Grows when other points are shown, or flags have changed. */
  revision = 0;
  /** Only every so many points are drawn, and can be pointed at: 1 for all. */
  every = 1;
  /** Where the map lies on its surface. */
  #box = { left: 0, top: 0, width: 0, height: 0 };
  #plane = new Plane();
  /** @type {PointSet | null} the points where they are drawn: logarithms along such an axis */
  #drawn = null;
  /** @type {Uint8Array} */
  #palette = new Uint8Array(1024);
  /** @type {import("kdbush").default | null} */
  #index = null;
  #marked = -1;
  #ring;
  #motion = new Motion();

  /**
   * @param {HTMLElement} element holds a canvas, an svg and a ring
   * @param {import("./surface.js").MapSurface} surface below the element
   * @param {MapEvents} events
   */
  constructor(element, surface, events) {
    this.element = element;
    this.surface = surface;
    this.events = events;
    this.overlay = new Overlay(
      /** @type {HTMLCanvasElement} */ (element.querySelector("canvas")),
      this,
    );
    this.#ring = new Ring(/** @type {HTMLElement} */ (element.querySelector(".map-ring")));
    this.axes = new Axes(/** @type {SVGSVGElement} */ (element.querySelector("svg")));
    this.zoom = /** @type {import("d3-zoom").ZoomBehavior<HTMLElement, unknown>} */ (zoom())
      .scaleExtent([0.5, 400])
      .duration(STILL.matches ? 0 : MOVE_MS)
      .on("zoom", ({ transform }) => {
        this.#plane.transform = transform;
        this.redraw();
        this.events.onZoom?.();
      });
    select(element).call(this.zoom);
    wirePointing(this);
    surface.add(this);
  }

  /** What is painted over the dots, in this order. */
  get painters() {
    return this.overlay.painters;
  }

  /** Whether dots are on their way to new places. */
  get moving() {
    return this.#motion.moving;
  }

  /** How far one has zoomed in: 1 shows everything. */
  get zoomFactor() {
    return this.#plane.transform.k;
  }

  /** Whether there is anything to draw, and room for it. */
  get drawable() {
    return this.columns !== null && this.#box.width > 0 && this.#box.height > 0;
  }

  /**
   * Shows other points; those that were on the map before move to their new places.
   *
   * @param {MapContent} content
   */
  show(content) {
    const { points, log = LINEAR } = content;
    const drawn = { ...points, ...drawnPlaces(points, log) };
    this.every = this.surface.prepare(points.x.length);
    const extent = this.#plane.extent(drawn, content.even);
    const from = this.#startingPlaces(content, drawn, extent);
    const previous = this.content;
    // A newer version of the same map: what is pointed at, and heard, stays so.
    const kept =
      previous?.frame === content.frame
        ? sameSegment(points, previous.points, this.hovered)
        : -1;
    this.content = content;
    this.revision++;
    this.#drawn = drawn;
    this.columns = {
      x: drawn.x,
      y: drawn.y,
      fromX: from.x,
      fromY: from.y,
      slot: content.slots,
      flags: content.flags,
      size: content.sizes ?? null,
    };
    if (kept < 0) this.hover(-1);
    else this.hovered = kept;
    this.#marked = -1;
    this.axes.name(content.axisNames);
    this.#motion.begin(from !== drawn);
    this.#plane.span(extent, log);
    if (previous?.frame !== content.frame) this.reset();
    this.redraw();
    this.#buildIndex(drawn);
  }

  /**
   * @param {MapContent} content to be shown
   * @param {PointSet} drawn its points
   * @param {import("./geometry.js").Extent} extent its axes'
   * @returns {{x: Float32Array, y: Float32Array}} `drawn` itself where nothing moves
   */
  #startingPlaces(content, drawn, extent) {
    const [previous, old] = [this.content, this.#drawn];
    if (!previous || !old || STILL.matches) return drawn;
    const slow = this.surface.layer.kind === "canvas" && drawn.x.length > MOVING_POINTS;
    if (slow) return drawn;
    const oldExtent = this.#plane.extent(old, previous.even);
    return startingPlaces(drawn, old, content.hop / previous.hop, (axis, value) =>
      rescale(value, oldExtent[axis], extent[axis]),
    );
  }

  /**
   * @param {Uint8Array} slots one a point
   * @param {Uint8Array} palette RGBA of 256 slots
   */
  colour(slots, palette) {
    this.#palette = palette;
    if (!this.content || !this.columns) return;
    this.content.slots = slots;
    this.columns.slot = slots;
    this.redraw();
  }

  /** To be called after flags were changed in place. */
  flagsChanged() {
    if (!this.content) return;
    this.revision++;
    this.surface.layer.changed(this.content.flags);
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

  /** Where one has zoomed to; null where everything is seen. */
  get place() {
    return this.#plane.place;
  }

  /** @param {import("./plane.js").Place | null} place */
  goToPlace(place) {
    select(this.element).call(this.zoom.transform, this.#plane.transformTo(place));
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
    const [dx, dy] = pixel ? this.#plane.outside(pixel, 0) : [0, 0];
    const about = pixel && dx === 0 && dy === 0 ? pixel : undefined;
    select(this.element).call(this.zoom.scaleBy, factor, about);
  }

  /**
   * @param {number} index
   * @returns {[number, number]} CSS pixels from the map's top left corner
   */
  pixelOf(index) {
    const { scale, offset } = this.#plane.placement;
    const { x, y } = /** @type {PointSet} */ (this.#drawn);
    return [x[index] * scale[0] + offset[0], y[index] * scale[1] + offset[1]];
  }

  /**
   * Where dots are drawn just now, for painters: they may be on their way.
   *
   * @returns {(index: number) => [number, number]} CSS pixels from the map's top left corner
   */
  places() {
    const { columns, placement, progress } = this.frame();
    const { x, y, fromX, fromY } = columns;
    const { scale, offset } = placement;
    return (index) => [
      (fromX[index] + (x[index] - fromX[index]) * progress) * scale[0] + offset[0],
      (fromY[index] + (y[index] - fromY[index]) * progress) * scale[1] + offset[1],
    ];
  }

  /** @param {number} index or -1 */
  hover(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.events.onHover(index);
    this.#drawRing();
  }

  /** From data to pixels, along each axis. */
  get scales() {
    return this.#plane.scales;
  }

  /**
   * @param {[number, number]} pixel from the map's top left corner
   * @returns {[number, number]} data
   */
  dataOf(pixel) {
    return this.#plane.dataOf(pixel);
  }

  /**
   * @param {number} x data; greater than 0 along a logarithmic axis
   * @param {number} y
   * @returns {[number, number]} CSS pixels from the map's top left corner
   */
  pixelOfData(x, y) {
    return this.#plane.pixelOfData(x, y);
  }

  /** Draws the dots, and all that lies over them, in the next frame. */
  redraw() {
    this.surface.redraw(this);
  }

  /** Draws only what lies over the dots, in the next frame. */
  repaint() {
    this.overlay.request();
  }

  /**
   * The surface calls this when the map has other bounds.
   *
   * @param {{left: number, top: number, width: number, height: number}} box CSS pixels
   */
  resize(box) {
    const { left, top, width, height } = this.#box;
    if (box.left === left && box.top === top && box.width === width && box.height === height) return;
    this.#box = box;
    if (box.width === 0 || box.height === 0) return;
    this.#plane.resize(box.width, box.height);
    if (this.content && this.#drawn) {
      const { even, log = LINEAR } = this.content;
      this.#plane.span(this.#plane.extent(this.#drawn, even), log);
    }
    this.redraw();
  }

  /**
   * Moves dots that are on their way; the surface calls this before it draws.
   *
   * @param {number} now milliseconds
   */
  advance(now) {
    if (!this.moving || !this.columns) return;
    this.#motion.advance(now);
    if (this.moving) return this.redraw();
    this.columns.fromX = this.columns.x;
    this.columns.fromY = this.columns.y;
  }

  /** @returns {import("./point-layer.js").Frame} of a drawable view */
  frame() {
    return {
      box: this.#box,
      columns: /** @type {Columns} */ (this.columns),
      palette: this.#palette,
      placement: this.#plane.placement,
      every: this.every,
      radius: this.#radius(),
      opacity: dotOpacity(this.content?.points.x.length ?? 0, this.#plane.transform.k),
      progress: this.#motion.eased,
      ...this.surface.colours,
    };
  }

  /** The surface calls this when it has drawn the dots. */
  drawn() {
    const { x, y } = this.#plane.scales;
    this.axes.draw(x, y, this.#plane.width, this.#plane.height);
    this.#drawRing();
    this.overlay.paint();
    this.events.onDraw();
  }

  /** Moves the ring alone: pointing at a dot draws no other. */
  #drawRing() {
    const index = this.#current();
    if (index < 0) return this.#ring.hide();
    this.#ring.show(this.pixelOf(index), this.#radius() * (this.columns?.size?.[index] ?? 1));
  }

  /** The point that is pointed at, else the one that is heard, else -1. */
  #current() {
    return this.hovered >= 0 ? this.hovered : this.#marked;
  }

  /** Of a dot, in pixels. */
  #radius() {
    const count = this.content?.points.x.length ?? 0;
    return dotRadius(count, this.#plane.width * this.#plane.height, this.#plane.transform.k);
  }

  /** @param {PointSet} drawn */
  async #buildIndex(drawn) {
    this.#index = null;
    const index = await indexPoints(drawn.x, drawn.y);
    // By now another map may be shown.
    if (this.#drawn === drawn) this.#index = index;
  }

  /**
   * The visible point nearest to a pixel.
   *
   * @param {[number, number]} pixel from the map's top left corner
   * @param {number} reach pixels
   */
  pick(pixel, reach) {
    if (!this.#index || !this.content) return -1;
    const { flags } = this.content;
    const { placement } = this.#plane;
    return nearestPoint(this.#index, flags, placement, pixel, reach, this.every);
  }

  /**
   * Goes to the next point in a direction.
   *
   * @param {string} key an arrow key's name
   */
  step(key) {
    if (!this.content || !this.#drawn) return;
    const current = this.#current();
    /** @type {[number, number]} */
    const from = current >= 0 ? this.pixelOf(current) : this.#plane.middle;
    const { flags } = this.content;
    const { placement } = this.#plane;
    const next = pointTowards(this.#drawn, flags, placement, from, key, current, this.every);
    if (next >= 0) this.goTo(next);
  }

  /**
   * Points at a dot, and moves the map where that dot is not in it.
   *
   * @param {number} index
   */
  goTo(index) {
    const [dx, dy] = this.#plane.outside(this.pixelOf(index), NEAR_EDGE);
    const { k } = this.#plane.transform;
    if (dx || dy) select(this.element).call(this.zoom.translateBy, -dx / k, -dy / k);
    this.hover(index);
  }
}
