/** Chooses how points are drawn. Both layers have the same methods, and know nothing of music. */

import { CanvasLayer } from "./canvas-layer.js";
import { WebGLLayer } from "./webgl-layer.js";

/**
 * @typedef {WebGLLayer | CanvasLayer} PointLayer
 * @typedef {{x: Float32Array, y: Float32Array, fromX: Float32Array, fromY: Float32Array,
 *   slot: Uint8Array, flags: Uint8Array, size: Float32Array | null}} Columns one value a point:
 *   final and starting places, slots of the palette, flags, factors of the radius (null: all 1).
 *   What changes in place is announced by the layer's method `changed`
 * @typedef {{left: number, top: number, width: number, height: number}} Box CSS pixels
 * @typedef {{width: number, height: number, pixelRatio: number}} Size of the canvas, CSS pixels
 * @typedef {{box: Box, columns: Columns, palette: Uint8Array, radius: number, opacity: number,
 *   every: number, placement: import("./geometry.js").Placement, progress: number,
 *   background: [number, number, number], ink: [number, number, number]}} Frame one map as it is to
 *   be drawn: `box` is its part of the canvas, and `placement` leads to pixels from the box's top
 *   left corner; `palette` is RGBA of 256 slots; `progress` is 0 at the starting places and 1 at
 *   the final ones; colours 0 to 255; only every
 *   `every`-th point is drawn
 */

/**
 * Beyond this, WebGL2 without a graphics card is slower than our own drawing. A frame in Chromium's
 * software renderer and in ours took 20 and 10 ms with 20,000 points, 90 and 30 ms with 50,000, and
 * 1200 and 90 ms with a million.
 */
const SOFTWARE_POINTS = 20_000;

/** Points that are drawn where there is no WebGL2 at all: of more, a fair sample. */
const LIMIT = 100_000;

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * @param {HTMLCanvasElement} canvas in the page. Another takes its place where this one is of no
 *   use: a canvas has one kind of context for good. The layer's `canvas` is the one that counts
 * @param {number} count of points to be expected
 * @param {() => void} redraw called when the layer has lost and regained its drawing
 * @returns {PointLayer}
 */
export function createPointLayer(canvas, count, redraw) {
  // The drawing is kept from frame to frame: a map is drawn anew only when it changes itself.
  const gl = canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
  if (!gl) return canvasLayer(canvas, LIMIT);
  const most = drawnInSoftware(gl) ? SOFTWARE_POINTS : Infinity;
  if (count <= most) return new WebGLLayer(canvas, gl, redraw, most);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return canvasLayer(replaced(canvas), Infinity);
}

/**
 * @param {HTMLCanvasElement} canvas in the page
 * @returns {HTMLCanvasElement} that has taken its place
 */
export function replaced(canvas) {
  const other = /** @type {HTMLCanvasElement} */ (canvas.cloneNode());
  canvas.replaceWith(other);
  return other;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} limit points at most
 */
function canvasLayer(canvas, limit) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser can draw neither with WebGL2 nor with Canvas 2D.");
  return new CanvasLayer(canvas, context, limit);
}

/**
 * Whether WebGL2 runs on the processor. (`failIfMajorPerformanceCaveat` would ask, but Chromium
 * lets SwiftShader pass.)
 *
 * @param {WebGL2RenderingContext} gl
 */
function drawnInSoftware(gl) {
  let renderer = gl.getParameter(gl.RENDERER);
  if (renderer === "WebKit WebGL") {
    const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
    if (unmasked) renderer = gl.getParameter(unmasked.UNMASKED_RENDERER_WEBGL);
  }
  return SOFTWARE.test(renderer);
}
