/** A figure written as SVG. */

import { rgb } from "./figure.js";

/**
 * @typedef {{x: number, y: number, radius: number, colour: ArrayLike<number>, alpha: number}}
 *   Dot pixels from the map's top left corner; colours 0 to 255
 */

/**
 * @param {import("./figure.js").Figure} figure
 * @param {string} drawn SVG elements on the map
 * @param {{width: number, height: number}} map
 */
export function svgOf({ width, height, left, top, background, shapes }, drawn, map) {
  const size = `width="${width}" height="${height}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${width} ${height}" ${FONT}>
<defs>
<clipPath id="map"><rect width="${short(map.width)}" height="${short(map.height)}"/></clipPath>
${shapes.map(gradientOf).join("")}</defs>
<rect ${size} fill="${background}"/>
<g transform="translate(${left} ${top})" clip-path="url(#map)">
${drawn}
</g>
${shapes.map(elementOf).join("\n")}
</svg>
`;
}

const FONT = 'font-family="system-ui, sans-serif"';

/** @param {Dot[]} dots */
export function circles(dots) {
  return dots.map(circle).join("\n");
}

/** @param {Dot} dot */
function circle({ x, y, radius, colour, alpha }) {
  const place = `cx="${short(x)}" cy="${short(y)}"`;
  const fill = `fill="${rgb(colour)}" fill-opacity="${short(alpha)}"`;
  return `<circle ${place} r="${short(radius)}" ${fill}/>`;
}

/** @param {import("./figure.js").Shape} shape */
function gradientOf(shape) {
  if (shape.kind !== "ramp") return "";
  const last = shape.colours.length - 1;
  const stops = shape.colours.map(
    (colour, i) => `<stop offset="${short(i / last)}" stop-color="${colour}"/>`,
  );
  return `<linearGradient id="ramp">${stops.join("")}</linearGradient>\n`;
}

/** @param {import("./figure.js").Shape} shape */
function elementOf(shape) {
  if (shape.kind === "line") {
    const { x1, y1, x2, y2, stroke } = shape;
    return `<path d="M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}" stroke="${stroke}"/>`;
  }
  const place = `x="${short(shape.x)}" y="${short(shape.y)}"`;
  if (shape.kind === "circle") {
    const centre = `cx="${short(shape.x)}" cy="${short(shape.y)}"`;
    return `<circle ${centre} r="${shape.radius}" fill="${escaped(shape.fill)}"/>`;
  }
  if (shape.kind === "ramp") {
    return `<rect ${place} width="${shape.width}" height="${shape.height}" fill="url(#ramp)"/>`;
  }
  const weight = shape.bold ? ' font-weight="600"' : "";
  const anchor = shape.anchor === "center" ? "middle" : shape.anchor;
  const halo = shape.halo
    ? ` stroke="${shape.halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`
    : "";
  const look = `font-size="${shape.size}"${weight} text-anchor="${anchor}" fill="${shape.fill}"`;
  return `<text ${place} ${look}${halo}>${escaped(shape.text)}</text>`;
}

/** @param {number} value written with two decimals at most */
export function short(value) {
  return String(Math.round(value * 100) / 100);
}

/**
 * @param {string} text
 * @returns {string} as it may stand in XML, which has no control characters, escaped or not
 */
export function escaped(text) {
  return text
    .replace(/\p{Surrogate}/gu, "")
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}
