import assert from "node:assert/strict";
import { test } from "node:test";
import {
  journey,
  journeyAddress,
  longestAt,
  parsePath,
  passagesOf,
  pathAddress,
  pathBetween,
  pathRequest,
  pathSentence,
} from "../../static/js/model/journey.js";
import { stopsOn } from "../../static/js/map/journey.js";
import { layer } from "./fixtures.js";

const LAYER = layer("msd-musicnn", "embeddings");
const item = (id, position, distance) => ({
  track: { id, title: `T${id}`, artists: [] },
  position,
  start: position * 2.992,
  end: (position + 1) * 2.992,
  distance,
});
const ITEMS = [item(7, 4, null), item(3, 0, 0.1), item(9, 2, 0.25)];

test("an address says which path; what makes no sense there is as by default", () => {
  const address =
    "/search/path?layer=a&from=7:4&to=9&steps=12&different=artist&tags=1%7C!2&artists=3&albums=4&text=sea";
  assert.equal(pathAddress(parsePath(address.split("?")[1])), address);
  assert.deepEqual(parsePath(address.split("?")[1]).from, { track: 7, position: 4 });
  assert.deepEqual(parsePath(address.split("?")[1]).to, { track: 9, position: null });
  const plain = parsePath("");
  assert.deepEqual([plain.from, plain.to, plain.steps, plain.different], [null, null, 10, "track"]);
  for (const query of ["from=x&steps=2", "from=0&steps=x", "from=7:&different=x", "from=7:-1"]) {
    assert.deepEqual(parsePath(query), plain, query);
  }
  assert.equal(parsePath("steps=99").steps, 50);
  assert.equal(pathAddress(plain), "/search/path");
});

test("the request of a path", () => {
  const request = pathRequest(parsePath("from=7:4&to=9&artists=3"), "a-layer");
  const query = new URLSearchParams(request.replace("paths/?", ""));
  assert.deepEqual(Object.fromEntries(query), {
    layer: "a-layer", from: "7:4", to: "9", steps: "10", different: "track", artists: "3",
  }); // prettier-ignore
});

test("the path between two selected tracks starts from a moment where that is all of one", () => {
  const rows = [
    { track: 7, inside: 1, shown: 10, start: 4 * 2.992 },
    { track: 9, inside: 3, shown: 10, start: 0 },
  ];
  assert.equal(pathBetween(rows, LAYER), "/search/path?layer=msd-musicnn-embeddings&from=7:4&to=9");
  const whole = rows.map((row) => ({ ...row, inside: 1, shown: 1 })); // averages
  assert.equal(pathBetween(whole, LAYER), "/search/path?layer=msd-musicnn-embeddings&from=7&to=9");
  assert.equal(pathBetween(rows.slice(1), LAYER), null);
  assert.equal(pathBetween([...rows, ...rows], LAYER), null);
});

test("a path is told of by its longest step, beside that of interpolation", () => {
  const path = { items: ITEMS, longest_step: 0.25, interpolated_longest_step: 0.5, compared: "segments" };
  assert.equal(longestAt(ITEMS), 2);
  assert.match(pathSentence(path), /^The longest step, from “T3” to “T9”, is 0\.250; .* it would be 0\.500\. Moments/);
  assert.match(pathSentence({ ...path, interpolated_longest_step: 0.25 }), /is 0\.250, as through/);
  assert.match(pathSentence({ ...path, compared: "tracks" }), /as wholes/);
});

test("stops are found again on the map of any network", () => {
  const address = journeyAddress("a-layer", ITEMS);
  assert.equal(address, "/?layer=a-layer&journey=7@13.5,3@1.5,9@7.5");
  const key = journey("journey");
  const written = new URLSearchParams(address.slice(2)).get("journey");
  const places = key.parse(written);
  assert.equal(key.write(places), written);
  const points = {
    track: Int32Array.of(3, 3, 7, 7, 7),
    position: Int32Array.of(0, 1, 3, 4, 5),
    x: new Float32Array(5),
    y: new Float32Array(5),
  };
  assert.deepEqual(stopsOn(places, points, 2.992), [
    { index: 3, number: 1 },
    { index: 0, number: 2 },
  ]);
  const finer = { ...points, position: Int32Array.of(0, 1, 12, 13, 14) };
  assert.deepEqual(stopsOn(places, finer, 0.96)[0], { index: 4, number: 1 });
});

test("what is no path is none", () => {
  const { parse, initial } = journey("journey");
  assert.deepEqual(initial, []);
  for (const written of ["x", "7", "7@", "7@1,", "7@-1", "0@1", Array(101).fill("7@1").join()]) {
    assert.equal(parse(written), undefined, written);
  }
  assert.deepEqual(parse("7@1"), [{ track: 7, seconds: 1 }]);
});

test("a passage of each stop is heard from its moment on", () => {
  assert.deepEqual(passagesOf(ITEMS, 12)[0], { track: 7, start: 4 * 2.992, end: 4 * 2.992 + 12 });
});
