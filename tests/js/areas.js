/** Points, and areas drawn around some of them. */

import { rounded } from "../../static/js/select/address.js";
import { maskOf } from "../../static/js/select/mask.js";
import { mapKey } from "../../static/js/select/selection.js";

/** Numbers from 0 to 1 that are the same in every run. */
export function* numbers(seed = 1) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

export function scattered(count, place = (value) => value) {
  const random = numbers();
  const next = () => place(random.next().value);
  return { x: Float32Array.from({ length: count }, next), y: Float32Array.from({ length: count }, next) };
}

/** A ragged outline that crosses itself. */
export function outline(count, place = (value) => value) {
  const random = numbers(7);
  return Array.from({ length: count }, (_, i) => {
    const angle = (i / count) * 4 * Math.PI;
    const radius = 0.1 + 0.38 * random.next().value;
    return [place(0.5 + radius * Math.cos(angle)), place(0.5 + radius * Math.sin(angle))];
  });
}

export function round(x, y, radius, count) {
  return Array.from({ length: count }, (_, i) => {
    const angle = (i / count) * 2 * Math.PI;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

export const MAP = { layer: "msd-musicnn-embeddings", projection: 12, x: 0, y: 1, log: [false, false], averaged: false };
export const LOG_MAP = { layer: "a_b", projection: null, x: 3, y: 9, log: [false, true], averaged: true };
export const square = (left, bottom, side) => [
  [left, bottom],
  [left + side, bottom],
  [left + side, bottom + side],
  [left, bottom + side],
];
export const area = (op, polygon, map = MAP) => ({ op, kind: "area", map, polygon: rounded(polygon, map.log) });

/** Three tracks on a line: track 3 at x 0 to 3, track 5 at 4 and 5, track 9 at 6 to 9. */
export const TIMING = { hop: 3, length: 3 };
export const LINE = {
  track: Int32Array.of(3, 3, 3, 3, 5, 5, 9, 9, 9, 9),
  position: Int32Array.of(0, 1, 2, 3, 0, 1, 0, 1, 2, 3),
  x: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  y: new Float32Array(10),
};
export const SHOWN = { points: LINE, timing: TIMING, averaged: false };
export const KNOWN = { maps: new Map([[mapKey(MAP), SHOWN]]), timings: new Map([["a_b", { hop: 1, length: 1 }]]) };
export const between = (op, from, to) => area(op, square(from - 0.5, (from - to - 1) / 2, to - from + 1));
export const selected = (steps, shown = SHOWN) => [...maskOf(steps, shown, KNOWN)].flatMap((value, i) => (value ? [i] : []));

/** Tracks of one segment each, all over a map. */
export function crowd(count) {
  const points = {
    track: Int32Array.from({ length: count }, (_, i) => i),
    position: new Int32Array(count),
    ...scattered(count),
  };
  const shown = { points, timing: TIMING, averaged: false };
  return { points, shown, known: { maps: new Map([[mapKey(MAP), shown]]), timings: new Map() } };
}
