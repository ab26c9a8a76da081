import assert from "node:assert/strict";
import { test } from "node:test";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import { clock, count, percent, timeLeft, timeSpan } from "../../static/js/model/format.js";
import {
  axesSentence,
  axisName,
  qualityExplanation,
  qualitySentence,
} from "../../static/js/model/sentences.js";
import { layer, model, projection } from "./fixtures.js";

const [taggrams, embeddings] = buildCatalogue(
  [model("msd-musicnn", [layer("msd-musicnn", "taggrams"), layer("msd-musicnn", "embeddings")])],
  [projection("msd-musicnn-embeddings", "pca"), projection("msd-musicnn-embeddings", "umap")],
);

const layout = (entry, method) => ({
  entry,
  method,
  projection: entry.projections.get(method) ?? null,
});
const sentence = (entry, method, x, y, log = [false, false]) =>
  axesSentence(layout(entry, method), { x, y, log });

test("axes are named by what they are", () => {
  assert.equal(axisName(layout(taggrams, "original"), 1), "techno");
  assert.equal(axisName(layout(embeddings, "original"), 16), "dimension 17");
  assert.equal(axisName(layout(embeddings, "pca"), 0), "component 1 (43%)");
  assert.equal(axisName(layout(embeddings, "umap"), 1), "UMAP 2");
});

test("the sentence says what the axes mean, for each layout", () => {
  assert.match(sentence(taggrams, "original", 0, 2), /more “guitar”.*more “slow”/);
  assert.match(sentence(embeddings, "original", 4, 6), /Dimensions 5 and 7 of the 200/);
  assert.match(sentence(embeddings, "pca", 0, 1), /carry 56% of all differences/);
  assert.match(sentence(embeddings, "umap", 0, 1), /Directions have no meaning/);
  assert.match(sentence(embeddings, "tsne", 0, 1), /Directions have no meaning/);
});

test("the sentence says which axes are logarithmic, where axes mean something", () => {
  assert.match(sentence(taggrams, "original", 0, 2, [true, true]), /Both axes are logarithmic/);
  assert.match(sentence(embeddings, "pca", 0, 1, [false, true]), /axis upwards is logarithmic/);
  assert.doesNotMatch(sentence(embeddings, "umap", 0, 1, [true, true]), /logarithmic/);
});

test("quality is told where it was measured, and explained exactly", () => {
  const measured = projection("x", "umap", { neighbours_kept: 0.831 });
  assert.equal(qualitySentence(measured), "Kept 83% of neighbours · trustworthiness 0.92");
  assert.match(qualityExplanation(measured), /12 segments.*same track: 31%.*Trustworthiness 0\.92/);
  assert.equal(qualitySentence(projection("x", "umap", { neighbours_kept: null })), null);
  assert.equal(qualitySentence(null), null);
});

test("times and numbers are written as people write them", () => {
  assert.equal(clock(75.4), "1:15");
  assert.equal(clock(11.9996), "0:12");
  assert.equal(clock(3 * 3600 + 62), "3:01:02");
  assert.equal(timeSpan(11.968, 14.96), "0:12–0:15");
  assert.equal(timeSpan(0, 0.3), "0:00–0:01");
  assert.equal(percent(0.004), "0.4%");
  assert.equal(percent(0.625), "63%");
  assert.equal(count(1, "track"), "1 track");
  assert.equal(count(12345, "segment"), "12,345 segments");
});

test("time left is told roughly, and not at all where unknown", () => {
  assert.equal(timeLeft(20), "less than a minute left");
  assert.equal(timeLeft(61), "about 1 minute left");
  assert.equal(timeLeft(3 * 3600), "about 3 hours left");
  assert.equal(timeLeft(null), "");
});
