import assert from "node:assert/strict";
import { test } from "node:test";
import { spanOf, starts, weight, weightWords, withStart } from "../../static/js/model/blend.js";

const LAYER = /** @type {any} */ ({ hop_seconds: 3, segment_seconds: 4 });
const start = (track, first = null, last = first, times = 1) => ({ track, first, last, weight: times });

test("starts are written and read again", () => {
  const { parse, write } = starts("with");
  const written = "9:3,4*0.3,8:2-5*-1,7*-0.5,6*0";
  assert.equal(write(parse(written)), written);
  assert.deepEqual(parse(written).slice(0, 3), [start(9, 3), start(4, null, null, 0.3), start(8, 2, 5, -1)]);
  for (const nonsense of ["", "x", "0", "7:", "7:5-2", "7*2", "7*1.5", "7,", Array(20).fill("7").join()]) {
    assert.equal(parse(nonsense), undefined, nonsense);
  }
  assert.equal(weight("weight").parse("-1"), -1);
  for (const nonsense of ["2", "-1.1", "x", "0.55"]) assert.equal(weight("weight").parse(nonsense), undefined);
});

test("what is added twice has its last weight", () => {
  const others = withStart([start(9, 3), start(4)], start(9, 3, 3, -0.5));
  assert.deepEqual(others, [start(4), start(9, 3, 3, -0.5)]);
  assert.equal(withStart(Array.from({ length: 19 }, (_, i) => start(i + 1)), start(99)).length, 19);
});

test("weights are told in words", () => {
  assert.equal(weightWords(1), "more like it, 1");
  assert.equal(weightWords(-0.3), "less like it, 0.3");
  assert.equal(weightWords(0), "does not count");
});

test("the seconds of a start", () => {
  assert.deepEqual(spanOf(start(9, 2, 4), LAYER), { track: 9, position: 2, start: 6, end: 16 });
  assert.equal(spanOf(start(9), LAYER), null);
});
