/** What surrounds the dots of a map that is taken home: title, axes, legend, sentence. */

import { axisTicks, BOTTOM, LEFT, RIGHT } from "./axes.js";

/**
 * @typedef {{entries?: {label: string, colour: string}[], ends?: [string, string],
 *   palette?: Uint8Array}} Legend values with their colours; or what the ends of a ramp stand for,
 *   and its 256 shades
 * @typedef {{kind: "text", x: number, y: number, text: string, size: number, bold: boolean,
 *     anchor: "start" | "center" | "end", fill: string, halo: string | null}
 *   | {kind: "line", x1: number, y1: number, x2: number, y2: number, stroke: string}
 *   | {kind: "circle", x: number, y: number, radius: number, fill: string}
 *   | {kind: "ramp", x: number, y: number, width: number, height: number, colours: string[]}} Shape
 * @typedef {{width: number, height: number, left: number, top: number, background: string,
 *   shapes: Shape[]}} Figure `left` and `top` are where the map's own corner lies
 */

const MARGIN = 16;
const TITLE = 18;
const TEXT = 14;
const LINE = 22;
const LEGEND_WIDTH = 200;
/** Mean width of a letter, as a share of the letters' size. */
const LETTER = 0.55;

/**
 * @param {import("./view.js").MapView} view that shows points
 * @param {import("./export.js").Words} words
 * @returns {Figure}
 */
export function layOut(view, { title, legend, sentence }) {
  const { box, ink, background } = view.frame();
  const muted = rgb(ink.map((part, i) => part + 0.3 * (background[i] - part)));
  const width = Math.ceil(box.width + 2 * MARGIN + (legend ? LEGEND_WIDTH + MARGIN : 0));
  const titles = wrap(title, (width - 2 * MARGIN) / (TITLE * LETTER));
  const lines = wrap(sentence, (width - 2 * MARGIN) / (TEXT * LETTER));
  const top = MARGIN + titles.length * (TITLE + 8) + (titles.length && 8);
  const legendHeight = legend?.entries ? legend.entries.length * LINE : LINE * 2;
  const below = top + Math.max(box.height, legend ? legendHeight : 0) + MARGIN;
  /** @type {(x: number, y: number, text: string, rest?: object) => any} */
  const write = (x, y, text, rest = {}) => ({
    kind: "text", x, y, text, size: TEXT, bold: false, anchor: "start", fill: rgb(ink), halo: null,
    ...rest,
  }); // prettier-ignore
  return {
    width,
    height: Math.ceil(below + lines.length * LINE + (lines.length && MARGIN)),
    left: MARGIN,
    top,
    background: rgb(background),
    shapes: [
      ...titles.map((line, i) =>
        write(MARGIN, MARGIN + TITLE + i * (TITLE + 8), line, { size: TITLE, bold: true }),
      ),
      ...axisShapes(view, { left: MARGIN, top, ...sizeOf(box) }, (x, y, text, anchor) =>
        write(x, y, text, { anchor, fill: muted, halo: rgb(background) }),
      ),
      ...(legend ? legendShapes(legend, MARGIN * 2 + box.width, top, write) : []),
      ...lines.map((line, i) => write(MARGIN, below + TEXT + i * LINE, line, { fill: muted })),
    ],
  };
}

/** @param {{width: number, height: number}} box */
function sizeOf({ width, height }) {
  return { width, height };
}

/**
 * @param {import("./view.js").MapView} view
 * @param {{left: number, top: number, width: number, height: number}} box
 * @param {(x: number, y: number, text: string, anchor: "start" | "center" | "end") => Shape} write
 * @returns {Shape[]}
 */
function axisShapes(view, { left, top, width, height }, write) {
  const { x, y } = view.scales;
  const [names, { ink, background }] = [view.content?.axisNames ?? ["", ""], view.frame()];
  const stroke = rgb(ink.map((part, i) => (part + background[i]) / 2));
  /** @type {(x1: number, y1: number, x2: number, y2: number) => Shape} */
  const line = (x1, y1, x2, y2) => ({
    kind: "line", x1: left + x1, y1: top + y1, x2: left + x2, y2: top + y2, stroke,
  }); // prettier-ignore
  const floor = height - BOTTOM;
  return [
    line(LEFT, floor, width - RIGHT, floor),
    line(LEFT, floor, LEFT, 0),
    ...axisTicks(x, width, [LEFT, width - RIGHT]).flatMap(({ at, label }) => [
      line(at, floor, at, floor + 6),
      write(left + at, top + floor + 19, label, "center"),
    ]),
    ...axisTicks(y, height, [floor, 0]).flatMap(({ at, label }) => [
      line(LEFT - 6, at, LEFT, at),
      write(left + LEFT - 9, top + at + 5, label, "end"),
    ]),
    write(left + width - RIGHT, top + floor - 8, `${names[0]} →`, "end"),
    write(left + LEFT + 8, top + 16, `↑ ${names[1]}`, "start"),
  ];
}

/**
 * @param {Legend} legend
 * @param {number} x
 * @param {number} y
 * @param {(x: number, y: number, text: string, rest?: object) => Shape} write
 * @returns {Shape[]}
 */
function legendShapes({ entries, ends, palette }, x, y, write) {
  if (ends && palette) {
    const colours = Array.from({ length: 17 }, (_, i) => {
      const at = Math.min(i * 16, 255) * 4;
      return rgb([...palette.subarray(at, at + 3)]);
    });
    const [low, high] = ends;
    return [
      { kind: "ramp", x, y, width: LEGEND_WIDTH, height: 12, colours },
      write(x, y + 30, low),
      write(x + LEGEND_WIDTH, y + 30, high, { anchor: "end" }),
    ];
  }
  const letters = Math.floor((LEGEND_WIDTH - 20) / (TEXT * LETTER));
  return (entries ?? []).flatMap(({ label, colour }, i) => [
    { kind: "circle", x: x + 6, y: y + i * LINE + 9, radius: 5, fill: colour },
    write(x + 20, y + i * LINE + 14, shorten(label, letters)),
  ]);
}

/**
 * @param {string} text
 * @param {number} letters
 */
function shorten(text, letters) {
  const all = [...text];
  return all.length <= letters ? text : `${all.slice(0, letters - 1).join("")}…`;
}

/**
 * @param {string} text
 * @param {number} letters in a line, about
 * @returns {string[]} lines; none for an empty text
 */
export function wrap(text, letters) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > letters) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** @param {ArrayLike<number>} colour */
export function rgb(colour) {
  return `rgb(${Array.from(colour, Math.round).join(", ")})`;
}
