/** What painters draw, written as SVG. */

import { escaped, short } from "./svg.js";

/**
 * @typedef {Pick<CanvasRenderingContext2D, "fillStyle" | "strokeStyle" | "globalAlpha" | "lineWidth"
 *   | "lineCap" | "lineJoin" | "font" | "textAlign" | "textBaseline" | "save" | "restore" | "beginPath"
 *   | "closePath" | "moveTo" | "lineTo" | "bezierCurveTo"> & {
 *   arc: (x: number, y: number, radius: number, start: number, end: number) => void,
 *   setLineDash: (segments: number[]) => void,
 *   fill: (rule?: CanvasFillRule) => void,
 *   stroke: () => void,
 *   fillText: (text: string, x: number, y: number) => void,
 *   strokeText: (text: string, x: number, y: number) => void,
 *   measureText: (text: string) => {width: number},
 * }} Pen what painters may use of a canvas, for SVG has to hold the same
 */

/** Characters at most: programs that open a larger drawing become slow. */
const LIMIT = 5_000_000;
const FONT = /^(?:(\d+|bold|normal) )?([\d.]+)px (.+)$/;
/** From where a text is placed down to the line that it stands on, as a share of its size. */
const BASELINES = {
  alphabetic: 0, ideographic: -0.2, bottom: -0.2, middle: 0.35, hanging: 0.8, top: 0.8,
}; // prettier-ignore
const ANCHORS = { start: "start", left: "start", center: "middle", right: "end", end: "end" };

/** @implements {Pen} */
export class SvgContext {
  // What is public is what `save` keeps, and begins as on a canvas.
  /** @type {Pen["fillStyle"]} */
  fillStyle = "#000000";
  /** @type {Pen["strokeStyle"]} */
  strokeStyle = "#000000";
  globalAlpha = 1;
  lineWidth = 1;
  /** @type {CanvasLineCap} */
  lineCap = "butt";
  /** @type {CanvasLineJoin} */
  lineJoin = "miter";
  font = "10px sans-serif";
  /** @type {CanvasTextAlign} */
  textAlign = "start";
  /** @type {CanvasTextBaseline} */
  textBaseline = "alphabetic";
  /** @type {number[]} */
  dash = [];
  /** @type {object[]} */
  #saved = [];
  /** @type {string[]} */
  #path = [];
  /** @type {string[]} */
  #elements = [];
  #length = 0;
  #widthOf;

  /** @param {(text: string, font: string) => number} widthOf */
  constructor(widthOf) {
    this.#widthOf = widthOf;
  }

  /** SVG elements, from below to above. */
  get svg() {
    // Sharp corners reach as far as on a canvas.
    return `<g stroke-miterlimit="10">\n${this.#elements.join("\n")}\n</g>`;
  }

  save() {
    this.#saved.push({ ...this });
  }

  restore() {
    Object.assign(this, this.#saved.pop());
  }

  beginPath() {
    this.#path = [];
  }

  closePath() {
    if (this.#path.length > 0) this.#path.push("Z");
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.#go("M", x, y);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.#go(this.#path.length > 0 ? "L" : "M", x, y);
  }

  /** @param {[number, number, number, number, number, number]} curve */
  bezierCurveTo(...curve) {
    if (this.#path.length === 0) this.moveTo(curve[0], curve[1]);
    this.#go("C", ...curve);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {number} start angle
   * @param {number} end angle, clockwise from there
   */
  arc(x, y, radius, start, end) {
    const circle = 2 * Math.PI;
    const turn = end - start >= circle ? circle : (((end - start) % circle) + circle) % circle;
    /** @param {number} angle @returns {[number, number]} */
    const at = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    this.lineTo(...at(start));
    // In halves: an arc of SVG that ends where it began is none.
    for (const share of [0.5, 1]) {
      this.#go("A", radius, radius, 0, 0, 1, ...at(start + share * turn));
    }
  }

  /** @param {number[]} segments */
  setLineDash(segments) {
    this.dash = [...segments];
  }

  /** @param {CanvasFillRule} [rule] */
  fill(rule = "nonzero") {
    this.#drawPath(`${this.#filled()} fill-rule="${rule}"`);
  }

  stroke() {
    this.#drawPath(this.#stroked());
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   */
  fillText(text, x, y) {
    this.#drawText(text, x, y, this.#filled());
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   */
  strokeText(text, x, y) {
    this.#drawText(text, x, y, this.#stroked());
  }

  /** @param {string} text */
  measureText(text) {
    return { width: this.#widthOf(text, this.font) };
  }

  /**
   * @param {string} command
   * @param {number[]} numbers
   */
  #go(command, ...numbers) {
    if (numbers.every(Number.isFinite)) this.#path.push(command + numbers.map(short).join(" "));
  }

  /** @param {string} look */
  #drawPath(look) {
    if (this.#path.length > 0) this.#write(`<path d="${this.#path.join("")}" ${look}/>`);
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {string} look
   */
  #drawText(text, x, y, look) {
    const [, weight = "normal", size = "10", family = "sans-serif"] = FONT.exec(this.font) ?? [];
    const place = `x="${short(x)}" y="${short(y + BASELINES[this.textBaseline] * Number(size))}"`;
    const font = `font-size="${size}" font-weight="${weight}" font-family="${escaped(family)}"`;
    const anchor = `text-anchor="${ANCHORS[this.textAlign]}"`;
    this.#write(`<text ${place} ${font} ${anchor} ${look}>${escaped(text)}</text>`);
  }

  #filled() {
    return `fill="${colourOf(this.fillStyle)}"${this.#alpha()}`;
  }

  #stroked() {
    const { strokeStyle, lineWidth, lineCap, lineJoin, dash } = this;
    const ends = `stroke-linecap="${lineCap}" stroke-linejoin="${lineJoin}"`;
    const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    const stroke = `stroke="${colourOf(strokeStyle)}" stroke-width="${short(lineWidth)}"`;
    return `fill="none" ${stroke} ${ends}${dashes}${this.#alpha()}`;
  }

  #alpha() {
    return this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : "";
  }

  /** @param {string} element */
  #write(element) {
    this.#length += element.length;
    if (this.#length > LIMIT) {
      throw new Error(
        "An SVG cannot hold all that lies over the dots. Show fewer tracks, zoom in, or save a PNG.",
      );
    }
    this.#elements.push(element);
  }
}

/**
 * @param {Pen["fillStyle"]} style
 * @returns {string} with commas, which all programs read
 */
function colourOf(style) {
  return escaped(String(style)).replace(/^rgb\(([\d.]+) ([\d.]+) ([\d.]+)\)$/, "rgb($1, $2, $3)");
}
