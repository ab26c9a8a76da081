import assert from "node:assert/strict";
import { test } from "node:test";
import { recallAxes, rememberAxes } from "../../static/js/model/axes-memory.js";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import { layer, model, projection } from "./fixtures.js";

const [entry] = buildCatalogue(
  [model("msd-musicnn", [layer("msd-musicnn", "embeddings")])],
  [projection("msd-musicnn-embeddings", "pca")],
);
const pca = { entry, method: "pca", projection: entry.projections.get("pca") };
const original = { entry, method: "original", projection: null };
const FIRST_TWO = { x: 0, y: 1, log: [false, false] };

function memory(text = null) {
  return { getItem: () => text, setItem: (_, value) => (text = value) };
}

test("axes are remembered for each layer and layout", () => {
  const storage = memory();
  rememberAxes(storage, pca, { x: 4, y: 2, log: [false, true] });
  rememberAxes(storage, original, { x: 150, y: 3, log: [true, true] });
  rememberAxes(storage, pca, { x: 5, y: 2, log: [false, true] });
  assert.deepEqual(recallAxes(storage, pca), { x: 5, y: 2, log: [false, true] });
  assert.deepEqual(recallAxes(storage, original), { x: 150, y: 3, log: [true, true] });
});

test("a map begins with its first two axes", () => {
  assert.deepEqual(recallAxes(memory(), pca), FIRST_TWO);
  assert.deepEqual(recallAxes(memory("nonsense"), pca), FIRST_TWO);
  const storage = memory();
  rememberAxes(storage, pca, { x: 12, y: 2, log: [true, true] }); // fewer axes by now
  assert.deepEqual(recallAxes(storage, pca), FIRST_TWO);
});
