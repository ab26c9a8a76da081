import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CATEGORICAL,
  colourClasses,
  leastOfBest,
  NO_CLASS,
  NONE_SLOT,
  OTHER_SLOT,
  sequentialPalette,
  slotsOfPoints,
  slotsOfValues,
} from "../../static/js/model/colours.js";

test("the most frequent labels have colours of their own, the rest share grey", () => {
  const labels = Array.from({ length: CATEGORICAL.length + 3 }, (_, i) => `label ${i}`);
  const classes = [0, 1, 0, CATEGORICAL.length, CATEGORICAL.length + 2, NO_CLASS];
  const { slotOfTrack, legend } = colourClasses([1, 2, 3, 4, 5, 6], classes, labels);
  assert.deepEqual([...slotOfTrack.values()], [1, 2, 1, OTHER_SLOT, OTHER_SLOT, NONE_SLOT]);
  assert.deepEqual(
    legend.map(({ label, tracks }) => [label, tracks]),
    [["label 0", 2], ["label 1", 1], ["2 others", 2], ["none", 1]],
  );
});

test("a single label in grey keeps its name", () => {
  const labels = Array.from({ length: CATEGORICAL.length + 1 }, (_, i) => `label ${i}`);
  const { legend } = colourClasses([1], [CATEGORICAL.length], labels);
  assert.equal(legend[0].label, `label ${CATEGORICAL.length}`);
});

test("a value keeps its colour, whichever tracks are shown", () => {
  const labels = ["rock", "jazz"];
  const all = colourClasses([1, 2, 3], [0, 0, 1], labels);
  const some = colourClasses([3], [1], labels);
  const jazz = (colouring) => colouring.legend.find(({ label }) => label === "jazz").colour;
  assert.equal(jazz(all), jazz(some));
});

test("the palette holds the legend's colours at the legend's slots", () => {
  const { legend, palette } = colourClasses([1, 2], [0, 1], ["a", "b"]);
  for (const { slot, colour } of legend) {
    const hex = [...palette.slice(slot * 4, slot * 4 + 3)]
      .map((part) => part.toString(16).padStart(2, "0"))
      .join("");
    assert.equal(`#${hex}`, colour);
  }
});

test("colours are all different, Okabe and Ito's first", () => {
  assert.equal(new Set(CATEGORICAL).size, CATEGORICAL.length);
  assert.deepEqual(CATEGORICAL.slice(0, 3), ["#e69f00", "#56b4e9", "#009e73"]);
});

test("every segment has its track's slot; unknown tracks have none", () => {
  const slots = slotsOfPoints(Int32Array.of(1, 1, 4, 9), new Map([[1, 3], [9, 7]]));
  assert.deepEqual([...slots], [3, 3, 0, 7]);
});

test("values take shades from the lowest to the highest, no value none", () => {
  assert.deepEqual([...slotsOfValues([0, 0.5, 1, 2, -1, NaN], [0, 1])], [1, 128, 255, 255, 1, NONE_SLOT]);
});

test("equal values do not divide by zero", () => {
  assert.deepEqual([...slotsOfValues([0.4, 0.4], [0.4, 0.4])], [1, 1]);
});

test("the sequential palette goes from dark to light", () => {
  const palette = sequentialPalette();
  const light = (slot) => palette[slot * 4] + palette[slot * 4 + 1] + palette[slot * 4 + 2];
  for (let slot = 8; slot < 256; slot += 8) assert.ok(light(slot) > light(slot - 8) - 12);
  assert.ok(light(255) > 1.5 * light(0));
});

test("every shade of the sequential palette stands out from the dark map", () => {
  const palette = sequentialPalette();
  const linear = (part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const map = luminance([0x0c, 0x0f, 0x12]); // --map of site.css
  for (let slot = 0; slot < 256; slot++) {
    const shade = luminance(palette.slice(slot * 4, slot * 4 + 3));
    assert.ok((shade + 0.05) / (map + 0.05) >= 3, `slot ${slot}`);
  }
});

test("the best so many of a hundred, with all that equal the last; dots without a value are none", () => {
  const slots = Uint8Array.of(0, 0, 255, 200, 200, 100, 50, 50, 50, 1);
  assert.equal(leastOfBest(slots, 100), 1);
  assert.equal(leastOfBest(slots, 1), 255);
  assert.equal(leastOfBest(slots, 12.5), 255);
  assert.equal(leastOfBest(slots, 13), 200);
  assert.equal(leastOfBest(slots, 51), 50);
  assert.equal(leastOfBest(Uint8Array.of(0, 0), 10), 256);
});
