/** The outline of a waveform. */

/** Full scale above the middle, in the units of the outline. */
export const HALF = 100;

/**
 * An SVG path: levels to both sides of a middle line, one unit wide each.
 *
 * @param {number[]} levels full scale is 1
 */
export function outline(levels) {
  const height = (/** @type {number} */ level) => Math.max(1, Math.round(level * HALF));
  const above = levels.map((level, i) => `${i} ${HALF - height(level)}H${i + 1}`);
  const below = levels.map((level, i) => `${i + 1} ${HALF + height(level)}H${i}`).reverse();
  return `M${above.join("L")}L${below.join("L")}Z`;
}
