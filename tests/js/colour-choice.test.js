import assert from "node:assert/strict";
import { test } from "node:test";
import { jobSentence } from "../../static/js/model/sentences.js";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import {
  argumentOf,
  colourName,
  colourOptions,
  existingColour,
  heardBy,
  kindOf,
  tagOptions,
  wordsColour,
} from "../../static/js/model/colour-choice.js";
import { layer, model } from "./fixtures.js";

const entries = buildCatalogue(
  [
    model("msd-musicnn", [layer("msd-musicnn", "taggrams"), layer("msd-musicnn", "embeddings")]),
    model("audioset-vggish", [layer("audioset-vggish", "embeddings")]),
  ],
  [],
);
const [taggrams, heard, deaf] = entries; // the second network has no tags of its own
const TAGS = [
  { id: 1, category: "genre", name: "jazz", tracks: 3 },
  { id: 2, category: "mood/theme", name: "calm", tracks: 2 },
  { id: 3, category: "instrument", name: "oboe", tracks: 0 },
];
const LIBRARY = { artists: 2, albums: 2 };
const values = (options) => options.map(({ value }) => value);

test("only tags, artists and albums that tracks have, and what the network can hear, are offered", () => {
  assert.deepEqual(values(colourOptions(entries, heard, TAGS, LIBRARY, false)), [
    "tags:genre", "tags:mood/theme", "artist", "album", "track", "position", "density", "tag",
    "heard", "words",
  ]);
  const untagged = (library) =>
    values(colourOptions([deaf], deaf, [], library, true)).filter((value) => value !== "density");
  assert.deepEqual(untagged(LIBRARY), ["artist", "album", "track"]);
  assert.deepEqual(untagged({ artists: 1, albums: 0 }), ["artist", "track"]);
  assert.deepEqual(untagged({ artists: 0, albums: 1 }), ["album", "track"]);
  assert.deepEqual(untagged({ artists: 0, albums: 0 }), ["track"]);
  assert.deepEqual(values(tagOptions("tag", entries, heard, TAGS)), ["tag:1", "tag:2"]);
  assert.deepEqual(values(tagOptions("heard", entries, heard, TAGS)), [
    "heard:guitar", "heard:techno", "heard:slow",
  ]);
  assert.deepEqual(values(tagOptions("heard", entries, deaf, TAGS)), [
    "heard:guitar@msd-musicnn-taggrams",
    "heard:techno@msd-musicnn-taggrams",
    "heard:slow@msd-musicnn-taggrams",
  ]);
  assert.deepEqual(tagOptions("album", entries, heard, TAGS), []);
});

test("a choice is read by its kind and its argument", () => {
  assert.deepEqual([kindOf("heard:a:b"), argumentOf("heard:a:b")], ["heard", "a:b"]);
  assert.equal(kindOf("tags:genre"), "tags:genre");
});

test("what is heard is heard by the network on the map, or by the one that is named", () => {
  assert.deepEqual(heardBy("heard:techno", entries, heard), { layer: taggrams.layer, tag: "techno" });
  assert.deepEqual(heardBy("heard:techno@msd-musicnn-taggrams", entries, deaf), {
    layer: taggrams.layer,
    tag: "techno",
  });
});

test("a colour that does not exist here gives way to one that does", () => {
  const existing = (colour, entry) => existingColour(colour, entries, entry, TAGS, LIBRARY, false);
  assert.equal(existing("heard:techno", heard), "heard:techno");
  assert.equal(existing("heard:techno", deaf), "heard:guitar@msd-musicnn-taggrams");
  assert.equal(existing("tag:99", heard), "tag:1");
  assert.equal(existing("tags:mood/theme", deaf), "tags:mood/theme");
});

test("work in progress is told in words", () => {
  const job = { id: 1, kind: "reduction", state: "running", message: "" };
  const told = (change) => jobSentence({ ...job, ...change });
  assert.equal(
    told({ fraction: 0.5, seconds_left: 600 }),
    "Laying out the map · 50% · about 10 minutes left",
  );
  assert.equal(told({ fraction: null, seconds_left: null }), "Laying out the map");
  assert.equal(
    told({ state: "queued", fraction: 0, seconds_left: null }),
    "Laying out the map: waiting for its turn",
  );
});

test("a search by tags is a colour of the network on the map, or of another one", () => {
  const own = wordsColour("piano, not sad", "msd-musicnn-taggrams", entries, heard);
  assert.equal(own, "words:piano, not sad");
  assert.equal(kindOf(own), "words");
  assert.equal(existingColour(own, entries, heard, TAGS, LIBRARY, false), own);
  const all = [...entries, ...buildCatalogue([model("mtt-vgg", [layer("mtt-vgg", "taggrams")])], [])];
  const other = wordsColour("a@b", "mtt-vgg-taggrams", all, heard);
  assert.equal(other, "words:a@b@mtt-vgg-taggrams");
  const { layer: asked, tag } = heardBy(other, all, heard);
  assert.deepEqual([asked.name, tag], ["mtt-vgg-taggrams", "a@b"]);
  assert.equal(colourName("words:piano, not sad@mtt-vgg-taggrams", []), "piano, not sad");
});
