/**
 * The same layer of points for browsers without WebGL2. Dots are blended into one image by hand:
 * a call of the canvas for each of a million dots would take seconds.
 */

import { DIMMED, HEARD, HIDDEN, PLAYED } from "./flags.js";
import { pixelBox } from "./geometry.js";
import { GREY, GREY_ALPHA } from "./theme.js";

/**
 * How much of each pixel a dot covers.
 *
 * @param {number} radius device pixels
 * @param {number} inner radius of a hole; 0 for none
 * @returns {{side: number, cover: Float32Array}} a square of side * side shares, row by row
 */
export function dotMask(radius, inner = 0) {
  const half = Math.ceil(radius + 0.5);
  const side = 2 * half + 1;
  const cover = new Float32Array(side * side);
  for (let i = 0; i < cover.length; i++) {
    const distance = Math.hypot((i % side) - half, Math.floor(i / side) - half);
    const outside = clamp(radius + 0.5 - distance);
    const hole = inner > 0 ? clamp(inner + 0.5 - distance) : 0;
    cover[i] = outside - Math.min(hole, outside);
  }
  return { side, cover };
}

/** @param {number} share */
function clamp(share) {
  return Math.min(Math.max(share, 0), 1);
}

/**
 * Blends a colour over an opaque image where a mask covers it.
 *
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image RGBA
 * @param {{side: number, cover: Float32Array}} mask
 * @param {number} left pixel of the mask's corner
 * @param {number} top
 * @param {ArrayLike<number>} colour red, green, blue from index `at`
 * @param {number} at
 * @param {number} alpha
 */
export function stamp(image, mask, left, top, colour, at, alpha) {
  const { data, width, height } = image;
  const lastRow = Math.min(mask.side, height - top);
  const lastColumn = Math.min(mask.side, width - left);
  for (let row = Math.max(0, -top); row < lastRow; row++) {
    for (let column = Math.max(0, -left); column < lastColumn; column++) {
      const share = mask.cover[row * mask.side + column] * alpha;
      if (share === 0) continue;
      const pixel = ((top + row) * width + left + column) * 4;
      data[pixel] += (colour[at] - data[pixel]) * share;
      data[pixel + 1] += (colour[at + 1] - data[pixel + 1]) * share;
      data[pixel + 2] += (colour[at + 2] - data[pixel + 2]) * share;
    }
  }
}

export class CanvasLayer {
  kind = "canvas";

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {CanvasRenderingContext2D} context
   */
  constructor(canvas, context) {
    this.canvas = canvas;
    this.context = context;
  }

  /** Nothing to be done: arrays are read anew for each drawing. */
  changed() {}

  /** Nothing to be done: no arrays are held. */
  keep() {}

  /**
   * @param {import("./point-layer.js").Size} size
   * @param {import("./point-layer.js").Frame[]} frames
   */
  draw({ pixelRatio }, frames) {
    for (const frame of frames) this.#drawFrame(frame, pixelRatio);
  }

  /**
   * @param {import("./point-layer.js").Frame} frame
   * @param {number} pixelRatio
   */
  #drawFrame(frame, pixelRatio) {
    const [left, top, width, height] = pixelBox(frame.box, pixelRatio);
    const image = this.context.createImageData(Math.max(width, 1), Math.max(height, 1));
    const [red, green, blue] = frame.background;
    new Uint32Array(image.data.buffer).fill((255 << 24) | (blue << 16) | (green << 8) | red);
    stampAll(image, frame, pixelRatio);
    this.context.putImageData(image, left, top);
  }
}

/**
 * Blends all dots of a map into an image.
 *
 * @param {ImageData} image
 * @param {import("./point-layer.js").Frame} frame
 * @param {number} pixelRatio
 */
function stampAll(image, frame, pixelRatio) {
  const { placement, radius, opacity, progress, ink, palette } = frame;
  const { x, y, fromX, fromY, slot, flags } = frame.columns;
  const size = radius * pixelRatio;
  const plain = dotMask(size);
  const hollow = size > 2.5 ? dotMask(size, size * 0.4) : plain;
  const rim = dotMask(size * 1.25 + 1.5);
  // A darker edge keeps dots apart, and light ones visible on white.
  const edge = size > 2 ? dotMask(size, size - 1.2) : null;
  const grey = frame.background.map((part, i) => part + GREY * (ink[i] - part));
  const [scaleX, scaleY] = placement.scale.map((value) => value * pixelRatio);
  const [offsetX, offsetY] = placement.offset.map((value) => value * pixelRatio);
  for (let i = 0; i < x.length; i++) {
    const marks = flags[i];
    if (marks & HIDDEN) continue;
    const left = Math.round((fromX[i] + (x[i] - fromX[i]) * progress) * scaleX + offsetX);
    const top = Math.round((fromY[i] + (y[i] - fromY[i]) * progress) * scaleY + offsetY);
    if (marks & HEARD) stampCentred(image, rim, left, top, ink, 0, 1);
    const mask = (marks & (PLAYED | HEARD)) === PLAYED ? hollow : plain;
    const at = slot[i] * 4;
    const dimmed = marks & DIMMED ? GREY_ALPHA : 1;
    const alpha = marks & HEARD ? 1 : opacity * dimmed * (palette[at + 3] / 255);
    if (marks & DIMMED) stampCentred(image, mask, left, top, grey, 0, alpha);
    else stampCentred(image, mask, left, top, palette, at, alpha);
    if (edge) stampCentred(image, edge, left, top, BLACK, 0, 0.25 * alpha);
  }
}

const BLACK = [0, 0, 0];

/**
 * @param {ImageData} image
 * @param {{side: number, cover: Float32Array}} mask
 * @param {number} x pixel of the mask's centre
 * @param {number} y
 * @param {ArrayLike<number>} colour
 * @param {number} at
 * @param {number} alpha
 */
function stampCentred(image, mask, x, y, colour, at, alpha) {
  const half = (mask.side - 1) / 2;
  const [left, top] = [x - half, y - half];
  if (left >= image.width || top >= image.height || left + mask.side <= 0 || top + mask.side <= 0) {
    return;
  }
  stamp(image, mask, left, top, colour, at, alpha);
}
