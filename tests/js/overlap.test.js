import assert from "node:assert/strict";
import { test } from "node:test";

import { linkSegments, sameSegments } from "../../static/js/model/overlap.js";

const PATCH = { hop: 2.992, length: 2.992 };
const SHORT = { hop: 0.96, length: 0.96 };

/** So many segments of each track. */
function segments(counts) {
  const track = [];
  const position = [];
  for (const [id, number] of Object.entries(counts)) {
    for (let i = 0; i < number; i++) {
      track.push(Number(id));
      position.push(i);
    }
  }
  return { track: Int32Array.from(track), position: Int32Array.from(position) };
}

/** The same by comparing all with all. */
function bySearch(a, timingA, b, timingB) {
  return [...a.track].map((track, i) => {
    const start = a.position[i] * timingA.hop;
    return [...b.track.keys()].filter((j) => {
      const other = b.position[j] * timingB.hop;
      const overlap =
        Math.min(start + timingA.length, other + timingB.length) - Math.max(start, other);
      return b.track[j] === track && overlap > 1e-6;
    });
  });
}

for (const [name, a, timingA, b, timingB] of [
  ["coarse to fine", { 1: 3, 4: 2, 5: 1 }, PATCH, { 1: 10, 2: 3, 4: 5 }, SHORT],
  ["fine to coarse", { 1: 12, 2: 3, 4: 7 }, SHORT, { 1: 3, 4: 2, 5: 1 }, PATCH],
  ["overlapping segments", { 1: 6, 2: 2 }, { hop: 0.5, length: 1 }, { 1: 3, 2: 9 }, { hop: 0.3, length: 2 }],
  ["the same", { 1: 3, 9: 4 }, PATCH, { 1: 3, 9: 4 }, PATCH],
]) {
  test(`segments are linked by time: ${name}`, () => {
    const [from, to] = [segments(a), segments(b)];
    const { first, end } = linkSegments(from, timingA, to, timingB);
    const found = [...first].map((start, i) =>
      Array.from({ length: end[i] - start }, (_, k) => start + k),
    );
    assert.deepEqual(found, bySearch(from, timingA, to, timingB));
  });
}

test("a tail that the other network did not hear is linked to nothing", () => {
  const links = linkSegments(segments({ 1: 5 }), SHORT, segments({ 1: 1 }), PATCH);
  assert.deepEqual([...links.first].map((start, i) => links.end[i] - start), [1, 1, 1, 1, 0]);
});

test("only the very same segments share their flags", () => {
  assert.ok(sameSegments(segments({ 1: 2, 3: 1 }), segments({ 1: 2, 3: 1 })));
  assert.ok(!sameSegments(segments({ 1: 2, 3: 1 }), segments({ 1: 2, 4: 1 })));
  assert.ok(!sameSegments(segments({ 1: 2, 3: 1 }), segments({ 1: 2 })));
});
