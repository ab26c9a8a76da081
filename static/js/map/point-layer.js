/** Chooses how points are drawn. Both layers have the same methods. */

import { CanvasLayer } from "./canvas-layer.js";
import { WebGLLayer } from "./webgl-layer.js";

/** @typedef {WebGLLayer | CanvasLayer} PointLayer */

/**
 * Beyond this, WebGL2 without a graphics card is slower than our own drawing: a frame of a million
 * points took 1200 ms of processor time in Chromium's software renderer, and 220 ms in ours.
 */
const SOFTWARE_POINTS = 20_000;

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} count of points to be expected
 * @param {() => void} redraw called when the layer has lost and regained its drawing
 * @returns {PointLayer}
 */
export function createPointLayer(canvas, count, redraw) {
  if (count <= SOFTWARE_POINTS || !drawnInSoftware(canvas)) {
    const gl = canvas.getContext("webgl2", { antialias: false });
    if (gl) return new WebGLLayer(canvas, gl, redraw);
  }
  const context = canvas.getContext("2d", { alpha: false });
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
