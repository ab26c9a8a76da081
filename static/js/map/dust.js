/**
 * Dots of a few pixels, blended fast into an image: a million of them have the same few shares and
 * 256 colours, so that what is left per pixel is two multiplications.
 */

/**
 * @typedef {{offsets: Int32Array, kept: Uint16Array, redBlue: Int32Array,
 *   green: Int32Array}} Dust pixels of a dot, as distances from its centre; and for each of them
 *   and each of 256 slots: how much (of 256) of what is below is kept, and what is added (times
 *   256) to its red and blue, and to its green
 */

/** Shares below this are hardly seen. */
const FAINT = 0.1;

/**
 * @param {import("./brush.js").Mask} mask
 * @param {number} width of the image
 * @param {(slot: number) => {colour: ArrayLike<number>, at: number, alpha: number}} ofSlot
 * @returns {Dust}
 */
export function grind({ side, cover }, width, ofSlot) {
  const half = (side - 1) / 2;
  const seen = [...cover.keys()].filter((i) => cover[i] > FAINT);
  const offset = (/** @type {number} */ cell) =>
    (Math.floor(cell / side) - half) * width + (cell % side) - half;
  const size = seen.length * 256;
  const kept = new Uint16Array(size);
  const [redBlue, green] = [new Int32Array(size), new Int32Array(size)];
  for (let slot = 0; slot < 256; slot++) {
    const { colour, at, alpha } = ofSlot(slot);
    seen.forEach((cell, tap) => {
      const share = Math.round(cover[cell] * alpha * 256);
      const entry = tap * 256 + slot;
      kept[entry] = 256 - share;
      redBlue[entry] = Math.imul(colour[at] | (colour[at + 2] << 16), share) + ROUND_RED_BLUE;
      green[entry] = Math.imul(colour[at + 1] << 8, share) + ROUND_GREEN;
    });
  }
  return { offsets: Int32Array.from(seen, offset), kept, redBlue, green };
}

const RED_BLUE = 0xff00ff;
const GREEN = 0xff00;
/** Half of what the division by 256 cuts off. */
const ROUND_RED_BLUE = 0x800080;
const ROUND_GREEN = 0x8000;
const OPAQUE = 0xff << 24;

/**
 * Blends a dot whose every pixel lies in the image.
 *
 * @param {Int32Array} pixels ABGR, as an image's bytes are read
 * @param {Dust} dust
 * @param {number} centre index of a pixel
 * @param {number} slot
 */
export function settle(pixels, { offsets, kept, redBlue, green }, centre, slot) {
  for (let tap = 0, entry = slot; tap < offsets.length; tap++, entry += 256) {
    const place = centre + offsets[tap];
    const below = pixels[place];
    const share = kept[entry];
    pixels[place] =
      (((Math.imul(below & RED_BLUE, share) + redBlue[entry]) >>> 8) & RED_BLUE) |
      (((Math.imul(below & GREEN, share) + green[entry]) >>> 8) & GREEN) |
      OPAQUE;
  }
}
