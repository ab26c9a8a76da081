import assert from "node:assert/strict";
import { test } from "node:test";
import { fakePage } from "./page.js";
import { TrueNeighbours } from "../../static/js/app/true-neighbours.js";

fakePage();

/** A map of three dots of a track, as far as neighbours look at it. */
function mapOf(points, flags) {
  const [slot, palette] = [new Uint8Array(3), new Uint8Array(1024)];
  const view = {
    hovered: 0,
    painters: new Set(),
    surface: { colours: { ink: [0, 0, 0], background: [255, 255, 255] } },
    pixelOf: (index) => [10 * index, 0],
    frame: () => ({ columns: { slot }, palette, radius: 2, ...view.surface.colours }),
    repaint: () => view.repaints++,
    repaints: 0,
    flagsChanged: () => assert.fail("pointing draws no dots anew"),
  };
  return { view, averages: null, content: { points, flags }, projection: null, entry: { layer: { name: "a" } } };
}

/** Where rings are painted on a map. */
function rings({ view }) {
  const places = new Set();
  const context = { beginPath() {}, moveTo() {}, lineTo() {}, stroke() {}, fill() {}, arc: (x) => places.add(x) };
  for (const paint of view.painters) paint(context, view);
  return [...places];
}

const later = () => new Promise((resolve) => setTimeout(resolve, 120));

test("neighbours are ringed over the dots of one map, and leave nothing behind", async () => {
  globalThis.fetch = async () => Response.json([{ track: 3, position: 2 }, { track: 4, position: 0 }]);
  const points = { track: Int32Array.of(3, 3, 3), position: Int32Array.of(0, 1, 2) };
  const flags = new Uint8Array(3);
  const panes = [mapOf(points, flags), mapOf(points, flags)]; // both share their flags
  const explorer = Object.assign(new EventTarget(), { panes, choices: { near: true } });
  new TrueNeighbours(explorer);
  const hover = (index) => explorer.dispatchEvent(new CustomEvent("hover", { detail: { pane: panes[0], index } }));
  hover(0);
  await later();
  assert.deepEqual(panes.map(rings), [[20], []]);
  assert.deepEqual([...flags], [0, 0, 0]);
  panes[0].content = { points: { ...points }, flags: new Uint8Array(3) }; // other points are shown,
  hover(-1); // and only then the pointer is on none of them
  assert.deepEqual(panes.map(rings), [[], []]);
  assert.deepEqual([...flags], [0, 0, 0]);
  assert.equal(panes[0].view.repaints, 2);
});
