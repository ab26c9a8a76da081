/** Dots blended into an image by hand, for browsers without WebGL2. */

import { HEARD, PLAYED, SELECTED } from "./flags.js";

/**
 * @typedef {{side: number, cover: Float32Array}} Mask a square of side * side shares, row by row
 * @typedef {{data: Uint8ClampedArray, width: number, height: number}} Raster RGBA, opaque
 * @typedef {{mask: Mask, colour: ArrayLike<number> | null, alpha: number}} Stamp null: the dot's
 *   own colour
 * @typedef {{stamps: Stamp[], opaque: boolean}} Look stamps one over the other; `opaque` where the
 *   crowd does not make the dot transparent
 */

/** How grey context is drawn: share of the usual radius, and opacity. */
export const GREY_RADIUS = 0.7;
export const GREY_ALPHA = 0.4;
/** From this radius on, in pixels, a dot has a darker edge, and a hole where it was played. */
export const EDGED = 2;
/** Around a dot that is heard, in CSS pixels. */
export const HEARD_RIM = 1.5;
const BLACK = [0, 0, 0];

/**
 * How much of each pixel a dot covers.
 *
 * @param {number} radius device pixels
 * @param {number} inner radius of a hole; 0 for none
 * @returns {Mask}
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
 * A dot that is not grey.
 *
 * @param {number} marks its flags
 * @param {number} radius device pixels
 * @param {import("./point-layer.js").Frame} frame
 * @param {number} pixelRatio
 * @returns {Look}
 */
export function lookOf(marks, radius, { ink }, pixelRatio) {
  const hollow = marks & PLAYED && !(marks & (HEARD | SELECTED)) && radius > 2.5;
  const stamps = [whole(dotMask(radius, hollow ? radius * 0.4 : 0), null)];
  // A darker edge keeps dots apart, and light ones visible on white.
  if (radius > EDGED) stamps.push(whole(dotMask(radius, radius - 1.2), BLACK, 0.25));
  if (marks & HEARD) {
    stamps.unshift(whole(dotMask(radius * 1.25 + HEARD_RIM * pixelRatio), ink));
  }
  return { stamps, opaque: (marks & (HEARD | SELECTED)) !== 0 };
}

/**
 * A dot of the grey context.
 *
 * @param {number} radius device pixels
 * @param {import("./point-layer.js").Frame} frame
 * @returns {Look}
 */
export function greyLook(radius, frame) {
  const stamp = whole(dotMask(radius * GREY_RADIUS), greyOf(frame), GREY_ALPHA);
  return { stamps: [stamp], opaque: true };
}

/**
 * Halfway between the map and what is written on it.
 *
 * @param {import("./point-layer.js").Frame} frame
 */
export function greyOf({ ink, background }) {
  return ink.map((part, i) => (part + background[i]) / 2);
}

/**
 * @param {Mask} mask
 * @param {ArrayLike<number> | null} colour
 * @param {number} [alpha]
 * @returns {Stamp}
 */
function whole(mask, colour, alpha = 1) {
  return { mask, colour, alpha };
}

/**
 * @param {Raster} image
 * @param {Look} look
 * @param {number} x pixel of the dot's centre
 * @param {number} y
 * @param {Uint8Array} palette
 * @param {number} at index of the dot's colour
 * @param {number} opacity
 */
export function stampLook(image, look, x, y, palette, at, opacity) {
  const share = shareOf(look, palette, at, opacity);
  for (const { mask, colour, alpha } of look.stamps) {
    const half = (mask.side - 1) / 2;
    stamp(image, mask, x - half, y - half, colour ?? palette, colour ? 0 : at, alpha * share);
  }
}

/**
 * @param {Look} look
 * @param {Uint8Array} palette
 * @param {number} at index of the dot's colour
 * @param {number} opacity
 * @returns {number} how opaque the dot is
 */
export function shareOf(look, palette, at, opacity) {
  return look.opaque ? 1 : opacity * (palette[at + 3] / 255);
}

/**
 * Blends a colour over an opaque image where a mask covers it.
 *
 * @param {Raster} image
 * @param {Mask} mask
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
