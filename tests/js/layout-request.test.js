import assert from "node:assert/strict";
import { test } from "node:test";

import { complaint, layoutRequest, METHODS } from "../../static/js/model/layout-request.js";

test("a layout of everything says nothing of tracks, one of what is shown names the filter", () => {
  const wanted = { layer: "msd-vgg-embeddings", method: "umap", parameters: { n_neighbors: 5 }, seed: 3 };
  assert.deepEqual(layoutRequest(wanted, null), wanted);
  assert.deepEqual(layoutRequest(wanted, { query: "tags=1%7C2%2C%213&random=9&seed=4", every: 2 }), {
    ...wanted,
    filter: { tags: "1|2,!3", random: "9", seed: "4" },
    every: 2,
  });
});

test("values that a method cannot take are named", () => {
  const [neighbours, distance] = METHODS.get("umap");
  assert.equal(complaint(neighbours, 15), null);
  assert.equal(complaint(distance, 0.25), null);
  assert.match(complaint(neighbours, 1), /Neighbours is a number from 2 to 200/);
  assert.match(complaint(neighbours, NaN), /Neighbours is a number/);
  assert.match(complaint(neighbours, 2.5), /Neighbours is a whole number/);
});

test("every starting value is one that the method takes", () => {
  for (const parameter of [...METHODS.values()].flat()) {
    assert.equal(complaint(parameter, parameter.initial), null);
  }
});
