/**
 * Points drawn by WebGL2: planar arrays on the graphics card, one draw call a frame, no loop over
 * points in JavaScript.
 */

import { DIMMED, HEARD, HIDDEN, PLAYED } from "./flags.js";
import { pixelBox } from "./geometry.js";
import { GREY, GREY_ALPHA } from "./theme.js";

const VERTEX = `#version 300 es
in float x; in float y; in float fromX; in float fromY; in float size;
in uint slot; in uint flags;
uniform vec2 scale; uniform vec2 offset;
uniform float progress; uniform float radius;
uniform sampler2D palette;
flat out vec4 colour; flat out uint marks; flat out float side;

void main() {
  if ((flags & ${HIDDEN}u) != 0u) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  vec2 place = mix(vec2(fromX, fromY), vec2(x, y), progress);
  float grown = radius * size;
  if ((flags & ${HEARD}u) != 0u) grown = grown * 1.25 + 0.5;
  gl_Position = vec4(place * scale + offset, 0.0, 1.0);
  side = 2.0 * grown + 1.0; // half a pixel more all around, where the edge fades
  gl_PointSize = side;
  colour = texelFetch(palette, ivec2(int(slot), 0), 0);
  marks = flags;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 colour; flat in uint marks; flat in float side;
uniform float opacity; uniform vec3 ink; uniform vec3 background;
out vec4 result;

void main() {
  float radius = 0.5 * side - 0.5;
  float distance = length(gl_PointCoord - 0.5) * side;
  float cover = clamp(radius + 0.5 - distance, 0.0, 1.0);
  vec3 fill = colour.rgb;
  float alpha = colour.a * opacity;
  if ((marks & ${DIMMED}u) != 0u) {
    fill = mix(background, ink, ${GREY});
    alpha *= ${GREY_ALPHA};
  }
  bool heard = (marks & ${HEARD}u) != 0u;
  bool played = (marks & ${PLAYED}u) != 0u;
  // A darker edge keeps dots apart, and light ones visible on white.
  fill *= 1.0 - 0.25 * clamp(distance - radius + 1.5, 0.0, 1.0) * step(2.0, radius);
  if (played && !heard && radius > 2.5) {
    fill = mix(fill, background, clamp(radius * 0.4 + 0.5 - distance, 0.0, 1.0));
  }
  if (heard) {
    fill = mix(fill, ink, clamp(distance - radius + 1.5, 0.0, 1.0));
    alpha = 1.0;
  }
  alpha *= cover;
  result = vec4(fill * alpha, alpha);
}`;

/** Columns of points in the order of the shader's attributes; the integers are bytes. */
const ATTRIBUTES = /** @type {const} */ (["x", "y", "fromX", "fromY", "size", "slot", "flags"]);
const INTEGERS = new Set(["slot", "flags"]);
const UNIFORMS = ["scale", "offset", "progress", "radius", "opacity", "ink", "background"];

/** @typedef {Float32Array | Uint8Array} Column */

export class WebGLLayer {
  kind = "webgl";

  /** @type {Map<Column, WebGLBuffer>} uploaded once, however many maps share an array */
  #buffers = new Map();
  /** @type {Record<string, WebGLUniformLocation | null>} */
  #uniforms = {};

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
      this.#buffers.clear();
      this.#build();
      redraw();
    });
  }

  /** @param {Column} column was changed in place */
  changed(column) {
    const buffer = this.#buffers.get(column);
    if (buffer) this.#upload(buffer, column);
  }

  /**
   * Frees the memory of all other columns.
   *
   * @param {Set<Column | null>} columns
   */
  keep(columns) {
    for (const [column, buffer] of this.#buffers) {
      if (columns.has(column)) continue;
      this.gl.deleteBuffer(buffer);
      this.#buffers.delete(column);
    }
  }

  /**
   * @param {import("./point-layer.js").Size} size
   * @param {import("./point-layer.js").Frame[]} frames
   */
  draw({ pixelRatio }, frames) {
    for (const frame of frames) this.#drawFrame(frame, pixelRatio);
  }

  /**
   * @param {import("./point-layer.js").Frame} frame
   * @param {number} pixelRatio
   */
  #drawFrame({ box, columns, placement, palette, ...look }, pixelRatio) {
    const { gl, canvas } = this;
    const [left, top, width, height] = pixelBox(box, pixelRatio);
    const bottom = canvas.height - top - height;
    gl.viewport(left, bottom, width, height);
    gl.scissor(left, bottom, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
    const { scale, offset } = placement; // to pixels from the top left; clip space has y upwards
    const [halfWidth, halfHeight] = [box.width / 2, box.height / 2];
    gl.uniform2f(this.#uniforms.scale, scale[0] / halfWidth, -scale[1] / halfHeight);
    gl.uniform2f(this.#uniforms.offset, offset[0] / halfWidth - 1, 1 - offset[1] / halfHeight);
    gl.uniform1f(this.#uniforms.progress, look.progress);
    gl.uniform1f(this.#uniforms.radius, look.radius * pixelRatio);
    gl.uniform1f(this.#uniforms.opacity, look.opacity);
    gl.uniform3fv(this.#uniforms.ink, look.ink.map((part) => part / 255));
    gl.uniform3fv(this.#uniforms.background, look.background.map((part) => part / 255));
    ATTRIBUTES.forEach((name, location) => this.#feed(name, location, columns[name]));
    gl.drawArrays(gl.POINTS, 0, columns.x.length);
  }

  /**
   * @param {string} name of an attribute
   * @param {number} location
   * @param {Column | null} column null: 1 for all points
   */
  #feed(name, location, column) {
    const { gl } = this;
    if (!column) {
      gl.disableVertexAttribArray(location);
      gl.vertexAttrib1f(location, 1);
      return;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#bufferOf(column));
    gl.enableVertexAttribArray(location);
    if (INTEGERS.has(name)) gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_BYTE, 0, 0);
    else gl.vertexAttribPointer(location, 1, gl.FLOAT, false, 0, 0);
  }

  /** @param {Column} column */
  #bufferOf(column) {
    const known = this.#buffers.get(column);
    if (known) return known;
    const buffer = /** @type {WebGLBuffer} */ (this.gl.createBuffer());
    this.#buffers.set(column, buffer);
    this.#upload(buffer, column);
    return buffer;
  }

  /**
   * @param {WebGLBuffer} buffer
   * @param {Column} column
   */
  #upload(buffer, column) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, column, gl.DYNAMIC_DRAW);
  }

  #build() {
    const { gl } = this;
    const program = /** @type {WebGLProgram} */ (gl.createProgram());
    gl.attachShader(program, this.#shader(gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(program, this.#shader(gl.FRAGMENT_SHADER, FRAGMENT));
    ATTRIBUTES.forEach((name, location) => gl.bindAttribLocation(program, location, name));
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`WebGL2 program: ${gl.getProgramInfoLog(program)}`);
    }
    gl.useProgram(program);
    for (const name of UNIFORMS) this.#uniforms[name] = gl.getUniformLocation(program, name);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
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
