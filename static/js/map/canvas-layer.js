/**
 * The layer of points for browsers without WebGL2, and for those where it is slower. Dots are
 * blended into one image by hand: a call of the canvas for each would take seconds.
 */

import { greyLook, lookOf, shareOf, stampLook } from "./brush.js";
import { grind, settle } from "./dust.js";
import { ABOVE, GREY, HIDDEN, PLAIN, tierOf, tiersOf } from "./flags.js";
import { fitCanvas, pixelBox } from "./geometry.js";

/**
 * @typedef {import("./point-layer.js").Frame} Frame
 * @typedef {import("./brush.js").Look} Look
 */

export class CanvasLayer {
  kind = "canvas";
  most = Infinity;

  /** @type {ImageData[]} used again for the next drawing of the same size */
  #images = [];
  /** @type {WeakMap<Uint8Array, ReturnType<typeof tiersOf>>} */
  #tiers = new WeakMap();

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas
   * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
   * @param {number} [limit] points at most: of more, every k-th is drawn
   */
  constructor(canvas, context, limit = Infinity) {
    this.canvas = canvas;
    this.context = context;
    this.limit = limit;
  }

  /** @param {Float32Array | Uint8Array} column was changed in place */
  changed(column) {
    if (column instanceof Uint8Array) this.#tiers.delete(column);
  }

  /** Nothing to be done: no columns are held. */
  keep() {}

  /**
   * Draws in slices, between which the page may do other things; what was drawn before stays to be
   * seen until all is done.
   *
   * @param {import("./point-layer.js").Size} size
   * @param {Frame[]} frames
   * @returns {Generator<void>} which must be gone through to its end
   */
  *draw({ width, height, pixelRatio }, frames) {
    const boxes = frames.map(({ box }) => pixelBox(box, pixelRatio));
    this.#images = boxes.map((box, i) => this.#imageOf(box, this.#images[i]));
    for (const [i, frame] of frames.entries()) {
      yield* this.#drawFrame(this.#images[i], frame, pixelRatio);
    }
    fitCanvas(this.canvas, width, height, pixelRatio);
    boxes.forEach(([left, top], i) => this.context.putImageData(this.#images[i], left, top));
  }

  /**
   * @param {[number, number, number, number]} box left, top, width and height
   * @param {ImageData | undefined} last that was used for this
   */
  #imageOf([, , width, height], last) {
    if (last?.width === width && last.height === height) return last;
    return this.context.createImageData(Math.max(width, 1), Math.max(height, 1));
  }

  /**
   * @param {ImageData} image
   * @param {Frame} frame
   * @param {number} pixelRatio
   */
  *#drawFrame(image, frame, pixelRatio) {
    const [red, green, blue] = frame.background;
    new Uint32Array(image.data.buffer).fill((255 << 24) | (blue << 16) | (green << 8) | red);
    const { flags } = frame.columns;
    const tiers = this.#tiers.get(flags) ?? tiersOf(flags);
    this.#tiers.set(flags, tiers);
    yield* drawDots(image, frame, pixelRatio, tiers);
  }
}

/**
 * Blends all dots of a map into an image, from below to above.
 *
 * @param {ImageData} image
 * @param {Frame} frame
 * @param {number} pixelRatio
 * @param {ReturnType<typeof tiersOf>} tiers
 */
function* drawDots(image, frame, pixelRatio, { selecting, grey, raised }) {
  const radius = frame.radius * pixelRatio;
  /** @type {(tier: number) => (marks: number) => boolean} */
  const lies = (tier) => (marks) => !(marks & HIDDEN) && tierOf(marks, selecting) === tier;
  /** @type {(marks: number, factor: number) => Look} */
  const coloured = (marks, factor) => lookOf(marks, radius * factor, frame, pixelRatio);
  /** @type {(marks: number, factor: number) => Look} */
  const uncoloured = (_, factor) => greyLook(radius * factor, frame);
  /** @type {(tier: number, look: (marks: number, factor: number) => Look) => Brushes} */
  const brushes = (tier, look) => new Brushes(lies(tier), look, frame, image.width);
  if (grey) yield* drawSome(image, frame, pixelRatio, brushes(GREY, uncoloured));
  yield* drawSome(image, frame, pixelRatio, brushes(PLAIN, coloured));
  yield* drawSome(image, frame, pixelRatio, brushes(ABOVE, coloured), raised);
}

/**
 * Blends the dots for which there are brushes.
 *
 * @param {ImageData} image
 * @param {Frame} frame
 * @param {number} pixelRatio
 * @param {Brushes} brushes
 * @param {Uint32Array | null} [indices] of points; all where it is left out
 */
function* drawSome(image, frame, pixelRatio, brushes, indices = null) {
  const count = indices ? indices.length : frame.columns.x.length;
  let started = performance.now();
  for (let from = 0; from < count; from += CHUNK) {
    drawChunk(image, frame, pixelRatio, brushes, indices, from, Math.min(from + CHUNK, count));
    if (performance.now() - started < SLICE_MS) continue;
    yield;
    started = performance.now();
  }
}

/**
 * @param {ImageData} image
 * @param {Frame} frame
 * @param {number} pixelRatio
 * @param {Brushes} brushes
 * @param {Uint32Array | null} indices
 * @param {number} from of the indices, or of all points
 * @param {number} to not included
 */
function drawChunk(image, frame, pixelRatio, brushes, indices, from, to) {
  const { placement, progress, palette, opacity } = frame;
  const { x, y, fromX, fromY, slot, flags, size } = frame.columns;
  const moves = progress < 1;
  const pixels = new Int32Array(image.data.buffer);
  const { width, height } = image;
  const [scaleX, scaleY] = placement.scale.map((value) => value * pixelRatio);
  // Half a pixel more, to round by cutting off.
  const [offsetX, offsetY] = placement.offset.map((value) => value * pixelRatio + 0.5);
  const every = indices ? 1 : frame.every;
  for (let n = Math.ceil(from / every) * every; n < to; n += every) {
    const i = indices ? indices[n] : n;
    const brush = brushes.of(flags[i], size ? size[i] : 1);
    if (brush === null) continue;
    const across = moves ? fromX[i] + (x[i] - fromX[i]) * progress : x[i];
    const down = moves ? fromY[i] + (y[i] - fromY[i]) * progress : y[i];
    const column = Math.floor(across * scaleX + offsetX);
    const row = Math.floor(down * scaleY + offsetY);
    const { reach, dust } = brush;
    if (column >= reach && row >= reach && column < width - reach && row < height - reach) {
      if (dust) settle(pixels, dust, row * width + column, slot[i]);
      else stampLook(image, brush.look, column, row, palette, slot[i] * 4, opacity);
    } else if (column > -reach && row > -reach && column < width + reach && row < height + reach) {
      stampLook(image, brush.look, column, row, palette, slot[i] * 4, opacity);
    }
  }
}

/**
 * @typedef {{look: Look, dust: import("./dust.js").Dust | null, reach: number}} Brush `reach`:
 *   pixels from a dot's centre to beyond its edge; `dust` where dots are small
 */

/** The brushes of one tier, made when first needed. */
class Brushes {
  /** @type {(Brush | null | undefined)[]} by flags, for dots of the usual size; null: not drawn */
  #usual = new Array(256).fill(undefined);
  /** @type {Map<number, Brush>} by flags and size */
  #sized = new Map();

  /**
   * @param {(marks: number) => boolean} drawn
   * @param {(marks: number, factor: number) => Look} look
   * @param {Frame} frame
   * @param {number} width of the image
   */
  constructor(drawn, look, frame, width) {
    this.drawn = drawn;
    this.look = look;
    this.frame = frame;
    this.width = width;
  }

  /**
   * @param {number} marks flags of a point
   * @param {number} factor of its radius
   */
  of(marks, factor) {
    const usual = this.#usual[marks];
    if (usual === null || (usual !== undefined && factor === 1)) return usual;
    return this.#make(marks, factor);
  }

  /**
   * @param {number} marks
   * @param {number} factor
   */
  #make(marks, factor) {
    if (!this.drawn(marks)) return (this.#usual[marks] = null);
    if (factor === 1) return (this.#usual[marks] = this.#brush(marks, 1));
    const steps = Math.round(factor * SIZES);
    const key = steps * 256 + marks;
    const brush = this.#sized.get(key) ?? this.#brush(marks, steps / SIZES);
    this.#sized.set(key, brush);
    return brush;
  }

  /**
   * @param {number} marks
   * @param {number} factor
   * @returns {Brush}
   */
  #brush(marks, factor) {
    const look = this.look(marks, factor);
    const side = Math.max(...look.stamps.map(({ mask }) => mask.side));
    const [{ mask, colour, alpha }] = look.stamps;
    const { palette, opacity } = this.frame;
    const small = look.stamps.length === 1 && side <= SMALL;
    const dust = small
      ? grind(mask, this.width, (slot) => ({
          colour: colour ?? palette,
          at: colour ? 0 : slot * 4,
          alpha: alpha * shareOf(look, palette, slot * 4, opacity),
        }))
      : null;
    return { look, dust, reach: (side - 1) / 2 + 1 };
  }
}

/** Points between two looks at the clock, and milliseconds after which the page has its turn. */
const CHUNK = 1 << 15;
const SLICE_MS = 30;
/** Different sizes of dots per factor of the radius. */
const SIZES = 16;
/** Pixels along each side of a dot up to which it is worth a table. */
const SMALL = 7;
