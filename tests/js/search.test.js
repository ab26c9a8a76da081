import assert from "node:assert/strict";
import { test } from "node:test";
import {
  leftOut,
  mapAddress,
  more,
  ownStart,
  parseSearch,
  positionAt,
  requestOf,
  searchAddress,
  startOf,
  startsOf,
  withEdge,
  withOtherFirst,
} from "../../static/js/model/search.js";
import { decode } from "../../static/js/select/address.js";

const LAYER = /** @type {any} */ ({ name: "a-layer", hop_seconds: 3, segment_seconds: 3 });
const FULL =
  "/search?layer=a-layer&track=7&start=10&end=20&weight=-0.5&with=9:3,4*0.3,8:2-5*-1&find=tracks&by=stretches&metric=inner" +
  "&without=artist,album&per_artist=2&spread=0.5&limit=24&tags=1%7C!2&artists=3&albums=4&text=sea";

const queryOf = (/** @type {string} */ address) => address.slice(address.indexOf("?"));

test("an address leads back to the search that wrote it", () => {
  assert.equal(searchAddress(parseSearch(queryOf(FULL))), FULL);
  assert.equal(searchAddress(parseSearch("")), "/search");
  assert.deepEqual(parseSearch("").without, ["track"]);
  const all = { ...parseSearch(""), without: [] };
  assert.deepEqual(parseSearch(queryOf(searchAddress(all))).without, []);
});

test("a link needs no more than a layer, a track and a position", () => {
  const address = searchAddress({ layer: "a-layer", track: 7, position: 0 });
  assert.equal(address, "/search?layer=a-layer&track=7&position=0");
  assert.equal(parseSearch(queryOf(address)).position, 0);
});

test("nonsense in an address is as if it were not there", () => {
  const query = "?track=0&position=x&start=9&end=9&find=all&without=track,moon&per_artist=0&spread=7";
  assert.equal(searchAddress(parseSearch(query)), "/search");
  assert.equal(parseSearch("?limit=999999").limit, 100);
  assert.equal(parseSearch("?per_artist=999").perArtist, 100);
});

test("a search starts from a stretch, a moment, or the middle", () => {
  const begin = parseSearch("");
  assert.deepEqual(startOf({ ...begin, start: 4, end: 9, position: 2 }, LAYER, 60), { position: null, start: 4, end: 9 });
  assert.deepEqual(startOf({ ...begin, position: 2 }, LAYER, 60), { position: 2, start: 6, end: 9 });
  assert.deepEqual(startOf(begin, LAYER, 60), { position: 10, start: 30, end: 33 });
  assert.equal(startOf(begin, LAYER, 0).position, 0);
  assert.equal(positionAt(LAYER, 59.9, 61), 19);
  assert.equal(positionAt(LAYER, 2, 2), 0);
});

test("what is left out is named where nothing is found", () => {
  assert.equal(leftOut(parseSearch("?track=7&without=track,artist")), "Left out are the same track, the same artist. ");
  assert.equal(leftOut(parseSearch("?track=7")), "Left out is the same track. ");
  assert.equal(leftOut(parseSearch("?track=7&without=")), "");
});

test("the edges of a stretch stay in order, and in the track", () => {
  const none = { start: null, end: null };
  assert.deepEqual(withEdge(none, "start", 10.4, 60), { start: 10, end: 25 });
  assert.deepEqual(withEdge(none, "end", 10.4, 60), { start: 0, end: 11 });
  assert.deepEqual(withEdge({ start: 10, end: 25 }, "end", 40, 60), { start: 10, end: 40 });
  assert.deepEqual(withEdge({ start: 10, end: 25 }, "start", 30, 60), { start: 30, end: 45 });
  assert.deepEqual(withEdge({ start: 10, end: 25 }, "end", 5, 60), { start: 0, end: 5 });
  assert.deepEqual(withEdge(none, "start", 60, 60), { start: 59, end: 60 });
  assert.deepEqual(withEdge(none, "end", 0, 60), { start: 0, end: 1 });
});

test("the request says all that was chosen", () => {
  const tracks = requestOf({ ...parseSearch(queryOf(FULL)), others: [] }, LAYER, 60);
  assert.equal(
    tracks,
    "tracks/7/similar/?tags=1%7C%212&artists=3&albums=4&text=sea&layer=a-layer&metric=inner" +
      "&without=artist%2Calbum&per_artist=2&spread=0.5&limit=24&why=true&by=stretches",
  );
  const moments = new URLSearchParams(queryOf(requestOf(parseSearch("?track=7&position=4"), LAYER, 60)));
  assert.deepEqual([moments.get("position"), moments.get("start"), moments.get("without")], ["4", null, "track"]);
  const stretch = new URLSearchParams(queryOf(requestOf(parseSearch("?track=7&start=4&end=9"), LAYER, 60)));
  assert.deepEqual([stretch.get("position"), stretch.get("start"), stretch.get("end")], [null, "4", "9"]);
});

test("more is found up to what the server finds at once", () => {
  assert.deepEqual([more(12), more(96), more(100)], [24, 100, 100]);
});

test("what was found is selected on the map: moments, and whole tracks", () => {
  const found = [
    { track: { id: 9 }, span: { position: 5, segments: 2 } },
    { track: { id: 3 }, span: null },
    { track: { id: 9 }, span: { position: 1 } },
  ];
  const query = new URLSearchParams(queryOf(mapAddress("a-layer", found)));
  assert.equal(query.get("layer"), "a-layer");
  assert.deepEqual(decode(query.get("sel") ?? ""), {
    whole: true,
    steps: [
      { op: "add", kind: "segments", layer: "a-layer", segments: new Map([[9, [[1, 1], [5, 6]]]]) },
      { op: "add", kind: "tracks", tracks: [[3, 3]] },
    ],
  });
});

test("several starts are asked for together; whole tracks, where tracks are to be found", () => {
  const search = parseSearch("?track=7&position=4&weight=-0.5&with=9:3,4*0.3,8:2-5*-1");
  const blend = requestOf(search, LAYER, 60);
  assert.ok(blend.startsWith("segments/blend/?"));
  const query = new URLSearchParams(blend.split("?")[1]);
  assert.equal(query.get("starts"), "7:4*-0.5,9:3,4*0.3,8:2-5*-1");
  assert.deepEqual([query.get("track"), query.get("position"), query.get("without")], [null, null, "track"]);
  const tracks = requestOf({ ...search, find: "tracks", by: "stretches" }, LAYER, 60);
  assert.ok(tracks.startsWith("tracks/blend/?"));
  assert.equal(new URLSearchParams(tracks.split("?")[1]).get("starts"), "7*-0.5,9,4*0.3,8*-1");
  assert.equal(new URLSearchParams(tracks.split("?")[1]).get("by"), null);
  assert.equal(startsOf(search, LAYER, 60).length, 4);
});

test("a stretch is a start by its segments, as the server counts them", () => {
  const run = ({ first, last }) => [first, last];
  assert.deepEqual(run(ownStart(parseSearch("?track=7&start=9&end=24"), LAYER, 60)), [3, 7]);
  assert.deepEqual(run(ownStart(parseSearch("?track=7&start=9&end=10"), LAYER, 60)), [3, 3]);
  const uneven = { ...LAYER, hop_seconds: 2.992, segment_seconds: 2.992 };
  assert.deepEqual(run(ownStart(parseSearch("?track=7&start=11&end=24"), uneven, 60)), [4, 7]); // 11.97 to 23.94 s
  assert.deepEqual(run(ownStart(parseSearch("?track=7&start=11&end=12"), uneven, 60)), [3, 3]);
  assert.deepEqual(run(ownStart(parseSearch("?track=7"), LAYER, 60)), [10, 10]);
});

test("another start can be the page's own, and the one that was is among the others", () => {
  const search = parseSearch("?track=7&position=4&with=9:3*-0.5,8:2-5,6");
  assert.equal(withOtherFirst(search, 0, LAYER, 60), "/search?track=9&position=3&weight=-0.5&with=7:4,8:2-5,6");
  assert.equal(withOtherFirst(search, 1, LAYER, 60), "/search?track=8&start=6&end=18&with=9:3*-0.5,7:4,6");
  assert.equal(withOtherFirst(search, 2, LAYER, 60), "/search?track=6&with=9:3*-0.5,8:2-5,7:4");
});
