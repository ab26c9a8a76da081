/**
 * Points drawn by WebGL2: planar arrays on the graphics card, one draw call for all points of a
 * tier, no loop over points in JavaScript.
 */

import { EDGED, GREY_ALPHA, GREY_RADIUS, greyOf, HEARD_RIM } from "./brush.js";
import {
  ABOVE,
  CONTEXT,
  GREY,
  HEARD,
  HIDDEN,
  PLAIN,
  PLAYED,
  SELECTED,
  tiersOf,
} from "./flags.js";
import { fitCanvas, pixelBox } from "./geometry.js";

const VERTEX = `#version 300 es
in float x; in float y; in float fromX; in float fromY; in float size;
in uint slot; in uint flags;
uniform vec2 scale; uniform vec2 offset;
uniform float progress; uniform float radius; uniform float opacity; uniform vec3 grey;
uniform bool selecting; uniform int tier; uniform highp float pixel;
uniform sampler2D palette;
flat out vec4 fill; flat out uint marks; flat out float side; flat out float inner;

bool marked(uint flag) { return (flags & flag) != 0u; }

int tierOf() {
  if (marked(${HEARD}u)) return ${ABOVE};
  if (marked(${SELECTED}u)) return ${PLAIN};
  return selecting || marked(${CONTEXT}u) ? ${GREY} : ${PLAIN};
}

void main() {
  if (marked(${HIDDEN}u) || tierOf() != tier) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  vec2 place = mix(vec2(fromX, fromY), vec2(x, y), progress);
  gl_Position = vec4(place * scale + offset, 0.0, 1.0);
  inner = radius * size;
  marks = flags;
  fill = texelFetch(palette, ivec2(int(slot), 0), 0);
  fill.a *= opacity;
  if (tier == ${GREY}) {
    fill = vec4(grey, ${GREY_ALPHA});
    inner *= ${GREY_RADIUS};
    marks = 0u;
  } else if (marked(${HEARD | SELECTED}u)) {
    fill.a = 1.0;
  }
  float outer = inner;
  if (marked(${HEARD}u)) outer = outer * 1.25 + ${HEARD_RIM} * pixel;
  side = 2.0 * outer + 1.0; // half a pixel more all around, where the edge fades
  gl_PointSize = side;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 fill; flat in uint marks; flat in float side; flat in float inner;
uniform vec3 ink; uniform vec3 background; uniform highp float pixel;
out vec4 result;

void main() {
  float distance = length(gl_PointCoord - 0.5) * side;
  float dot = clamp(inner + 0.5 - distance, 0.0, 1.0);
  vec3 shade = fill.rgb;
  // A darker edge keeps dots apart, and light ones visible on white.
  shade *= 1.0 - 0.25 * clamp(distance - inner + 1.5, 0.0, 1.0) * step(${EDGED.toFixed(1)}, inner);
  if (marks == ${PLAYED}u && inner > 2.5) {
    shade = mix(shade, background, clamp(inner * 0.4 + 0.5 - distance, 0.0, 1.0));
  }
  if ((marks & ${HEARD}u) != 0u) {
    shade = mix(ink, shade, dot);
    dot = clamp(0.5 * side - distance, 0.0, 1.0);
  }
  float alpha = fill.a * dot;
  result = vec4(shade * alpha, alpha);
}`;

/** The same for small dots, most of which are on a crowded map: no edge, hole or rim. */
const SMALL_FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 fill; flat in float side; flat in float inner;
out vec4 result;

void main() {
  float cover = clamp(inner + 0.5 - length(gl_PointCoord - 0.5) * side, 0.0, 1.0);
  result = vec4(fill.rgb, 1.0) * (fill.a * cover);
}`;

/** Columns of points in the order of the shader's attributes; the integers are bytes. */
const ATTRIBUTES = /** @type {const} */ (["x", "y", "fromX", "fromY", "size", "slot", "flags"]);
const INTEGERS = new Set(["slot", "flags"]);
const UNIFORMS = [
  "scale", "offset", "progress", "radius", "opacity", "grey", "selecting", "tier", "ink",
  "background", "pixel",
];

/**
 * @typedef {Float32Array | Uint8Array} Column
 * @typedef {import("./point-layer.js").Frame} Frame
 * @typedef {{program: WebGLProgram, uniforms: Record<string, WebGLUniformLocation | null>}} Program
 */

/** @param {number} part of a colour, up to 255 */
function share(part) {
  return part / 255;
}

export class WebGLLayer {
  kind = "webgl";
  limit = Infinity;

  /** @type {Map<Column, WebGLBuffer>} uploaded once, however many maps share an array */
  #buffers = new Map();
  /** @type {WeakSet<Column>} changed since they were uploaded */
  #stale = new WeakSet();
  /** @type {{small: Program, large: Program, raised: WebGLBuffer | null} | null} */
  #built = null;
  /** @type {WeakMap<Uint8Array, ReturnType<typeof tiersOf>>} */
  #tiers = new WeakMap();

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl
   * @param {() => void} redraw called when a lost context has come back
   * @param {number} most points that are not better left to another layer
   */
  constructor(canvas, gl, redraw, most) {
    this.canvas = canvas;
    this.most = most;
    this.gl = gl;
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.#buffers.clear();
      this.#built = null;
      redraw();
    });
  }

  /** @param {Column} column was changed in place */
  changed(column) {
    if (column instanceof Uint8Array) this.#tiers.delete(column);
    this.#stale.add(column);
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
   * @param {Frame[]} frames
   * @returns {Iterable<void>} nothing: the page is not held up
   */
  draw({ width, height, pixelRatio }, frames) {
    fitCanvas(this.canvas, width, height, pixelRatio);
    for (const frame of frames) this.#drawFrame(frame, pixelRatio);
    return [];
  }

  /**
   * @param {Frame} frame
   * @param {number} pixelRatio
   */
  #drawFrame(frame, pixelRatio) {
    const { gl, canvas } = this;
    const { small, large, raised } = (this.#built ??= this.#build());
    const { columns, palette } = frame;
    const [left, top, width, height] = pixelBox(frame.box, pixelRatio);
    const bottom = canvas.height - top - height;
    gl.viewport(left, bottom, width, height);
    gl.scissor(left, bottom, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
    ATTRIBUTES.forEach((name, location) => this.#feed(name, location, columns[name]));
    const tiers = this.#tiers.get(columns.flags) ?? tiersOf(columns.flags);
    this.#tiers.set(columns.flags, tiers);
    const program = columns.size === null && frame.radius * pixelRatio <= EDGED ? small : large;
    this.#use(program, frame, pixelRatio, tiers.selecting);
    if (tiers.grey) this.#drawTier(program, GREY, columns.x.length);
    this.#drawTier(program, PLAIN, columns.x.length);
    if (tiers.raised.length === 0) return;
    if (program !== large) this.#use(large, frame, pixelRatio, tiers.selecting);
    gl.uniform1i(large.uniforms.tier, ABOVE);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, raised);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, tiers.raised, gl.STREAM_DRAW);
    gl.drawElements(gl.POINTS, tiers.raised.length, gl.UNSIGNED_INT, 0);
  }

  /**
   * @param {Program} program
   * @param {Frame} frame
   * @param {number} pixelRatio
   * @param {boolean} selecting
   */
  #use({ program, uniforms }, frame, pixelRatio, selecting) {
    const { gl } = this;
    // A placement leads to pixels from the top left; clip space has y upwards.
    const { scale, offset } = frame.placement;
    const [halfWidth, halfHeight] = [frame.box.width / 2, frame.box.height / 2];
    gl.useProgram(program);
    gl.uniform2f(uniforms.scale, scale[0] / halfWidth, -scale[1] / halfHeight);
    gl.uniform2f(uniforms.offset, offset[0] / halfWidth - 1, 1 - offset[1] / halfHeight);
    gl.uniform1f(uniforms.progress, frame.progress);
    gl.uniform1f(uniforms.radius, frame.radius * pixelRatio);
    gl.uniform1f(uniforms.pixel, pixelRatio);
    gl.uniform1f(uniforms.opacity, frame.opacity);
    gl.uniform1i(uniforms.selecting, Number(selecting));
    gl.uniform3fv(uniforms.grey, greyOf(frame).map(share));
    gl.uniform3fv(uniforms.ink, frame.ink.map(share));
    gl.uniform3fv(uniforms.background, frame.background.map(share));
  }

  /**
   * @param {Program} program
   * @param {number} tier
   * @param {number} count
   */
  #drawTier({ uniforms }, tier, count) {
    this.gl.uniform1i(uniforms.tier, tier);
    this.gl.drawArrays(this.gl.POINTS, 0, count);
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
    if (known && !this.#stale.has(column)) return known;
    const buffer = known ?? /** @type {WebGLBuffer} */ (this.gl.createBuffer());
    this.#buffers.set(column, buffer);
    this.#upload(buffer, column);
    this.#stale.delete(column);
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

  /** What a context holds besides the columns: programs, and indices of points that stand out. */
  #build() {
    const { gl } = this;
    const [small, large] = [this.#program(SMALL_FRAGMENT), this.#program(FRAGMENT)];
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    return { small, large, raised: gl.createBuffer() };
  }

  /**
   * @param {string} fragment
   * @returns {Program}
   */
  #program(fragment) {
    const { gl } = this;
    const program = /** @type {WebGLProgram} */ (gl.createProgram());
    gl.attachShader(program, this.#shader(gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(program, this.#shader(gl.FRAGMENT_SHADER, fragment));
    ATTRIBUTES.forEach((name, location) => gl.bindAttribLocation(program, location, name));
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`WebGL2 program: ${gl.getProgramInfoLog(program)}`);
    }
    const locations = UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]);
    return { program, uniforms: Object.fromEntries(locations) };
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
