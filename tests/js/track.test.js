import assert from "node:assert/strict";
import { test } from "node:test";
import { heatMap, rankTags, taggramSummary, tagsAt } from "../../static/js/model/taggram.js";
import { timeTicks } from "../../static/js/model/time-axis.js";
import { outline } from "../../static/js/model/waveform.js";
import { nearestOf, timeSlots } from "../../static/js/track/path.js";
import { isTaken, usesKey } from "../../static/js/ui/keys.js";

const TAGGRAM = {
  layer: "toy-net-taggrams",
  tags: ["calm", "loud", "odd"],
  segment_seconds: 3,
  hop_seconds: 30,
  values: [
    [0.2, 0.4, 0.0],
    [0.2, 0.6, 0.0],
    [0.2, 0.2, 0.9],
  ],
};

/** A palette whose every slot is told by its red. */
const PALETTE = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 0 ? i / 4 : 255));

test("tags are ranked by their mean, with the moment of each one's peak", () => {
  const ranked = rankTags(TAGGRAM);
  assert.deepEqual(
    ranked.map(({ name, index }) => [name, index]),
    [["loud", 1], ["odd", 2], ["calm", 0]],
  );
  assert.ok(Math.abs(ranked[0].mean - 0.4) < 1e-9);
  assert.deepEqual([ranked[0].most, ranked[0].seconds], [0.6, 30]);
  assert.equal(ranked[1].seconds, 60);
  assert.equal(ranked[2].seconds, 0); // of equals, the first
});

test("the summary names what is strongest, and when", () => {
  const summary = taggramSummary(rankTags(TAGGRAM));
  assert.match(summary, /^Strongest on average: loud \(0\.40\), odd \(0\.30\), calm \(0\.20\)\./);
  assert.match(summary, /odd at 1:00 \(0\.90\)/);
});

test("a heat map has a row a tag, in the given order, and a column a segment", () => {
  const { data, width, height } = heatMap(TAGGRAM.values, [1, 2], PALETTE, 0.6);
  assert.deepEqual([width, height], [3, 2]);
  const red = Array.from({ length: 6 }, (_, i) => data[i * 4]);
  assert.deepEqual(red, [170, 255, 85, 0, 0, 255]); // beyond the scale's end: the last slot
});

test("segments of a long track are pooled to the pixels there are", () => {
  const values = Array.from({ length: 10 }, (_, i) => [i < 5 ? 0 : 1]);
  const { data, width } = heatMap(values, [0], PALETTE, 1, 4);
  assert.equal(width, 4); // of three segments each, the last of one
  assert.deepEqual([data[0], data[4], data[8], data[12]], [0, 85, 255, 255]);
});

test("silence of all tags is no division by nothing", () => {
  assert.equal(heatMap([[0]], [0], PALETTE, 0).data[0], 0);
});

test("the strongest tags of a segment, and none beyond the last", () => {
  assert.deepEqual(tagsAt(TAGGRAM, 2, 2), ["odd", "calm"]);
  assert.equal(tagsAt(TAGGRAM, 7, 2).length, 2);
});

test("ticks are round, begin at 0 and find room", () => {
  assert.deepEqual(timeTicks(32, 8), [0, 5, 10, 15, 20, 25, 30]);
  assert.deepEqual(timeTicks(184, 5), [0, 60, 120, 180]);
  for (const duration of [0.5, 3, 61, 599, 3600, 36_000, 1e6]) {
    const ticks = timeTicks(duration, 6);
    assert.ok(ticks.length <= 6 && ticks[0] === 0 && ticks.at(-1) <= duration, String(duration));
  }
});

test("an outline is symmetric, and silence a thin line", () => {
  assert.equal(outline([1, 0]), "M0 0H1L1 99H2L2 101H1L1 200H0Z");
});

test("a path's colours run from its first segment to its last", () => {
  assert.deepEqual([...timeSlots(5, [1, 4])], [0, 0, 128, 255, 0]);
  assert.deepEqual([...timeSlots(2, [1, 2])], [0, 0]);
});

test("only the track's own points are picked, the nearest within reach", () => {
  const places = [[0, 0], [10, 0], [14, 0]];
  const pick = (pixel, reach) => nearestOf([1, 3], (index) => places[index], pixel, reach);
  assert.equal(pick([0, 0], 5), -1);
  assert.equal(pick([13, 0], 5), 2);
  assert.equal(pick([9, 3], 5), 1);
});

test("keys belong to what has the focus and needs them", () => {
  assert.ok(usesKey({ tagName: "INPUT", type: "text" }, " "));
  assert.ok(usesKey({ tagName: "INPUT", type: "range" }, "ArrowLeft"));
  assert.ok(!usesKey({ tagName: "INPUT", type: "range" }, " "));
  assert.ok(usesKey({ tagName: "INPUT", type: "radio" }, " "));
  assert.ok(!usesKey({ tagName: "INPUT", type: "radio" }, "/"));
  assert.ok(usesKey({ tagName: "BUTTON", type: "submit" }, " "));
  assert.ok(!usesKey({ tagName: "BUTTON", type: "submit" }, "ArrowLeft"));
  assert.ok(usesKey({ tagName: "SELECT" }, "a"));
  assert.ok(!usesKey({ tagName: "DIV" }, " "));
});

test("a dialogue keeps every key from the page, a menu the one that closes it", () => {
  const taken = (open, key) => {
    globalThis.document = { querySelector: (selector) => (selector.includes(open) ? {} : null) };
    const result = isTaken(key);
    delete globalThis.document;
    return result;
  };
  assert.deepEqual(["Escape", "s"].map((key) => taken("dialog[open]", key)), [true, true]);
  assert.deepEqual(["Escape", "s"].map((key) => taken(":popover-open", key)), [true, false]);
  assert.equal(taken("nothing", "Escape"), false);
});
