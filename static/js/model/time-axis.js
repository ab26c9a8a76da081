/** Round moments along a track. */

/** Seconds between two of them. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600];

/**
 * Moments to be written under a stretch that shows a whole track.
 *
 * @param {number} duration seconds
 * @param {number} most how many there is room for
 * @returns {number[]} seconds, from 0
 */
export function timeTicks(duration, most) {
  const fits = (/** @type {number} */ step) => Math.floor(duration / step) + 1 <= most;
  const step = STEPS.find(fits) ?? duration;
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, i) => i * step);
}
