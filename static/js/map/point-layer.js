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
 *   placement: import("./geometry.js").Placement, progress: number,
 *   background: [number, number, number], ink: [number, number, number]}} Frame one map as it is to
 *   be drawn: `box` is its part of the canvas, and `placement` leads to pixels from the box's top
 *   left corner; `palette` is RGBA of 256 slots; `progress` is 0 at the starting places and 1 at
 *   the final ones; colours 0 to 255
 */

/**
 * Beyond this, WebGL2 without a graphics card is slower than our own drawing: a frame of a million
 * points took 1200 ms of processor time in Chromium's software renderer, and 220 ms in ours.
 */
const SOFTWARE_POINTS = 20_000;

/**
 * The drawing is kept from frame to frame: a map is drawn anew only when it changes itself.
 *
 * @type {WebGLContextAttributes}
 */
const OPTIONS = { antialias: false, preserveDrawingBuffer: true };

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} count of points to be expected
 * @param {() => void} redraw called when the layer has lost and regained its drawing
 * @returns {PointLayer}
 */
export function createPointLayer(canvas, count, redraw) {
  if (count <= SOFTWARE_POINTS || !drawnInSoftware(canvas)) {
    const gl = /** @type {WebGL2RenderingContext | null} */ (canvas.getContext("webgl2", OPTIONS));
    if (gl) return new WebGLLayer(canvas, gl, redraw);
  }
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser can draw neither with WebGL2 nor with Canvas 2D.");
  return new CanvasLayer(canvas, context);
}

/**
 * Whether WebGL2 runs on the processor. Asked of another canvas: one canvas has one context for
 * good. (`failIfMajorPerformanceCaveat` would ask, but Chromium lets SwiftShader pass.)
 *
 * @param {HTMLCanvasElement} canvas
 */
function drawnInSoftware(canvas) {
  const scratch = /** @type {HTMLCanvasElement} */ (canvas.cloneNode());
  const gl = scratch.getContext("webgl2");
  if (!gl) return false;
  let renderer = gl.getParameter(gl.RENDERER);
  if (renderer === "WebKit WebGL") {
    const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
    if (unmasked) renderer = gl.getParameter(unmasked.UNMASKED_RENDERER_WEBGL);
  }
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(renderer);
}
