import assert from "node:assert/strict";
import { test } from "node:test";
import { markAt, paintMarks, placed } from "../../static/js/map/marks.js";

const mark = (/** @type {number} */ position, /** @type {number} */ x, /** @type {number} */ y) => ({
  x,
  y,
  position,
  start: 3 * position,
  end: 3 * position + 3,
});
const VIEW = /** @type {any} */ ({
  pixelOfData: (/** @type {number} */ x, /** @type {number} */ y) => [10 * x, 10 * y],
  surface: { colours: { ink: [0, 0, 0], background: [255, 255, 255] } },
});
const MARKS = [mark(0, 1, 1), mark(1, 2, -1), mark(2, 1.2, 1)];

test("marks lie where the map puts their data, or nowhere on a logarithmic axis", () => {
  assert.deepEqual(placed(VIEW, MARKS, [false, false]).map(({ pixel }) => pixel), [[10, 10], [20, -10], [12, 10]]);
  assert.deepEqual(placed(VIEW, MARKS, [false, true]).map(({ mark: { position } }) => position), [0, 2]);
});

test("the nearest mark within reach is pointed at", () => {
  const places = placed(VIEW, MARKS, [false, false]);
  assert.equal(markAt(places, [11.5, 10], 5)?.mark.position, 2);
  assert.equal(markAt(places, [10, 10], 0)?.mark.position, 0);
  assert.equal(markAt(places, [50, 50], 10), null);
  assert.equal(markAt([], [0, 0], 10), null);
});

test("marks are diamonds, the one that is pointed at a larger one", () => {
  /** @type {number[][]} */
  const corners = [];
  let fills = 0;
  const nothing = () => {};
  const pen = /** @type {any} */ ({
    beginPath: nothing,
    stroke: nothing,
    fill: () => fills++,
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => corners.push([x, y]),
    lineTo: nothing,
  });
  paintMarks(pen, VIEW, placed(VIEW, MARKS.slice(0, 2), [false, false]), 1);
  assert.equal(fills, 2);
  assert.deepEqual(corners, [[10, 10], [10, 3], [20, -21]]); // the line's start, and two tops
});
