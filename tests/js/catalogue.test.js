import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildCatalogue,
  dimensionsOf,
  findProjection,
  layoutOptions,
  methodName,
  methodsOf,
  nearestEntry,
  seenByOptions,
  startingEntry,
  startingMethod,
} from "../../static/js/model/catalogue.js";
import { layer, model, projection } from "./fixtures.js";

const MODELS = [
  model("msd-musicnn", [
    layer("msd-musicnn", "taggrams"),
    layer("msd-musicnn", "embeddings"),
    layer("msd-musicnn", "penultimate", { enabled: false }),
  ]),
  model("mtt-musicnn", [layer("mtt-musicnn", "taggrams"), layer("mtt-musicnn", "embeddings")]),
  model("mtt-vgg", [layer("mtt-vgg", "taggrams"), layer("mtt-vgg", "embeddings", { segments: 0 })]),
];
const PROJECTIONS = [
  projection("msd-musicnn-taggrams", "umap"),
  projection("mtt-musicnn-embeddings", "umap"),
  projection("mtt-musicnn-embeddings", "pca"),
];
const entries = buildCatalogue(MODELS, PROJECTIONS);
const named = (name) => entries.find((entry) => entry.layer.name === name);

test("only layers that are enabled and have segments or maps are offered", () => {
  assert.deepEqual(
    entries.map((entry) => entry.layer.name),
    [
      "msd-musicnn-taggrams",
      "msd-musicnn-embeddings",
      "mtt-musicnn-taggrams",
      "mtt-musicnn-embeddings",
      "mtt-vgg-taggrams",
    ],
  );
});

test("a first visit begins with embeddings that have been laid out", () => {
  assert.equal(startingEntry(entries).layer.name, "mtt-musicnn-embeddings");
});

test("layouts are those that exist, the original numbers always", () => {
  assert.deepEqual(methodsOf(named("mtt-musicnn-embeddings")), ["original", "pca", "umap"]);
  assert.deepEqual(methodsOf(named("mtt-vgg-taggrams")), ["original"]);
});

test("a map of a sample does not displace the whole one", () => {
  const whole = projection("mtt-vgg-taggrams", "umap", { segments: 277 });
  const sample = projection("mtt-vgg-taggrams", "umap", { segments: 50, usual: false });
  const [entry] = buildCatalogue([MODELS[2]], [whole, sample]);
  assert.equal(entry.projections.get("umap"), whole);
});

test("a map that somebody asked for takes nobody's place", () => {
  const change = { on_demand: true, usual: false, segments: 900 };
  const [own, asked, only] = [
    projection("mtt-vgg-taggrams", "umap", { parameters: { n_neighbors: 12 }, usual: false }),
    projection("mtt-vgg-taggrams", "umap", change),
    projection("mtt-vgg-taggrams", "tsne", change),
  ];
  const [entry] = buildCatalogue([MODELS[2]], [asked, only, own]);
  assert.equal(entry.projections.get("umap"), own);
  assert.deepEqual(entry.custom, [asked, only]);
  assert.deepEqual(methodsOf(entry), ["original", "umap"]);
  assert.equal(startingMethod(buildCatalogue([MODELS[2]], [only])[0]), "original");
});

test("an earlier version does not take the place of the newest", () => {
  const [first, second] = [1, 2].map((version) => projection("mtt-vgg-taggrams", "umap", { version }));
  const [entry] = buildCatalogue([MODELS[2]], [first, second]);
  assert.equal(entry.projections.get("umap"), second);
  assert.deepEqual(entry.custom, [first]);
});

test("maps made on demand are named by what sets them apart", () => {
  const layout = "mtt-vgg-taggrams";
  const usual = projection(layout, "umap");
  const tighter = projection(layout, "umap", {
    parameters: { ...usual.parameters, n_neighbors: 12 },
    on_demand: true,
    usual: false,
  });
  const part = projection(layout, "umap", {
    parameters: { ...usual.parameters, n_neighbors: 12, min_dist: 0.5 },
    segments: 400,
    tracks: 14,
    subset: { filter: { tags: "3" } },
    on_demand: true,
    usual: false,
  });
  const drawn = projection(layout, "tsne", { subset: { every: 2 }, seed: 5, usual: false });
  const [entry] = buildCatalogue([MODELS[2]], [part, tighter, usual, drawn]);
  assert.equal(entry.projections.get("umap"), usual);
  assert.deepEqual(
    layoutOptions(entry).map(({ label }) => label),
    [
      "two of the original numbers",
      "t-SNE",
      "UMAP",
      "UMAP · 12 neighbours",
      "UMAP · 12 neighbours · minimum distance 0.5 · 400 segments of 14 tracks",
    ],
  );
  assert.deepEqual(findProjection([entry], part.id), { entry, projection: part });
  assert.equal(findProjection([entry], 0), null);
});

test("axes to choose from: as many as the layer or the map has", () => {
  const entry = named("mtt-musicnn-embeddings");
  const dimensions = (method) =>
    dimensionsOf({ entry, method, projection: entry.projections.get(method) ?? null });
  assert.equal(dimensions("original"), 200);
  assert.equal(dimensions("pca"), 10);
  assert.equal(dimensions("umap"), 2);
});

test("datasets are offered for the architecture, layers for both", () => {
  const offered = seenByOptions(entries, named("mtt-vgg-taggrams"));
  assert.deepEqual(offered.architectures.map(({ label }) => label), ["MusiCNN", "VGG"]);
  assert.deepEqual(offered.datasets, [{ value: "mtt", label: "MagnaTagATune" }]);
  assert.deepEqual(offered.layers.map(({ value }) => value), ["mtt-vgg-taggrams"]);
});

test("changing the architecture keeps dataset and kind of layer where they exist", () => {
  const from = named("mtt-musicnn-taggrams");
  assert.equal(nearestEntry(entries, from, { architecture: "vgg" }).layer.name, "mtt-vgg-taggrams");
  const back = nearestEntry(entries, named("mtt-vgg-taggrams"), { architecture: "musicnn" });
  assert.equal(back.layer.name, "mtt-musicnn-taggrams");
  const other = nearestEntry(entries, from, { dataset: "msd" });
  assert.equal(other.layer.name, "msd-musicnn-taggrams");
});

test("methods under names that tell nothing are layouts like others", () => {
  const drawn = buildCatalogue([MODELS[2]], [
    projection("mtt-vgg-embeddings", "layout-k"),
    projection("mtt-vgg-embeddings", "layout-b"),
  ]);
  assert.deepEqual(methodsOf(drawn[1]), ["layout-k", "layout-b"]);
  assert.equal(startingEntry(drawn).layer.name, "mtt-vgg-embeddings");
  assert.equal(startingMethod(drawn[1]), "layout-k");
  assert.equal(methodName("layout-k"), "Layout K");
});
