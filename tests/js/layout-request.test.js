import assert from "node:assert/strict";
import { test } from "node:test";

import { complaint, layoutRequest, parametersOf } from "../../static/js/model/layout-request.js";

test("a layout of everything says nothing of tracks, one of what is shown names the filter", () => {
  const wanted = { layer: "msd-vgg-embeddings", method: "umap", parameters: { n_neighbors: 5 }, seed: 3 };
  assert.deepEqual(layoutRequest(wanted, null), wanted);
  assert.deepEqual(layoutRequest(wanted, { query: "tags=1%7C2%2C%213&random=9&seed=4", every: 2 }), {
    ...wanted,
    filter: { tags: "1|2,!3", random: "9", seed: "4" },
    every: 2,
  });
});

const METHODS = [
  {
    name: "umap",
    parameters: [
      { name: "pca_dims", default: 7, least: 0, most: 500, whole: true },
      { name: "n_neighbors", default: 15, least: 2, most: 200, whole: true },
      { name: "min_dist", default: 0.1, least: 0, most: 0.99, whole: false },
    ],
  },
];

test("what a method asks for, from where and how far, is what the server says", () => {
  const parameters = parametersOf(METHODS, "umap");
  assert.deepEqual(
    parameters.map(({ label, default: initial, most }) => [label, initial, most]),
    [
      ["Neighbours", 15, 200],
      ["Minimum distance", 0.1, 0.99],
      ["Components used", 7, 500],
    ],
  );
  assert.deepEqual(parametersOf(METHODS, "tsne"), []);
});

test("values that a method cannot take are named", () => {
  const [neighbours, distance] = parametersOf(METHODS, "umap");
  assert.equal(complaint(neighbours, 15), null);
  assert.equal(complaint(distance, 0.25), null);
  assert.match(complaint(distance, 1), /Minimum distance is a number from 0 to 0.99/);
  assert.match(complaint(neighbours, 1), /Neighbours is a number from 2 to 200/);
  assert.match(complaint(neighbours, NaN), /Neighbours is a number/);
  assert.match(complaint(neighbours, 2.5), /Neighbours is a whole number/);
});
