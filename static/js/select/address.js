/**
 * A selection as a text for the page's address. Steps are joined by dots; a step is `a` (add) or
 * `s` (subtract), then what it adds:
 *
 *     e                               everything
 *     t3-7_12                         tracks 3 to 7 and 12
 *     n<layer>*<track>_0-4_7*…        segments 0 to 4 and 7 of a track, and so on
 *     p<corners>                      an area on the map that was named last
 *     m<layer>*<projection>*x*y*n     names a map (no a or s before it); n is the sum of 1 and 2 for
 *                                     logarithmic axes, and 4 for averages
 *
 * Corners are base64url of the area's bounds (four float32) and of each corner's place within
 * them (two uint16): half a thousandth of a pixel on any screen.
 */

import { mapKey } from "./selection.js";

/**
 * @typedef {import("./selection.js").AreaMap} AreaMap
 * @typedef {import("./selection.js").Polygon} Polygon
 * @typedef {import("./selection.js").Ranges} Ranges
 * @typedef {import("./selection.js").Step} Step
 */

const PLACES = 65535;
const BOUNDS_BYTES = 16;
const OPS = /** @type {const} */ ({ add: "a", subtract: "s" });
const NUMBER = /^\d{1,9}$/;
const LAYER = /^[-\w]+$/;

/**
 * @param {readonly Step[]} steps
 * @returns {string} empty without steps
 */
export function encode(steps) {
  const parts = [];
  let map = "";
  for (const step of steps) {
    if (step.kind === "area" && mapKey(step.map) !== map) {
      map = mapKey(step.map);
      parts.push(encodeMap(step.map));
    }
    parts.push(OPS[step.op] + encodeShape(step));
  }
  return parts.join(".");
}

/** @param {Step} step */
function encodeShape(step) {
  if (step.kind === "all") return "e";
  if (step.kind === "tracks") return `t${encodeRanges(step.tracks)}`;
  if (step.kind === "area") return `p${encodePolygon(step.polygon, step.map.log)}`;
  const tracks = [...step.segments].map(([track, ranges]) => `*${track}_${encodeRanges(ranges)}`);
  return `n${step.layer}${tracks.join("")}`;
}

/** @param {AreaMap} map */
function encodeMap({ layer, projection, x, y, log, averaged }) {
  const bits = Number(log[0]) + 2 * Number(log[1]) + 4 * Number(averaged);
  return `m${[layer, projection ?? "", x, y, bits].join("*")}`;
}

/** @param {Ranges} ranges */
function encodeRanges(ranges) {
  return ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join("_");
}

/**
 * What an address says; what makes no sense is left out.
 *
 * @param {string} text
 * @returns {{steps: Step[], whole: boolean}} `whole` says whether all of it made sense
 */
export function decode(text) {
  /** @type {Step[]} */
  const steps = [];
  let whole = true;
  /** @type {AreaMap | null} */
  let map = null;
  for (const part of text ? text.split(".") : []) {
    if (part[0] === "m") {
      map = decodeMap(part.slice(1));
      whole &&= map !== null;
      continue;
    }
    const step = decodeStep(part, map);
    if (step) steps.push(step);
    else whole = false;
  }
  return { steps, whole };
}

/**
 * @param {string} part
 * @param {AreaMap | null} map
 * @returns {Step | null}
 */
function decodeStep(part, map) {
  const op = part[0] === OPS.add ? "add" : part[0] === OPS.subtract ? "subtract" : null;
  if (!op) return null;
  const rest = part.slice(2);
  if (part[1] === "e" && rest === "") return { op, kind: "all" };
  if (part[1] === "t") {
    const tracks = decodeRanges(rest);
    return tracks && { op, kind: "tracks", tracks };
  }
  if (part[1] === "p" && map) {
    const polygon = decodePolygon(rest, map.log);
    return polygon && { op, kind: "area", map, polygon };
  }
  if (part[1] !== "n") return null;
  const [layer, ...tracks] = rest.split("*");
  const segments = decodeSegments(tracks);
  return LAYER.test(layer) && segments ? { op, kind: "segments", layer, segments } : null;
}

/** @param {string[]} tracks */
function decodeSegments(tracks) {
  /** @type {Map<number, Ranges>} */
  const segments = new Map();
  for (const written of tracks) {
    const [track, ...rest] = written.split("_");
    const ranges = decodeRanges(rest.join("_"));
    if (!NUMBER.test(track) || !ranges) return null;
    segments.set(Number(track), ranges);
  }
  return segments.size > 0 ? segments : null;
}

/**
 * @param {string} text
 * @returns {Ranges | null}
 */
function decodeRanges(text) {
  /** @type {Ranges} */
  const ranges = [];
  for (const written of text.split("_")) {
    const [first, last = first, ...more] = written.split("-");
    if (!NUMBER.test(first) || !NUMBER.test(last) || more.length > 0) return null;
    if (Number(first) > Number(last)) return null;
    ranges.push([Number(first), Number(last)]);
  }
  return ranges;
}

/**
 * @param {string} text
 * @returns {AreaMap | null}
 */
function decodeMap(text) {
  const [layer, projection, x, y, bits, ...more] = text.split("*");
  if (!LAYER.test(layer) || !(projection === "" || NUMBER.test(projection ?? ""))) return null;
  if (!NUMBER.test(x) || !NUMBER.test(y) || !/^[0-7]$/.test(bits) || more.length > 0) return null;
  return {
    layer,
    projection: projection === "" ? null : Number(projection),
    x: Number(x),
    y: Number(y),
    log: [(Number(bits) & 1) > 0, (Number(bits) & 2) > 0],
    averaged: (Number(bits) & 4) > 0,
  };
}

/**
 * The polygon as the address will hold it, so that what is drawn now and what is seen after a
 * reload hold the same points; null where it has no area.
 *
 * @param {Polygon} polygon
 * @param {[boolean, boolean]} log
 */
export function rounded(polygon, log) {
  return decodePolygon(encodePolygon(polygon, log), log);
}

/**
 * @param {Polygon} polygon
 * @param {[boolean, boolean]} log
 */
function encodePolygon(polygon, log) {
  const drawn = polygon.map((corner) => corner.map((v, axis) => (log[axis] ? Math.log10(v) : v)));
  const bytes = new DataView(new ArrayBuffer(BOUNDS_BYTES + 4 * polygon.length));
  for (const axis of [0, 1]) {
    const values = drawn.map((corner) => corner[axis]);
    bytes.setFloat32(8 * axis, Math.min(...values));
    bytes.setFloat32(8 * axis + 4, Math.max(...values));
    const low = bytes.getFloat32(8 * axis);
    const high = bytes.getFloat32(8 * axis + 4);
    values.forEach((value, i) => {
      const share = high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : 0;
      bytes.setUint16(BOUNDS_BYTES + 4 * i + 2 * axis, Math.round(share * PLACES));
    });
  }
  const binary = String.fromCharCode(...new Uint8Array(bytes.buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * @param {string} text
 * @param {[boolean, boolean]} log
 * @returns {Polygon | null}
 */
function decodePolygon(text, log) {
  const bytes = decodeBytes(text);
  const corners = bytes ? (bytes.byteLength - BOUNDS_BYTES) / 4 : 0;
  if (!bytes || corners < 3 || !Number.isInteger(corners)) return null;
  const [left, right, bottom, top] = [0, 4, 8, 12].map((at) => bytes.getFloat32(at));
  if (!(right > left && top > bottom) || ![left, right, bottom, top].every(Number.isFinite)) {
    return null;
  }
  const value = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) =>
    low + (bytes.getUint16(at) / PLACES) * (high - low);
  return Array.from({ length: corners }, (_, i) => {
    const x = value(BOUNDS_BYTES + 4 * i, left, right);
    const y = value(BOUNDS_BYTES + 4 * i + 2, bottom, top);
    return [log[0] ? 10 ** x : x, log[1] ? 10 ** y : y];
  });
}

/** @param {string} text base64url */
function decodeBytes(text) {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new DataView(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)).buffer);
  } catch {
    return null;
  }
}
