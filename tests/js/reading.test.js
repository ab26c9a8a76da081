import assert from "node:assert/strict";
import { test } from "node:test";
import { int32, tableFromArrays, tableToIPC, uint8 } from "@uwdata/flechette";
import { fakePage, settled, slowServer } from "./page.js";
import { Misplaced } from "../../static/js/app/misplaced.js";
import { RegionNames } from "../../static/js/app/region-names.js";
import { TrueNeighbours } from "../../static/js/app/true-neighbours.js";
import { layer, projection } from "./fixtures.js";

/** Two clusters of 200 segments. */
function newPoints() {
  const each = (value) => Float32Array.from({ length: 400 }, value);
  return {
    track: Int32Array.from({ length: 400 }, (_, i) => 1 + Math.floor(i / 200)),
    position: Int32Array.from({ length: 400 }, (_, i) => i % 200),
    x: each((_, i) => (i < 200 ? 1 : 90) + (i % 20) / 50),
    y: each((_, i) => (i < 200 ? 1 : 90) + (i % 10) / 30),
  };
}

/** A page with one map on it. */
function start(Feature) {
  const byId = fakePage();
  const server = slowServer();
  const view = {
    painters: new Set(),
    hovered: -1,
    element: { clientWidth: 800, clientHeight: 600 },
    zoomFactor: 1,
    surface: { colours: { ink: [0, 0, 0], background: [255, 255, 255] } },
    pixelOfData: (x, y) => [100 + 5 * x, 100 + 5 * y],
    repaint() {},
    flagsChanged() {},
  };
  const own = projection("a", "pca");
  const pane = { index: 0, view, averages: null, projection: own, entry: { layer: layer("a", "b") } };
  const explorer = Object.assign(new EventTarget(), {
    choices: { names: true, near: true, trust: true },
    panes: [pane],
  });
  new Feature(explorer);
  const show = (points, change = {}) => {
    Object.assign(pane, change);
    pane.content = { points, flags: new Uint8Array(points.track.length), log: [false, false] };
    explorer.dispatchEvent(new CustomEvent("content", { detail: { pane } }));
  };
  const choose = (patch) => {
    Object.assign(explorer.choices, patch);
    explorer.dispatchEvent(new Event("choices"));
  };
  return { byId, server, explorer, pane, show, choose };
}

function labels({ track, position }) {
  const tag = Uint8Array.from(track, (each) => each - 1);
  const table = tableFromArrays({ track, position, tag });
  table.schema.metadata = new Map([["tags", '["calm", "techno"]']]);
  return tableToIPC(table, { format: "stream" });
}

function trust({ track, position }, measured) {
  const of = (values) => values.slice(0, measured);
  const values = Uint8Array.from(track, (_, i) => (i === 0 ? 3 : 200));
  const types = { track: int32(), position: int32(), trust: uint8() };
  const columns = { track: of(track), position: of(position), trust: of(values) };
  const table = tableFromArrays(columns, { types });
  table.schema.metadata = new Map([["threshold", "100"]]);
  return tableToIPC(table, { format: "stream" });
}

/** The names that are written on a map. */
function written({ view }) {
  const names = [];
  const context = { measureText: () => ({ width: 40 }), strokeText() {}, fillText: (name) => names.push(name) };
  for (const paint of view.painters) paint(context, view);
  return names.sort();
}

test("names of regions stay where the same points are shown along other axes", async () => {
  const { server, pane, show } = start(RegionNames);
  const points = newPoints();
  show(points);
  await server.answer("layers/", labels(points));
  assert.deepEqual(written(pane), ["calm", "techno"]);
  show(points);
  assert.deepEqual(written(pane), ["calm", "techno"]);
  assert.equal(server.asked.length, 0);
  show(newPoints());
  assert.deepEqual(written(pane), []);
});

test("names that cannot be had are told of, and asked for again", async () => {
  const { byId, server, pane, show, choose } = start(RegionNames);
  const points = newPoints();
  show(points);
  await server.fail("labels/");
  assert.match(byId("names-told").textContent, /No names of regions\. The server cannot be reached/);
  choose({});
  await server.answer("labels/", labels(points));
  assert.deepEqual(written(pane), ["calm", "techno"]);
  assert.equal(byId("names-told").hidden, true);
});

test("true neighbours that cannot be had are told of, until others can", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { byId, server, explorer, pane, show, choose } = start(TrueNeighbours);
  show(newPoints());
  const hover = async (index) => {
    pane.view.hovered = index;
    explorer.dispatchEvent(new CustomEvent("hover", { detail: { pane, index } }));
    t.mock.timers.tick(80);
    await settled();
  };
  await hover(3);
  await server.fail("neighbours/");
  assert.match(byId("near-told").textContent, /No true neighbours\. The server cannot be reached/);
  await hover(4);
  await server.answer("neighbours/", []);
  assert.equal(byId("near-told").hidden, true);
  await hover(5);
  choose({ near: false });
  await server.fail("neighbours/");
  assert.equal(byId("near-told").hidden, true);
});

test("what is told of misplaced dots is of the map that is shown", async () => {
  const { byId, server, show, choose } = start(Misplaced);
  const told = byId("misplaced-told");
  const points = newPoints();
  show(points);
  await server.answer("trust/", trust(points, 400));
  assert.match(told.textContent, /^1 dot \(/);
  show(newPoints(), { averages: { spread: [], segments: [] } });
  assert.match(told.textContent, /^Averages are not measured/);
  const late = newPoints();
  show(late, { averages: null });
  assert.equal(told.hidden, true); // nothing is known yet
  choose({ trust: false });
  await server.answer("trust/", trust(late, 400));
  assert.equal(told.hidden, true);
});

test("a map older than the measure is told from one that is too small for it", async () => {
  const { byId, server, show } = start(Misplaced);
  const points = newPoints();
  show(points);
  await server.answer("trust/", trust(points, 0));
  assert.match(byId("misplaced-told").textContent, /reduce_all/);
  const few = newPoints();
  show(few, { projection: projection("a", "pca", { trustworthiness: null }) });
  await server.answer("trust/", trust(few, 0));
  assert.match(byId("misplaced-told").textContent, /^Too few segments/);
});
