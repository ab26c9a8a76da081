/** Marks of another kind than dots: diamonds, joined in the order of time. */

import { css } from "./theme.js";

const SIZE = 7; // pixels from the middle of a mark to its corners
const LARGE = 11;

/**
 * @typedef {{x: number, y: number, position: number, start: number, end: number}} Mark in data; a
 *   moment of what it stands for, in seconds
 * @typedef {[number, number]} Pixel
 */

/**
 * @param {import("./view.js").MapView} view
 * @param {Mark[]} marks
 * @param {readonly [boolean, boolean]} log axes that are logarithmic: what is not above 0 has no place there
 * @returns {{mark: Mark, pixel: Pixel}[]}
 */
export function placed(view, marks, log) {
  return marks
    .filter(({ x, y }) => !(log[0] && x <= 0) && !(log[1] && y <= 0))
    .map((mark) => ({ mark, pixel: view.pixelOfData(mark.x, mark.y) }));
}

/**
 * The mark nearest to a pixel.
 *
 * @template {{pixel: Pixel}} P
 * @param {P[]} places
 * @param {Pixel} pixel
 * @param {number} reach pixels
 * @returns {P | null}
 */
export function markAt(places, [x, y], reach) {
  let best = null;
  let least = reach;
  for (const place of places) {
    const distance = Math.hypot(place.pixel[0] - x, place.pixel[1] - y);
    if (distance > least) continue;
    least = distance;
    best = place;
  }
  return best;
}

/**
 * @param {import("./svg-context.js").Pen} context
 * @param {import("./view.js").MapView} view
 * @param {{mark: Mark, pixel: Pixel}[]} places in the order of time
 * @param {number} pointed position of the mark that is pointed at, or -1
 */
export function paintMarks(context, view, places, pointed) {
  const { ink, background } = view.surface.colours;
  context.strokeStyle = css(ink);
  context.lineWidth = 1;
  context.globalAlpha = 0.6;
  context.beginPath();
  places.forEach(({ pixel: [x, y] }, i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
  context.globalAlpha = 1;
  context.fillStyle = css(ink);
  context.strokeStyle = css(background);
  context.lineWidth = 2;
  for (const { mark, pixel } of places) {
    const [x, y] = pixel;
    const size = mark.position === pointed ? LARGE : SIZE;
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.lineTo(x - size, y);
    context.lineTo(x, y - size);
    context.fill();
    context.stroke();
  }
}
