/** Chooses how points are drawn. Both layers have the same methods. */

import { CanvasLayer } from "./canvas-layer.js";
import { WebGLLayer } from "./webgl-layer.js";

/** @typedef {WebGLLayer | CanvasLayer} PointLayer */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} redraw called when the layer has lost and regained its drawing
 * @returns {PointLayer}
 */
export function createPointLayer(canvas, redraw) {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: true });
  if (gl) return new WebGLLayer(canvas, gl, redraw);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("This browser can draw neither with WebGL2 nor with Canvas 2D.");
  return new CanvasLayer(canvas, context);
}
