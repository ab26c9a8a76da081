import assert from "node:assert/strict";
import { test } from "node:test";

import { HIDDEN } from "../../static/js/map/flags.js";
import { extentOf } from "../../static/js/map/geometry.js";
import { namedRegions, placedNames } from "../../static/js/map/regions.js";

const TAGS = ["guitar", "techno", "music"];
const NONE = 255;

/** Seeded numbers from 0 to 1 (Park and Miller's minimal generator). */
function lots(seed = 1) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Clusters of points around given centres, each with a tag; every other point is just "music". */
function clusters(centres, { each = 200, spread = 0.3 } = {}) {
  const next = lots();
  const x = [];
  const y = [];
  const tag = [];
  for (const [centreX, centreY, name] of centres) {
    for (let i = 0; i < each; i++) {
      x.push(centreX + (next() - 0.5) * spread);
      y.push(centreY + (next() - 0.5) * spread);
      tag.push(i % 2 ? TAGS.indexOf(name) : TAGS.indexOf("music"));
    }
  }
  const points = { x: Float32Array.from(x), y: Float32Array.from(y) };
  return { points, tags: Uint8Array.from(tag), flags: new Uint8Array(x.length) };
}

function regionsOf({ points, tags, flags }) {
  return namedRegions(points, flags, tags, TAGS, extentOf(points.x, points.y));
}

const APART = [
  [0, 0, "guitar"],
  [8, 8, "techno"],
];

test("a dense region is named by the tag that sets it apart, not by the most frequent", () => {
  const coarsest = regionsOf(clusters(APART)).filter(({ level }) => level === 0);
  assert.deepEqual(coarsest.map(({ name }) => name).sort(), ["guitar", "techno"]);
  const guitar = coarsest.find(({ name }) => name === "guitar");
  assert.ok(Math.hypot(guitar.x, guitar.y) < 0.1);
  assert.equal(guitar.points, 200);
});

test("deeper levels name what coarser ones hold together", () => {
  const near = [[0, 0, "guitar"], [1.2, 0, "techno"], [8, 8, "music"], [8, 0, "music"]];
  const leftAt = (wanted) =>
    regionsOf(clusters(near))
      .filter(({ level, x }) => level === wanted && x < 2)
      .map(({ name }) => name);
  assert.deepEqual(leftAt(0), ["guitar · techno"]);
  assert.deepEqual([...new Set(leftAt(3))].sort(), ["guitar", "techno"]);
});

test("hidden points and points without a tag name nothing", () => {
  const all = clusters(APART);
  all.flags.fill(HIDDEN, 0, 200);
  assert.ok(regionsOf(all).every(({ x }) => x > 2));
  const untagged = clusters(APART);
  untagged.tags.fill(NONE);
  assert.deepEqual(regionsOf(untagged), []);
});

test("where tags are spread evenly, nothing is set apart", () => {
  const even = clusters(APART);
  for (let i = 0; i < even.tags.length; i++) even.tags[i] = i % 3;
  assert.deepEqual(regionsOf(even), []);
});

const LOOK = { width: 800, height: 600, zoom: 1, lineHeight: 16, widthOf: (name) => name.length * 8 };

test("names that would cover each other are left out, the more crowded region first", () => {
  const regions = [
    { x: 100, y: 100, name: "guitar", points: 50, level: 0 },
    { x: 110, y: 105, name: "techno", points: 20, level: 0 },
    { x: 400, y: 300, name: "piano", points: 10, level: 1 },
  ];
  const names = placedNames(regions, (x, y) => [x, y], LOOK).map(({ name }) => name);
  assert.deepEqual(names, ["guitar", "piano"]);
});

test("zooming in brings more names, and those outside go", () => {
  const regions = [
    { x: 100, y: 100, name: "guitar", points: 50, level: 0 },
    { x: 300, y: 100, name: "slow", points: 20, level: 3 },
  ];
  const seen = (zoom) =>
    placedNames(regions, (x, y) => [x * zoom, y * zoom], { ...LOOK, zoom }).map(({ name }) => name);
  assert.deepEqual(seen(1), ["guitar"]);
  assert.deepEqual(seen(4), ["guitar"]); // the other lies outside by now
  const moved = placedNames(regions, (x, y) => [(x - 200) * 4, y], { ...LOOK, zoom: 4 });
  assert.deepEqual(moved.map(({ name }) => name), ["slow"]);
});

test("a name near the edge is moved until it is whole, beside the axis", () => {
  const regions = [
    { x: 60, y: 100, name: "female vocalists", points: 50, level: 0 },
    { x: 795, y: 300, name: "techno", points: 20, level: 0 },
    { x: 20, y: 500, name: "below the axis", points: 20, level: 0 },
  ];
  const placed = placedNames(regions, (x, y) => [x, y], LOOK);
  assert.deepEqual(placed.map(({ name }) => name), ["female vocalists", "techno"]);
  assert.equal(placed[0].x, 52 + LOOK.widthOf("female vocalists") / 2);
  assert.equal(placed[1].x, 800 - 12 - LOOK.widthOf("techno") / 2);
});
