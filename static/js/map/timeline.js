/** Frames in the browser's timeline: its developer tools show them, and the benchmark follows them. */

const FRAME = "map frame";

/**
 * Enters a frame that has just been drawn. It is passed on to whoever watches and not kept: the
 * browser would hold on to every frame for as long as the page is open.
 *
 * @param {number} start when its drawing began, of `performance.now()`
 * @param {string} kind of layer that drew it
 */
export function enterFrame(start, kind) {
  performance.measure(FRAME, { start, detail: { kind } });
  performance.clearMeasures(FRAME);
}
