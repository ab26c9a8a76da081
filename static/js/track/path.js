/** The points of one track among those of a map. */

/**
 * A slot of a sequential palette for each point: from the track's beginning to its end; 0 for all
 * other points.
 *
 * @param {number} count of all points
 * @param {[number, number]} range of the track's points
 */
export function timeSlots(count, [from, to]) {
  const slots = new Uint8Array(count);
  const steps = Math.max(to - from - 1, 1);
  for (let index = from; index < to; index++) {
    slots[index] = Math.round(((index - from) / steps) * 255);
  }
  return slots;
}

/**
 * The track's point nearest to a pixel, or -1 where none is within reach.
 *
 * @param {[number, number]} range
 * @param {(index: number) => [number, number]} pixelOf
 * @param {[number, number]} pixel
 * @param {number} reach pixels
 */
export function nearestOf([from, to], pixelOf, [x, y], reach) {
  let found = -1;
  let least = reach;
  for (let index = from; index < to; index++) {
    const [left, top] = pixelOf(index);
    const distance = Math.hypot(left - x, top - y);
    if (distance <= least) [found, least] = [index, distance];
  }
  return found;
}
