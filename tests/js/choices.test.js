import assert from "node:assert/strict";
import { test } from "node:test";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import {
  DEFAULTS,
  initialChoices,
  parseAddress,
  remember,
  resolve,
  writeAddress,
} from "../../static/js/model/choices.js";
import { layer, model, projection } from "./fixtures.js";

const LIBRARY = { artists: 2, albums: 2 };
const entries = buildCatalogue(
  [model("msd-musicnn", [layer("msd-musicnn", "taggrams"), layer("msd-musicnn", "embeddings")])],
  [projection("msd-musicnn-embeddings", "umap"), projection("msd-musicnn-embeddings", "pca")],
);

/** Storage that keeps texts, as a browser's does. */
function memory() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
  };
}

for (const choices of [
  { layer: "msd-musicnn-taggrams", method: "original", x: 12, y: 3, colour: "tags:mood/theme" },
  { layer: "a-b-c", method: "pca", x: 1, y: 0, colour: "heard:female vocalists" },
  { layer: "a-b-c", method: "umap", x: 0, y: 1, colour: "tag:17" },
  { layer: "a-b-c", method: "umap", x: 0, y: 1, colour: "tags:genre & more=1#x" },
  DEFAULTS,
]) {
  test(`choices survive the address and the storage: ${choices.colour}`, () => {
    assert.deepEqual({ ...DEFAULTS, ...parseAddress(writeAddress(choices)) }, choices);
    const storage = memory();
    remember(storage, choices);
    assert.deepEqual(initialChoices("", storage), choices);
  });
}

test("nonsense in an address is left out", () => {
  assert.deepEqual(parseAddress("?x=-1&y=1e9&colour=javascript:1&by="), {});
  assert.deepEqual(initialChoices("", memory()), DEFAULTS);
});

test("an address is complete: what was chosen on the last visit is not mixed in", () => {
  const storage = memory();
  remember(storage, { ...DEFAULTS, layer: "a", method: "pca", x: 4, y: 3 });
  const choices = initialChoices("?layer=a&by=pca&x=3", storage);
  assert.deepEqual([choices.x, choices.y], [3, 1]);
});

test("what else stands in the address stays there", () => {
  const search = writeAddress({ ...DEFAULTS, layer: "a", method: "umap" }, "?selection=4&x=7");
  assert.equal(new URLSearchParams(search).get("selection"), "4");
  assert.equal(new URLSearchParams(search).has("x"), false);
});

test("choices that do not exist give way to real ones", () => {
  const none = resolve(DEFAULTS, entries, [], LIBRARY);
  assert.deepEqual([none.entry.layer.name, none.method], ["msd-musicnn-embeddings", "umap"]);
  const gone = resolve({ ...DEFAULTS, layer: "gone", method: "gone" }, entries, [], LIBRARY);
  assert.deepEqual([gone.entry.layer.name, gone.method], ["msd-musicnn-embeddings", "umap"]);
  const unlaid = { ...DEFAULTS, layer: "msd-musicnn-taggrams", method: "pca" };
  assert.equal(resolve(unlaid, entries, [], LIBRARY).method, "original");
  const colour = (choice, tags) => resolve({ ...DEFAULTS, colour: choice }, entries, tags, LIBRARY).colour;
  const calm = { id: 1, category: "mood/theme", name: "calm", tracks: 2 };
  const jazz = { id: 2, category: "genre", name: "jazz", tracks: 9 };
  assert.equal(colour(null, []), "artist");
  assert.equal(colour(null, [jazz]), "tags:genre");
  assert.equal(colour(null, [jazz, calm]), "tags:mood/theme");
  assert.equal(colour("album", [jazz, calm]), "album");
});

test("axes beyond the map, or twice the same, give way to the first two", () => {
  const pca = { ...DEFAULTS, layer: "msd-musicnn-embeddings", method: "pca" };
  assert.deepEqual(axesOf({ ...pca, x: 9, y: 2 }), [9, 2]);
  assert.deepEqual(axesOf({ ...pca, x: 10, y: 2 }), [0, 1]);
  assert.deepEqual(axesOf({ ...pca, x: 2, y: 2 }), [0, 1]);
});

function axesOf(choices) {
  const { x, y } = resolve(choices, entries, [], LIBRARY);
  return [x, y];
}

test("an address without choices is empty, whatever is shown", () => {
  assert.equal(writeAddress(DEFAULTS), "");
  assert.equal(writeAddress(DEFAULTS, "?by=pca"), "");
});

test("a map starts with a colour that tells its tracks apart", () => {
  const colour = (choice, artists, albums, tags = []) =>
    resolve({ ...DEFAULTS, colour: choice }, entries, tags, { artists, albums }).colour;
  assert.equal(colour(null, 0, 0), "track");
  assert.equal(colour(null, 1, 1), "track");
  assert.equal(colour(null, 1, 2), "album");
  assert.equal(colour(null, 2, 2), "artist");
  assert.equal(colour(null, 0, 0, [{ id: 1, category: "genre", name: "jazz", tracks: 1 }]), "tags:genre");
  assert.equal(colour("artist", 0, 0), "track");
  assert.equal(colour("album", 2, 0), "artist");
  assert.equal(colour("artist", 1, 1), "artist"); // wished for, and there
});
