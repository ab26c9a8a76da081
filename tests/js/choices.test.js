import assert from "node:assert/strict";
import { test } from "node:test";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import {
  defaults,
  initialChoices,
  lastAddress,
  missingChoices,
  parseAddress,
  remember,
  rememberAddress,
  resolveColour,
  resolvePane,
  withMaps,
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

const NONE = defaults(1);

/** The choices of a page with one map. */
function chosen({ colour = null, ...pane }) {
  return { ...NONE, colour, panes: [{ ...NONE.panes[0], ...pane }] };
}

for (const choices of [
  chosen({ layer: "msd-musicnn-taggrams", method: "original", x: 12, y: 3, colour: "tags:mood/theme" }),
  chosen({ layer: "a-b-c", method: "pca", x: 1, y: 0, colour: "heard:female vocalists" }),
  chosen({ layer: "a-b-c", method: "umap", log: [false, true], colour: "tag:17" }),
  chosen({ layer: "a-b-c", method: "umap", colour: "tags:genre & more=1#x" }),
  NONE,
]) {
  test(`choices survive the address and the storage: ${choices.colour}`, () => {
    const { choices: read, unknown } = parseAddress(writeAddress(choices), 1);
    assert.deepEqual([read, unknown], [choices, []]);
    const storage = memory();
    remember(storage, choices);
    assert.deepEqual(initialChoices("", 1, storage).choices, choices);
  });
}

test("two maps have choices of their own, and share the rest", () => {
  const [first, second] = defaults(2).panes;
  const choices = {
    ...NONE,
    colour: "album",
    panes: [{ ...first, layer: "a" }, { ...second, layer: "b", method: "pca", x: 2 }],
  };
  assert.equal(writeAddress(choices), "?layer=a&layer2=b&by2=pca&x2=2&colour=album");
  assert.deepEqual(parseAddress(writeAddress(choices), 2).choices, choices);
  assert.deepEqual(parseAddress("?layer=a&layer2=b", 1).unknown, ["layer2"]);
});

test("addresses of the first versions of the page mean what they meant", () => {
  const { choices } = parseAddress("?layer=a-b-c&by=pca&x=3&y=2&colour=tags%3Amood%2Ftheme", 1);
  assert.deepEqual(choices, chosen({ layer: "a-b-c", method: "pca", x: 3, y: 2, colour: "tags:mood/theme" }));
});

test("nonsense in an address is left out, and named", () => {
  const { choices, written, unknown } = parseAddress("?x=-1&y=1e9&colour=javascript:1&by=&what=4", 1);
  assert.deepEqual([choices, written], [NONE, false]);
  assert.deepEqual(unknown, ["x", "y", "colour", "by", "what"]);
});

test("an address is complete: what was chosen on the last visit is not mixed in", () => {
  const storage = memory();
  remember(storage, chosen({ layer: "a", method: "pca", x: 4, y: 3 }));
  const { x, y } = initialChoices("?layer=a&by=pca&x=3", 1, storage).choices.panes[0];
  assert.deepEqual([x, y], [3, 1]);
  const unread = initialChoices("?what=3", 1, storage);
  assert.deepEqual([unread.choices.panes[0].x, unread.unknown], [4, ["what"]]);
});

test("values switched off in the legend are in the address, and not kept for the next visit", () => {
  const choices = { ...chosen({ colour: "artist" }), off: [0, 3] };
  assert.equal(writeAddress(choices), "?colour=artist&off=0,3");
  assert.deepEqual(parseAddress("?colour=artist&off=0,3", 1).choices, choices);
  const storage = memory();
  remember(storage, choices);
  assert.deepEqual(initialChoices("", 1, storage).choices.off, []);
});

test("an address is as easy to read as it may be", () => {
  assert.equal(writeAddress(chosen({ colour: "tags:mood/theme" })), "?colour=tags:mood/theme");
});

test("choices that do not exist give way to real ones", () => {
  const shown = (change) => resolvePane({ ...NONE.panes[0], ...change }, entries);
  const none = shown({});
  assert.deepEqual([none.entry.layer.name, none.method], ["msd-musicnn-embeddings", "umap"]);
  const gone = shown({ layer: "gone", method: "gone" });
  assert.deepEqual([gone.entry.layer.name, gone.method], ["msd-musicnn-embeddings", "umap"]);
  assert.equal(shown({ layer: "msd-musicnn-taggrams", method: "pca" }).method, "original");
  const calm = { id: 1, category: "mood/theme", name: "calm", tracks: 2 };
  const jazz = { id: 2, category: "genre", name: "jazz", tracks: 9 };
  assert.equal(colourOf(null, []), "artist");
  assert.equal(colourOf(null, [jazz]), "tags:genre");
  assert.equal(colourOf(null, [jazz, calm]), "tags:mood/theme");
  assert.equal(colourOf("album", [jazz, calm]), "album");
});

function colourOf(colour, tags, library = LIBRARY) {
  return resolveColour(chosen({ colour }), entries, entries[1], tags, library);
}

test("axes beyond the map, or twice the same, give way to the first two", () => {
  assert.deepEqual(axesOf({ x: 9, y: 2 }), [9, 2]);
  assert.deepEqual(axesOf({ x: 10, y: 2 }), [0, 1]);
  assert.deepEqual(axesOf({ x: 2, y: 2 }), [0, 1]);
});

test("a map is shown by its number, whatever layer is asked for", () => {
  const custom = projection("msd-musicnn-taggrams", "umap", { subset: { every: 2 } });
  const [own, all] = [entries[0].projections, entries];
  own.set("umap", custom);
  const shown = resolvePane({ ...NONE.panes[0], layer: "msd-musicnn-embeddings", map: custom.id }, all);
  own.delete("umap");
  assert.deepEqual([shown.entry, shown.projection, shown.method], [entries[0], custom, "umap"]);
});

test("what an address asks for in vain is named", () => {
  const missing = (change) => missingChoices(chosen(change), entries, []);
  assert.deepEqual(missing({}), []);
  assert.deepEqual(missing({ layer: "gone", method: "umap", map: 99, colour: "tag:7" }), [
    "layer=gone", "map=99", "colour=tag:7",
  ]);
  assert.deepEqual(missing({ layer: "msd-musicnn-embeddings", method: "tsne" }), ["by=tsne"]);
  assert.deepEqual(missing({ layer: "msd-musicnn-embeddings", method: "umap", colour: "album" }), []);
});

test("axes without meaning are never logarithmic", () => {
  const log = [true, false];
  const shown = (method) =>
    resolvePane({ ...NONE.panes[0], layer: "msd-musicnn-embeddings", method, log }, entries).log;
  assert.deepEqual([shown("pca"), shown("umap")], [log, [false, false]]);
});

function axesOf(axes) {
  const pca = { ...NONE.panes[0], layer: "msd-musicnn-embeddings", method: "pca" };
  const { x, y } = resolvePane({ ...pca, ...axes }, entries);
  return [x, y];
}

test("an address without choices is empty", () => {
  assert.equal(writeAddress(NONE), "");
});

test("a map starts with a colour that tells its tracks apart", () => {
  const colour = (choice, artists, albums, tags = []) => colourOf(choice, tags, { artists, albums });
  assert.equal(colour(null, 0, 0), "track");
  assert.equal(colour(null, 1, 1), "track");
  assert.equal(colour(null, 1, 2), "album");
  assert.equal(colour(null, 2, 2), "artist");
  assert.equal(colour(null, 0, 0, [{ id: 1, category: "genre", name: "jazz", tracks: 1 }]), "tags:genre");
  assert.equal(colour("artist", 0, 0), "track");
  assert.equal(colour("album", 2, 0), "artist");
  assert.equal(colour("artist", 1, 1), "artist"); // wished for, and there
});

test("averages lie nowhere in their tracks: they keep the usual colour", () => {
  const calm = { id: 1, category: "mood/theme", name: "calm", tracks: 2 };
  const colour = (show, tags) =>
    resolveColour({ ...chosen({ colour: "position" }), show }, entries, entries[1], tags, LIBRARY);
  assert.equal(colour("averages", [calm]), "tags:mood/theme");
  assert.equal(colour("averages", []), "artist");
  assert.equal(colour("segments", [calm]), "position");
});

test("pages that are gone to from a map lead back to it", () => {
  const storage = memory();
  assert.equal(lastAddress(storage), "");
  rememberAddress(storage, 1, "?by=pca&sel=at3");
  rememberAddress(storage, 2, "?by=umap&by2=umap");
  assert.equal(lastAddress(storage), "?by=pca&sel=at3");
});

test("a map that is not kept any more gives way to the newest, and all else stays", () => {
  const { panes, ...shared } = parseAddress("?map=3&x=2&map2=4&seed=3", 2).choices;
  const moved = withMaps({ panes, ...shared }, new Map([[3, 9]]));
  assert.deepEqual(moved, { ...shared, panes: [{ ...panes[0], map: 9 }, panes[1]] });
  assert.equal(withMaps(NONE, new Map([[3, 9]])).panes[0].map, null);
});
