import assert from "node:assert/strict";
import { test } from "node:test";
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { fakePage, slowServer } from "./page.js";
import { Disagreement } from "../../static/js/app/disagreement.js";
import { layer } from "./fixtures.js";

const LAYERS = ["a", "b", "c"].map((name) => ({ layer: { ...layer(name, "embeddings"), name } }));

/** Two maps, of the layers a and b, whose disagreement is wanted. */
function start() {
  const byId = fakePage();
  const server = slowServer();
  let lent = null;
  const explorer = Object.assign(new EventTarget(), {
    choices: { disagree: true },
    entries: LAYERS,
    panes: [{ wanted: { entry: LAYERS[0] } }, { wanted: { entry: LAYERS[1] } }],
    colours: { lend: (colouring) => (lent = colouring) },
  });
  new Disagreement(explorer);
  const show = (index) => {
    explorer.panes[1].wanted = { entry: LAYERS[index] };
    explorer.dispatchEvent(new Event("choices"));
  };
  return { byId, server, show, lent: () => lent };
}

/** Two segments of track 1, the first of which differs. */
function points() {
  const table = tableFromArrays({ track: [1, 1], position: [0, 1], disagreement: [1, 0] });
  table.schema.metadata = new Map([["layer", "a"]]);
  return tableToIPC(table, { format: "stream" });
}

async function compared(server) {
  await server.answer("comparisons/", { id: 1, layers: ["a", "b"], mean: 0.5 });
  await server.answer("comparisons/1/points/", points());
  await server.answer("comparisons/1/tracks/", { results: [] });
}

test("the colours of one pair are not those of the next, though it may fail", async () => {
  const { byId, server, show, lent } = start();
  show(1);
  await compared(server);
  assert.equal(lent().name, "disagreement");
  show(2);
  assert.equal(lent(), null);
  await server.fail("comparisons/");
  assert.equal(lent(), null);
  assert.match(byId("disagree-error").text, /cannot be reached/);
});

test("a track's average differs as its segments do on average", async () => {
  const { server, show, lent } = start();
  show(1);
  await compared(server);
  const dots = { layer: LAYERS[0].layer, log: [false, false] };
  const average = { ...dots, averaged: true, points: { track: [1], position: [0] } };
  assert.deepEqual([...lent().slots(average)], [128]);
  const segments = { ...dots, averaged: false, points: { track: [1, 1], position: [0, 1] } };
  assert.deepEqual([...lent().slots(segments)], [255, 1]);
});
