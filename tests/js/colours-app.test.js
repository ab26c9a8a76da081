import assert from "node:assert/strict";
import { test } from "node:test";
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { fakePage, settled, slowServer } from "./page.js";
import { Colours } from "../../static/js/app/colours.js";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import { defaults } from "../../static/js/model/choices.js";
import { layer, model } from "./fixtures.js";

const entries = buildCatalogue([model("msd-musicnn", [layer("msd-musicnn", "embeddings")])], []);

/** Tracks 1 and 2 with a value each, as the API sends classes. */
function classes(...labels) {
  const table = tableFromArrays({ track: [1, 2], class: [0, 1] });
  table.schema.metadata = new Map([["labels", JSON.stringify(labels)]]);
  return tableToIPC(table, { format: "stream" });
}

/** A page with colours, and a server that waits. */
function start() {
  const byId = fakePage();
  const server = slowServer();
  const explorer = Object.assign(new EventTarget(), {
    choices: defaults(1),
    entries,
    tags: [],
    library: { tracks: 2, tags: 0, artists: 2, albums: 2 },
    panes: [{ wanted: { entry: entries[0] }, content: null, view: { colour() {} } }],
    updates: 0,
    visibility: { update: () => explorer.updates++ },
    change(patch) {
      this.choices = { ...this.choices, ...patch };
      this.dispatchEvent(new Event("choices"));
    },
  });
  const colours = new Colours(explorer);
  return { byId, server, explorer, colours };
}

test("colours that come late do not take the place of those that are wanted by now", async () => {
  const { server, explorer, colours } = start();
  explorer.change({ colour: "artist" });
  explorer.change({ colour: "density" });
  await settled();
  await server.answer("by=artist", classes("Ann", "Bob"));
  assert.deepEqual(colours.legend?.ends, ["few dots around", "many"]);
});

test("an old failure is not told, and does not have the new colours asked for twice", async () => {
  const { byId, server, explorer, colours } = start();
  explorer.change({ colour: "artist" });
  explorer.change({ colour: "album" });
  await server.fail("by=artist");
  explorer.change({});
  assert.equal(server.asked.length, 1);
  assert.equal(byId("legend").text, "");
  await server.answer("by=album", classes("One", "Two"));
  assert.equal(colours.name, "album");
  assert.deepEqual(colours.legend?.entries.map(({ label }) => label), ["One", "Two"]);
});

test("what dots are coloured by is called by its name, lent colours too", async () => {
  const { byId, server, explorer, colours } = start();
  explorer.change({ colour: "position" });
  await settled();
  assert.equal(colours.name, "position in the track");
  const lent = { name: "disagreement", palette: new Uint8Array(), legend: null, ends: ["a", "b"] };
  colours.lend(lent);
  assert.equal(colours.name, "disagreement");
  explorer.change({ colour: "album" });
  await server.fail("by=album"); // which is not what is shown
  assert.doesNotMatch(byId("legend").text, /could not be loaded/);
  colours.lend(null);
  assert.match(byId("legend").children[0].children[0].text, /could not be loaded/);
});

test("values that are switched off are in the choices, and come back with them", async () => {
  const { byId, server, explorer, colours } = start();
  explorer.change({ colour: "artist", off: [2, 9] }); // as by a reload; there is no ninth
  await server.answer("by=artist", classes("Ann", "Bob"));
  assert.deepEqual([...colours.hidden], [2]);
  const [ann] = byId("legend").children[0].children;
  ann.children[0].click();
  assert.deepEqual(explorer.choices.off, [1, 2]);
  assert.equal(byId("legend").children[0].children[0], ann); // and keeps the focus
  explorer.change({ off: [] }); // as by going back
  assert.equal(colours.hidden.size, 0);
  assert.equal(explorer.updates, 2);
});

test("what is switched off goes with its colour, but may come with another", async () => {
  const { server, explorer, colours } = start();
  explorer.change({ colour: "artist", off: [1] });
  await server.answer("by=artist", classes("Ann", "Bob"));
  explorer.change({ colour: "album" });
  await server.answer("by=album", classes("One", "Two"));
  assert.deepEqual([explorer.choices.off, colours.hidden.size], [[], 0]);
  explorer.change({ colour: "artist", off: [1] }); // as by going back
  await server.answer("by=artist", classes("Ann", "Bob"));
  assert.deepEqual([...colours.hidden], [1]);
  colours.lend({ name: "x", palette: new Uint8Array(), legend: null, ends: ["a", "b"] });
  assert.equal(colours.hidden.size, 0);
  colours.lend(null);
  assert.deepEqual([...colours.hidden], [1]);
});

test("a search by tags colours dots, the best alone on request; a mistake in it leaves them plain", async () => {
  const { server, explorer, colours } = start();
  const tagged = buildCatalogue([model("msd-musicnn", [layer("msd-musicnn", "taggrams"), layer("msd-musicnn", "embeddings")])], []);
  Object.assign(explorer, { entries: tagged });
  explorer.panes[0].wanted.entry = tagged[1];
  let painted = 0;
  explorer.addEventListener("colour", () => painted++);
  explorer.change({ colour: "words:pianno" });
  await server.fail("words/?q=pianno");
  assert.equal(painted, 1);
  assert.ok(colours.failure);
  assert.equal(colours.ranked, false);
  explorer.change({ colour: "words:piano, slow", best: 50 });
  const scores = tableFromArrays({
    track: Int32Array.of(1, 1, 2),
    position: Int32Array.of(0, 1, 0),
    score: Uint8Array.of(0, 100, 200),
  });
  await server.answer("words/?q=piano%2C+slow", tableToIPC(scores, { format: "stream" }));
  assert.equal(colours.failure, null);
  assert.equal(colours.name, "piano, slow");
  const points = { track: [1, 1, 2], position: [0, 1, 0] };
  const slots = colours.slotsOf({ points, layer: tagged[1].layer, averaged: false, log: [false, false] });
  assert.deepEqual([...slots], [1, 128, 255]);
  assert.equal(colours.leastOf(slots), 128);
  explorer.change({ best: null });
  assert.equal(colours.leastOf(slots), 0);
});
