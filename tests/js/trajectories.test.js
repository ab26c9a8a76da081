import assert from "node:assert/strict";
import { test } from "node:test";
import { DIMMED, HIDDEN, SELECTED } from "../../static/js/map/flags.js";
import { smooth, trajectoriesOf } from "../../static/js/map/trajectories.js";

const POINTS = {
  track: Int32Array.of(3, 3, 3, 8, 8, 9),
  position: Int32Array.of(0, 1, 2, 0, 4, 0),
  x: new Float32Array(6),
  y: new Float32Array(6),
};

test("each track has a path through its visible segments in the order of time", () => {
  const flags = Uint8Array.of(0, HIDDEN, 0, 0, 0, HIDDEN);
  const { paths, omitted } = trajectoriesOf(POINTS, flags, 100);
  assert.deepEqual(paths, [
    { indices: [0, 2], from: 0, to: 2 },
    { indices: [3, 4], from: 0, to: 4 },
  ]);
  assert.equal(omitted, 0);
});

test("grey context has no path", () => {
  const dimmed = Uint8Array.of(DIMMED, DIMMED, DIMMED, 0, 0, 0);
  assert.deepEqual(trajectoriesOf(POINTS, dimmed, 100).paths.map(({ indices }) => indices), [[3, 4], [5]]);
  const selected = Uint8Array.of(0, SELECTED, SELECTED, 0, 0, 0);
  assert.deepEqual(trajectoriesOf(POINTS, selected, 100).paths.map(({ indices }) => indices), [[1, 2]]);
});

test("of too many tracks some are left out, evenly, and counted", () => {
  const track = Int32Array.from({ length: 1000 }, (_, i) => Math.floor(i / 10));
  const position = track.map((_, i) => i % 10);
  const { paths, omitted } = trajectoriesOf({ ...POINTS, track, position }, new Uint8Array(1000), 250);
  assert.equal(paths.length, 25);
  assert.equal(omitted, 75);
  const firsts = paths.map(({ indices }) => track[indices[0]]);
  assert.deepEqual(firsts.slice(0, 3), [3, 7, 11]);
  assert.equal(firsts.at(-1), 99);
});

test("a path leads through every place, one piece from each to the next", () => {
  /** @type {[number, number][]} */
  const places = [[0, 0], [10, 0], [10, 10], [10, 10], [30, 5]];
  const pieces = smooth(places);
  assert.deepEqual(pieces.map((piece) => piece.slice(0, 2)), places.slice(0, -1));
  assert.deepEqual(pieces.map((piece) => piece.slice(6)), places.slice(1));
  assert.ok(pieces.flat().every(Number.isFinite));
  assert.equal(smooth([[0, 0], [1, 1]]).length, 1);
  assert.deepEqual(smooth([[5, 5]]), []);
});
