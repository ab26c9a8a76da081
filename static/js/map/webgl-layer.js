/**
 * Points drawn by WebGL2: planar arrays on the graphics card, one draw call a frame, no loop over
 * points in JavaScript. Knows nothing of music.
 */

import { HIDDEN, PLAYED, SELECTED } from "./flags.js";
import { fitCanvas } from "./geometry.js";

/**
 * @typedef {{x: Float32Array, y: Float32Array, fromX: Float32Array, fromY: Float32Array}} Positions
 * @typedef {{placement: import("./geometry.js").Placement, width: number, height: number,
 *   pixelRatio: number, radius: number, opacity: number, progress: number,
 *   background: [number, number, number], ink: [number, number, number]}} Frame sizes in CSS
 *   pixels; `progress` is 0 at the starting places and 1 at the final ones; colours 0 to 255
 */

const VERTEX = `#version 300 es
in float x; in float y; in float fromX; in float fromY;
in uint slot; in uint flags;
uniform vec2 scale; uniform vec2 offset;
uniform float progress; uniform float radius;
uniform sampler2D palette;
flat out vec4 colour; flat out uint marks; flat out float size;

void main() {
  if ((flags & ${HIDDEN}u) != 0u) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  vec2 place = mix(vec2(fromX, fromY), vec2(x, y), progress);
  float grown = (flags & ${SELECTED}u) != 0u ? radius * 1.25 + 0.5 : radius;
  gl_Position = vec4(place * scale + offset, 0.0, 1.0);
  size = 2.0 * grown + 1.0; // half a pixel more all around, where the edge fades
  gl_PointSize = size;
  colour = texelFetch(palette, ivec2(int(slot), 0), 0);
  marks = flags;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 colour; flat in uint marks; flat in float size;
uniform float opacity; uniform vec3 ink; uniform vec3 background;
out vec4 result;

void main() {
  float radius = 0.5 * size - 0.5;
  float distance = length(gl_PointCoord - 0.5) * size;
  float cover = clamp(radius + 0.5 - distance, 0.0, 1.0);
  vec3 fill = colour.rgb;
  float alpha = colour.a * opacity;
  bool selected = (marks & ${SELECTED}u) != 0u;
  bool played = (marks & ${PLAYED}u) != 0u;
  // A darker edge keeps dots apart, and light ones visible on white.
  fill *= 1.0 - 0.25 * clamp(distance - radius + 1.5, 0.0, 1.0) * step(2.0, radius);
  if (played && !selected && radius > 2.5) {
    fill = mix(fill, background, clamp(radius * 0.4 + 0.5 - distance, 0.0, 1.0));
  }
  if (selected) {
    fill = mix(fill, ink, clamp(distance - radius + 1.5, 0.0, 1.0));
    alpha = 1.0;
  }
  alpha *= cover;
  result = vec4(fill * alpha, alpha);
}`;

/** Attribute, its array's component type, and whether the shader reads it as an integer. */
const ATTRIBUTES = /** @type {const} */ ([
  ["x", "float"],
  ["y", "float"],
  ["fromX", "float"],
  ["fromY", "float"],
  ["slot", "byte"],
  ["flags", "byte"],
]);

export class WebGLLayer {
  kind = "webgl";

  /** @type {Record<string, Float32Array | Uint8Array>} the arrays as last given, for rebuilding */
  #arrays = {};
  /** @type {Record<string, WebGLBuffer>} */
  #buffers = {};
  /** @type {Record<string, WebGLUniformLocation | null>} */
  #uniforms = {};
  /** @type {Uint8Array} */
  #palette = new Uint8Array(1024);

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl
   * @param {() => void} redraw called when a lost context has come back
   */
  constructor(canvas, gl, redraw) {
    this.canvas = canvas;
    this.gl = gl;
    this.#build();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.#build();
      for (const name of Object.keys(this.#arrays)) this.#upload(name);
      this.setPalette(this.#palette);
      redraw();
    });
  }

  /** @param {Positions} positions */
  setPositions(positions) {
    for (const [name, array] of Object.entries(positions)) this.#set(name, array);
  }

  /** @param {Uint8Array} slots of the palette, one a point */
  setSlots(slots) {
    this.#set("slot", slots);
  }

  /** @param {Uint8Array} flags one byte a point */
  setFlags(flags) {
    this.#set("flags", flags);
  }

  /** @param {Uint8Array} palette RGBA of 256 slots */
  setPalette(palette) {
    const { gl } = this;
    this.#palette = palette;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
  }

  /** @param {Frame} frame */
  draw({ placement, width, height, pixelRatio, ...look }) {
    const { gl, canvas } = this;
    fitCanvas(canvas, width, height, pixelRatio);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const { scale, offset } = placement; // to pixels from the top left; clip space has y upwards
    gl.uniform2f(this.#uniforms.scale, (2 * scale[0]) / width, (-2 * scale[1]) / height);
    gl.uniform2f(
      this.#uniforms.offset,
      (2 * offset[0]) / width - 1,
      1 - (2 * offset[1]) / height,
    );
    gl.uniform1f(this.#uniforms.progress, look.progress);
    gl.uniform1f(this.#uniforms.radius, look.radius * pixelRatio);
    gl.uniform1f(this.#uniforms.opacity, look.opacity);
    gl.uniform3fv(this.#uniforms.ink, look.ink.map((part) => part / 255));
    gl.uniform3fv(this.#uniforms.background, look.background.map((part) => part / 255));
    gl.drawArrays(gl.POINTS, 0, this.#arrays.x?.length ?? 0);
  }

  /**
   * @param {string} name
   * @param {Float32Array | Uint8Array} array
   */
  #set(name, array) {
    this.#arrays[name] = array;
    this.#upload(name);
  }

  /** @param {string} name */
  #upload(name) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, this.#arrays[name], gl.DYNAMIC_DRAW);
  }

  #build() {
    const { gl } = this;
    const program = /** @type {WebGLProgram} */ (gl.createProgram());
    gl.attachShader(program, this.#shader(gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(program, this.#shader(gl.FRAGMENT_SHADER, FRAGMENT));
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`WebGL2 program: ${gl.getProgramInfoLog(program)}`);
    }
    gl.useProgram(program);
    for (const [name, type] of ATTRIBUTES) {
      const location = gl.getAttribLocation(program, name);
      this.#buffers[name] = /** @type {WebGLBuffer} */ (gl.createBuffer());
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
      gl.enableVertexAttribArray(location);
      if (type === "float") gl.vertexAttribPointer(location, 1, gl.FLOAT, false, 0, 0);
      else gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_BYTE, 0, 0);
    }
    for (const name of ["scale", "offset", "progress", "radius", "opacity", "ink", "background"]) {
      this.#uniforms[name] = gl.getUniformLocation(program, name);
    }
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /**
   * @param {number} type
   * @param {string} source
   */
  #shader(type, source) {
    const { gl } = this;
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`WebGL2 shader: ${gl.getShaderInfoLog(shader)}`);
    }
    return shader;
  }
}
