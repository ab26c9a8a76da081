import assert from "node:assert/strict";
import { test } from "node:test";
import { HIDDEN } from "../../static/js/map/flags.js";
import { encode } from "../../static/js/select/address.js";
import { flagsOfSegments, maskOfDots, segmentsOfAverages } from "../../static/js/select/averages.js";
import { beyondLimit } from "../../static/js/select/limit.js";
import { combined, maskOf, rowsOf, segmentsOf } from "../../static/js/select/mask.js";
import { Past } from "../../static/js/select/past.js";
import { markInside, simplify } from "../../static/js/select/polygon.js";
import { noNames, rankTexts, sortRows } from "../../static/js/select/rows.js";
import { mapKey, Selection } from "../../static/js/select/selection.js";
import { joinRows, joinStretches, maskOfAbsent, restOf } from "../../static/js/select/together.js";
import { area, between, KNOWN, LINE, MAP, numbers, outline, round, scattered, selected, SHOWN, square, TIMING } from "./areas.js";

/** Whether a point is inside by counting edges above it: another way than the code's. */
function insideUpwards(px, py, polygon) {
  let crossings = 0;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length];
    if (x1 <= px === x2 <= px) return;
    const share = (px - x1) / (x2 - x1);
    if (y1 + share * (y2 - y1) > py) crossings++;
  });
  return crossings % 2 === 1;
}

test("the points inside of an area are those that an odd number of edges lies above", () => {
  const points = scattered(20_000);
  for (const polygon of [outline(3), outline(40), outline(300)]) {
    const mask = new Uint8Array(20_000);
    markInside(points, polygon, [false, false], mask, 1);
    const wrong = mask.findIndex((value, i) => Boolean(value) !== insideUpwards(points.x[i], points.y[i], polygon));
    assert.equal(wrong, -1);
    assert.ok(mask.includes(1) && mask.includes(0));
  }
});

test("areas that share an edge share no point, and leave none out between them", () => {
  const points = {
    x: Float32Array.from({ length: 81 }, (_, i) => i % 9),
    y: Float32Array.from({ length: 81 }, (_, i) => Math.floor(i / 9)),
  };
  const number = new Uint8Array(81);
  for (const polygon of [
    [[0, 0], [8, 0], [4, 4]],
    [[8, 0], [8, 8], [4, 4]],
    [[8, 8], [0, 8], [4, 4]],
    [[0, 8], [0, 0], [4, 4]],
  ]) {
    const mask = new Uint8Array(81);
    markInside(points, polygon, [false, false], mask, 1);
    mask.forEach((value, i) => (number[i] += value));
  }
  // Of the square, the left and the lower side are inside.
  assert.deepEqual([...number], Array.from(points.x, (x, i) => Number(x < 8 && points.y[i] < 8)));
});

test("on logarithmic axes edges are straight as drawn, and what has no place is at the low edge", () => {
  const far = (value) => 10 ** (6 * value - 3);
  const points = scattered(5000, far);
  points.x[0] = 0;
  points.x[1] = -1;
  points.y[0] = points.y[1] = 1;
  const polygon = [[1e-4, 0.5], ...round(0.5, 0.5, 0.4, 20).map(([x, y]) => [far(x), far(y)])];
  const mask = new Uint8Array(5000);
  markInside(points, polygon, [true, true], mask, 1);
  const drawn = polygon.map(([x, y]) => [Math.log10(x), Math.log10(y)]);
  for (let i = 2; i < 5000; i++) {
    const expected = insideUpwards(Math.log10(points.x[i]), Math.log10(points.y[i]), drawn);
    assert.equal(Boolean(mask[i]), expected);
  }
  const strip = [[1e-4, 0.1], [1e-3, 0.1], [1e-3, 10], [1e-4, 10]];
  mask.fill(0);
  markInside(points, strip, [true, true], mask, 1);
  assert.deepEqual([...mask.slice(0, 2)], [1, 1]);
});

test("a lasso over half of a million points is quick", () => {
  const points = scattered(1_000_000);
  const circle = round(0.5, 0.5, 0.4, 48);
  const mask = new Uint8Array(1_000_000);
  // Of the processor's time, the least of three: other programs run meanwhile.
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    markInside(points, circle, [false, false], mask, 1);
    return process.cpuUsage(before).user / 1000;
  });
  assert.ok(Math.min(...times) < 300, `${times} ms`);
  const share = mask.reduce((sum, value) => sum + value, 0) / 1_000_000;
  assert.ok(Math.abs(share - 0.5) < 0.01);
});

test("few corners tell a drawn area", () => {
  const circle = round(200, 200, 150, 500);
  const few = simplify(circle, 1.5);
  assert.ok(few.length <= 20);
  const points = scattered(20_000, (value) => 400 * value);
  const [before, after] = [circle, few].map((polygon) => {
    const mask = new Uint8Array(20_000);
    markInside(points, polygon, [false, false], mask, 1);
    return mask;
  });
  assert.ok(before.filter((value, i) => value !== after[i]).length < 300);
  const random = numbers();
  const ragged = Array.from({ length: 3000 }, () => [400 * random.next().value, 400 * random.next().value]);
  assert.ok(simplify(ragged, 1.5).length <= 20);
});

test("steps are undone one by one", () => {
  const past = new Past();
  const selection = new Selection(past);
  let changes = 0;
  selection.addEventListener("change", () => changes++);
  selection.apply(area("subtract", square(0, 0, 1)));
  assert.ok(selection.empty && past.empty);
  selection.replace(area("add", square(0, 0, 1)));
  selection.apply(area("add", square(1, 1, 1)));
  const two = selection.steps;
  selection.invert();
  selection.clear();
  past.undo();
  past.undo();
  assert.equal(selection.steps, two);
  assert.equal(changes, 6);
  selection.load([]);
  past.undo();
  assert.ok(selection.empty);
});

test("what was done on two maps at once is undone at once", () => {
  const past = new Past();
  const maps = [new Selection(past), new Selection(past)];
  maps[0].apply(area("add", square(0, 0, 1)));
  maps[1].apply(area("add", square(1, 1, 1)));
  past.asOne(() => maps.forEach((selection) => selection.clear()));
  past.asOne(() => maps.forEach((selection) => selection.clear())); // nothing is left to clear
  const areas = () => maps.map(({ steps }) => steps.length);
  past.undo();
  assert.deepEqual(areas(), [1, 1]);
  past.undo(); // the latest, whichever map it was on
  assert.deepEqual(areas(), [1, 0]);
  past.undo();
  assert.deepEqual([...areas(), past.empty], [0, 0, true]);
  past.undo();
});

test("areas add and subtract in order", () => {
  assert.deepEqual(selected([between("add", 1, 6), between("subtract", 3, 4), between("add", 4, 4)]), [1, 2, 4, 5, 6]);
  assert.deepEqual(selected([{ op: "add", kind: "all" }, { op: "subtract", kind: "tracks", tracks: [[4, 9]] }]), [0, 1, 2, 3]);
});

test("the inverse holds every other point, and inverting twice changes nothing", () => {
  const selection = new Selection(new Past());
  selection.invert();
  assert.equal(selected(selection.steps).length, 10);
  selection.invert();
  assert.ok(selection.empty);
  selection.replace(between("add", 1, 6));
  selection.apply(between("subtract", 3, 4));
  selection.apply({ op: "add", kind: "tracks", tracks: [[9, 9]] });
  const before = selected(selection.steps);
  const text = encode(selection.steps);
  selection.invert();
  const others = selected(selection.steps);
  assert.deepEqual([...before, ...others].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  selection.invert();
  assert.equal(encode(selection.steps), text);
});

test("an area belongs to the map that it was drawn on: elsewhere its segments are selected", () => {
  const elsewhere = {
    averaged: false,
    timing: { hop: 1, length: 1 }, // a third as long
    points: {
      track: Int32Array.of(3, 3, 3, 3, 3, 3, 4, 9, 9),
      position: Int32Array.of(0, 2, 3, 4, 5, 6, 0, 8, 9),
      x: new Float32Array(9).fill(1),
      y: new Float32Array(9),
    },
  };
  assert.deepEqual(selected([between("add", 1, 1), between("add", 8, 8)], elsewhere), [2, 3, 4, 7]);
  const named = { op: "add", kind: "segments", layer: "a_b", segments: new Map([[3, [[1, 1], [4, 5]]]]) };
  assert.deepEqual(selected([named]), [0, 1]); // middles at 1.5 s and 4.5 s
  assert.deepEqual(selected([named], elsewhere), [3, 4]);
});

test("averages are selected as the segments that they stand for", () => {
  const tracks = Int32Array.of(3, 5, 9);
  const { points, dots } = segmentsOfAverages(tracks, Int32Array.of(4, 2, 4), 1);
  assert.deepEqual([...points.track], [...LINE.track]);
  assert.deepEqual([...points.position], [...LINE.position]);
  const averages = { track: tracks, position: new Int32Array(3), x: Float32Array.of(0, 1, 2), y: new Float32Array(3) };
  const map = { ...MAP, averaged: true };
  const known = { maps: new Map([...KNOWN.maps, [mapKey(map), { points: averages, timing: TIMING, averaged: true }]]), timings: new Map() };
  const steps = [area("add", square(0.5, -1, 2), map), between("subtract", 6, 8)];
  const behind = maskOf(steps, { points, timing: TIMING, averaged: false }, known);
  assert.deepEqual([...behind], [0, 0, 0, 0, 1, 1, 0, 0, 0, 1]);
  assert.deepEqual([...maskOf(steps, SHOWN, known)], [...behind]);
  assert.deepEqual([...maskOfDots(behind, dots, 3)], [0, 1, 1]);
  const flags = flagsOfSegments(Uint8Array.of(HIDDEN, 0, 0), dots, points.position, 2);
  assert.deepEqual([...flags], [1, 1, 1, 1, 0, 1, 0, 1, 0, 1]);
  const every = segmentsOfAverages(Int32Array.of(3), Int32Array.of(3), 5);
  assert.deepEqual([...every.points.position], [0, 5, 10]);
});

test("two maps' selections are taken together in four ways", () => {
  const [one, other] = [Uint8Array.of(0, 0, 1, 1), Uint8Array.of(0, 1, 0, 1)];
  const taken = (mode) => [...combined(mode, one, other)];
  assert.deepEqual(taken("both"), [0, 0, 0, 1]);
  assert.deepEqual(taken("either"), [0, 1, 1, 1]);
  assert.deepEqual(taken("first"), [0, 0, 1, 0]);
  assert.deepEqual(taken("second"), [0, 1, 0, 0]);
});

test("what is taken of a second map is not lost where the first has nothing like it", () => {
  const part = (source, mask) => ({ source, mask: Uint8Array.from(mask), flags: new Uint8Array(mask.length) });
  const first = part(SHOWN, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // of track 3, from 0 to 3 s
  const points = { track: Int32Array.of(3, 3, 3, 4, 5), position: Int32Array.of(0, 4, 5, 0, 1) };
  const fine = { points: { ...points, x: new Float32Array(5), y: new Float32Array(5) }, timing: { hop: 1, length: 1 }, averaged: false };
  const second = part(fine, [1, 1, 0, 1, 1]);
  const rest = restOf(first, second);
  assert.deepEqual([...rest.mask], [0, 1, 0, 1, 1]); // the first lies in what is taken already
  assert.deepEqual(joinRows(rowsOf(first), rowsOf(rest)), [
    { track: 3, inside: 2, shown: 5, start: 0 },
    { track: 4, inside: 1, shown: 1, start: 0 },
    { track: 5, inside: 1, shown: 1, start: 1 },
  ]);
  first.flags[0] = HIDDEN; // what is not shown takes nothing away
  assert.deepEqual([...restOf(first, second).mask], [1, 1, 0, 1, 1]);
  assert.deepEqual([...restOf(first, part(SHOWN, new Array(10).fill(1))).mask], new Array(10).fill(0));
  assert.deepEqual([...maskOfAbsent(fine, SHOWN)], [0, 0, 0, 1, 0]);
  assert.deepEqual(joinStretches([{ start: 4, end: 5 }, { start: 0, end: 3 }, { start: 3, end: 3.5 }]), [
    { start: 0, end: 3.5 },
    { start: 4, end: 5 },
  ]);
});

test("more than a playlist holds is said before it is sent", () => {
  assert.equal(beyondLimit(20_000, 28), null);
  const many = beyondLimit(20_001, 900);
  assert.ok(many.whole);
  assert.match(many.words, /20,001 stretches of 900 tracks, and .* holds 20,000 at most\. Keep the whole/);
  const tooMany = beyondLimit(50_000, 20_001);
  assert.ok(!tooMany.whole);
  assert.match(tooMany.words, /Select less, or .* file/);
});

test("tracks of a selection: how many of their segments are inside, of how many that are shown", () => {
  const mask = maskOf([between("add", 1, 6)], SHOWN, KNOWN);
  const flags = new Uint8Array(10);
  flags[1] = flags[4] = flags[5] = HIDDEN;
  assert.deepEqual(rowsOf({ source: SHOWN, mask, flags }), [
    { track: 3, inside: 2, shown: 3, start: 6 },
    { track: 9, inside: 1, shown: 4, start: 0 },
  ]);
  assert.deepEqual([...segmentsOf(LINE, mask)], [[3, [[1, 3]]], [5, [[0, 1]]], [9, [[0, 0]]]]);
  assert.deepEqual([...segmentsOf(LINE, mask, flags)], [[3, [[2, 3]]], [9, [[0, 0]]]]);
});

test("selected tracks are sorted: by count, title, artist, or when in the track it begins", () => {
  const tracks = [3, 5, 9];
  const names = {
    titles: rankTexts(tracks, ["Song 10", "Song 9", "\u00c4hre"]),
    artists: rankTexts(tracks, ["Zoe", "Zoe", "Ann"]),
  };
  const rows = [[3, 2, 7], [5, 4, 1], [9, 2, 4]].map(([track, inside, start]) => ({ track, inside, shown: 9, start }));
  const sorted = (order, known = names) => sortRows(rows, order, known).map(({ track }) => track);
  assert.deepEqual(sorted("count"), [5, 9, 3]);
  assert.deepEqual(sorted("title"), [9, 5, 3]);
  assert.deepEqual(sorted("artist"), [9, 5, 3]);
  assert.deepEqual(sorted("time"), [5, 9, 3]);
  assert.deepEqual(sorted("title", noNames()), [3, 5, 9]);
});
