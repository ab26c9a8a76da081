import assert from "node:assert/strict";
import { test } from "node:test";
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { fakePage, settled, slowServer } from "./page.js";
import { Pane } from "../../static/js/app/pane.js";
import { buildCatalogue } from "../../static/js/model/catalogue.js";
import { defaults, resolvePane } from "../../static/js/model/choices.js";
import { layer, model } from "./fixtures.js";

const entries = buildCatalogue([model("msd-musicnn", [layer("msd-musicnn", "embeddings")])], []);

/** A pane that shows a layer's own numbers; it waits for `filterKnown`. */
function start() {
  const byId = fakePage();
  const server = slowServer();
  let filterKnown;
  const ready = new Promise((resolve) => (filterKnown = resolve));
  const shown = [];
  const explorer = Object.assign(new EventTarget(), {
    choices: defaults(1),
    panes: [],
    surface: { add() {} },
    colours: { slotsOf: ({ points }) => new Uint8Array(points.track.length) },
    visibility: { ready },
  });
  const pane = new Pane(byId("map"), explorer, 0);
  pane.view = {
    content: null,
    surface: { layer: { kind: "webgl" } },
    show(content) {
      this.content = content;
      shown.push(content.axisNames[0]);
    },
  };
  const show = (x, y = x + 1) => pane.show(resolvePane({ ...defaults(1).panes[0], x, y }, entries));
  return { server, show, shown, filterKnown, pane };
}

function points() {
  const columns = { track: [1], position: [0], x: Float32Array.of(1), y: Float32Array.of(2) };
  return tableToIPC(tableFromArrays(columns), { format: "stream" });
}

test("a map whose turn has passed while it waited for the filter is not shown", async () => {
  const { server, show, shown, filterKnown, pane } = start();
  const older = show(0);
  await server.answer("x=0", points());
  const newer = show(5);
  filterKnown();
  await settled();
  assert.deepEqual(shown, []);
  let told = false;
  older.then(() => (told = true));
  await settled();
  assert.equal(told, false); // that all is shown is told when the newer is
  await server.answer("x=5", points());
  await Promise.all([older, newer]);
  assert.deepEqual(shown, ["dimension 6"]);
  assert.equal(pane.shown.x, 5);
});

test("the failure of a map that nobody wants any more is not told", async () => {
  const { server, show, shown, filterKnown } = start();
  filterKnown();
  const older = show(0);
  const newer = show(5);
  await server.fail("x=0");
  await server.answer("x=5", points());
  await Promise.all([older, newer]);
  assert.equal(shown.length, 1);
});
