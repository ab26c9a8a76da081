/** A map to take home: a picture, or a drawing, with title, axes and legend. */

import { GREY_ALPHA, GREY_RADIUS, greyOf } from "./brush.js";
import { CanvasLayer } from "./canvas-layer.js";
import { CONTEXT, GREY, HIDDEN, PLAIN, SELECTED, tierOf, tiersOf } from "./flags.js";
import { layOut } from "./figure.js";
import { SvgContext } from "./svg-context.js";
import { circles, svgOf } from "./svg.js";

/**
 * @typedef {import("./view.js").MapView} MapView
 * @typedef {import("./point-layer.js").Frame} Frame
 * @typedef {{title: string, legend: import("./figure.js").Legend | null, sentence: string}} Words
 *   `sentence`: what the axes mean
 */

/** Pixels of a picture per CSS pixel: sharp in print. */
const PIXEL_RATIO = 2;
/** Points that a drawing holds: above, programs that open it become slow. */
export const SVG_POINTS = 10_000;
/** What was played, or is heard, is not part of the figure. */
const KEPT = HIDDEN | SELECTED | CONTEXT;

/**
 * A picture of what a map shows, in the colours of the theme.
 *
 * @param {MapView} view that shows points
 * @param {Words} words
 * @returns {Promise<Blob>} of type image/png
 */
export async function exportPng(view, words) {
  const frame = figureFrame(view);
  const figure = layOut(view, words);
  const canvas = document.createElement("canvas");
  canvas.width = figure.width * PIXEL_RATIO;
  canvas.height = figure.height * PIXEL_RATIO;
  const context = contextOf(canvas);
  context.scale(PIXEL_RATIO, PIXEL_RATIO);
  context.fillStyle = figure.background;
  context.fillRect(0, 0, figure.width, figure.height);
  context.drawImage(drawDots(frame), figure.left, figure.top, frame.box.width, frame.box.height);
  context.save();
  context.translate(figure.left, figure.top);
  context.beginPath();
  context.rect(0, 0, frame.box.width, frame.box.height);
  context.clip();
  view.overlay.paintOn(context);
  context.restore();
  for (const shape of figure.shapes) drawShape(context, shape);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser could not make a picture of this size.");
  return blob;
}

/**
 * The same as a drawing, in which every dot is a circle.
 *
 * @param {MapView} view that shows points
 * @param {Words} words
 * @returns {string} SVG
 * @throws {Error} for people, where there are too many points, or too much lies over them
 */
export function exportSvg(view, words) {
  const frame = figureFrame(view);
  const dots = dotsOf(frame);
  if (dots.length > SVG_POINTS) {
    const [shown, most] = [dots.length, SVG_POINTS].map((number) => number.toLocaleString("en"));
    throw new Error(
      `This part of the map shows ${shown} points, and an SVG holds up to ${most}. ` +
        "Show fewer tracks, zoom in, or save a PNG.",
    );
  }
  const over = new SvgContext(widthOf);
  view.overlay.paintOn(over);
  return svgOf(layOut(view, words), `${circles(dots)}\n${over.svg}`, frame.box);
}

/** @param {MapView} view */
function figureFrame(view) {
  if (!view.drawable) throw new Error("There is no map to save yet.");
  const frame = view.frame();
  const flags = frame.columns.flags.map((marks) => marks & KEPT);
  const box = { ...frame.box, left: 0, top: 0 };
  return { ...frame, box, columns: { ...frame.columns, flags } };
}

/** @param {Frame} frame */
function drawDots(frame) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(frame.box.width * PIXEL_RATIO);
  canvas.height = Math.round(frame.box.height * PIXEL_RATIO);
  const layer = new CanvasLayer(canvas, contextOf(canvas));
  for (const _ of layer.draw({ ...frame.box, pixelRatio: PIXEL_RATIO }, [frame])); // to its end
  return canvas;
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * @param {string} text
 * @param {string} font
 */
function widthOf(text, font) {
  const context = contextOf(document.createElement("canvas"));
  context.font = font;
  return context.measureText(text).width;
}

/**
 * The dots that are seen in a frame, from below to above.
 *
 * @param {Frame} frame
 * @returns {import("./svg.js").Dot[]}
 */
export function dotsOf(frame) {
  const { columns, placement, box, palette, opacity, every } = frame;
  const { scale, offset } = placement;
  const { x, y, slot, flags, size } = columns;
  const { selecting } = tiersOf(flags);
  /** @type {import("./svg.js").Dot[][]} */
  const tiers = [[], [], []];
  for (let i = 0; i < x.length; i += every) {
    if (flags[i] & HIDDEN) continue;
    const [across, down] = [x[i] * scale[0] + offset[0], y[i] * scale[1] + offset[1]];
    if (!(across >= 0 && down >= 0 && across <= box.width && down <= box.height)) continue;
    const tier = tierOf(flags[i], selecting);
    const grey = tier === GREY;
    const at = slot[i] * 4;
    const crowded = tier === PLAIN && !(flags[i] & SELECTED);
    tiers[tier].push({
      x: across,
      y: down,
      radius: frame.radius * (size ? size[i] : 1) * (grey ? GREY_RADIUS : 1),
      colour: grey ? greyOf(frame) : [...palette.subarray(at, at + 3)],
      alpha: grey ? GREY_ALPHA : crowded ? (opacity * palette[at + 3]) / 255 : 1,
    });
  }
  return tiers.flat();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./figure.js").Shape} shape
 */
function drawShape(context, shape) {
  if (shape.kind === "text") {
    context.font = `${shape.bold ? 600 : 400} ${shape.size}px system-ui, sans-serif`;
    context.textAlign = shape.anchor;
    context.fillStyle = shape.fill;
    context.lineWidth = 4;
    context.lineJoin = "round";
    if (shape.halo) {
      context.strokeStyle = shape.halo;
      context.strokeText(shape.text, shape.x, shape.y);
    }
    context.fillText(shape.text, shape.x, shape.y);
  } else if (shape.kind === "line") {
    context.beginPath();
    context.moveTo(shape.x1, shape.y1);
    context.lineTo(shape.x2, shape.y2);
    context.strokeStyle = shape.stroke;
    context.lineWidth = 1;
    context.stroke();
  } else if (shape.kind === "circle") {
    context.beginPath();
    context.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
    context.fillStyle = shape.fill;
    context.fill();
  } else {
    const gradient = context.createLinearGradient(shape.x, 0, shape.x + shape.width, 0);
    const last = shape.colours.length - 1;
    shape.colours.forEach((colour, i) => gradient.addColorStop(i / last, colour));
    context.fillStyle = gradient;
    context.fillRect(shape.x, shape.y, shape.width, shape.height);
  }
}
