import assert from "node:assert/strict";
import { test } from "node:test";
import { fitAddress, parseAddress } from "../../static/js/model/choices.js";
import { decode, encode, rounded } from "../../static/js/select/address.js";
import { maskOf } from "../../static/js/select/mask.js";
import { requestBody, shortestAddress } from "../../static/js/select/request.js";
import { area, between, crowd, KNOWN, LINE, LOG_MAP, MAP, numbers, outline, round, SHOWN, square, TIMING } from "./areas.js";

test("a selection survives the address, and reads alike there", () => {
  const steps = [
    area("add", outline(40)),
    area("subtract", square(0.25, 0.25, 0.125)),
    area("add", square(0.5, 1000, 4), LOG_MAP),
    { op: "subtract", kind: "tracks", tracks: [[3, 3], [7, 9]] },
    { op: "add", kind: "segments", layer: "a_b", segments: new Map([[4, [[0, 4], [7, 7]]], [9, [[1, 1]]]]) },
    { op: "subtract", kind: "all" },
  ];
  const text = encode(steps);
  assert.match(text, /^[-\w.*]+$/); // nothing that an address has to escape
  assert.deepEqual(decode(text), { steps, whole: true });
  assert.equal(encode(decode(text).steps), text);
  assert.ok(encode(steps.slice(0, 1)).length < 300);
  assert.deepEqual(decode(""), { steps: [], whole: true });
});

test("what an area loses on its way through the address is not to be seen", () => {
  const polygon = outline(30);
  rounded(polygon, [false, false]).forEach(([x, y], i) => {
    assert.ok(Math.hypot(x - polygon[i][0], y - polygon[i][1]) < 1e-4);
  });
});

test("nonsense in an address is left out, and said to be", () => {
  const sound = { op: "add", kind: "tracks", tracks: [[1, 2]] };
  const corners = encode([area("add", square(0, 0, 1))]).split(".")[1];
  for (const garbage of [
    "x", "ae1", "at", "at2-1", "at1-2-3", "an", "anlayer", "anlayer*x_1", "anlayer*1",
    "ap", "apAAAA", "ap%%%%", corners, `mlayer*12*0*1.${corners}`, `mlayer*12*0*1*8.${corners}`,
    `m<b>*12*0*1*0.${corners}`, `mlayer*x*0*1*0.${corners}`, "mlayer*1*0*1*0.apf4AAAH-AAAB_gAAAf4AAAAAAAAAAAAAAAAAAAA",
    "at1234567890", "..", "a", "\u0000",
  ]) {
    assert.deepEqual(decode(`at1-2.${garbage}`), { steps: [sound], whole: false }, garbage);
  }
});

test("the address holds areas, or the segments that they come to where these are shorter", () => {
  const address = (steps) => shortestAddress(steps, MAP.layer, LINE, maskOf(steps, SHOWN, KNOWN));
  assert.equal(address([area("add", round(1, 0, 0.4, 40))]), "anmsd-musicnn-embeddings*3_1");
  assert.equal(address([]), "");
  assert.match(address([between("add", 90, 99)]), /^m/); // no segments: the area is kept
});

test("the address holds whole tracks where these are shorter", () => {
  const address = (steps) => shortestAddress(steps, MAP.layer, LINE, maskOf(steps, SHOWN, KNOWN));
  assert.equal(address([between("add", 0, 5)]), "at3_5");
  assert.equal(address([between("add", 4, 7)]), "at5.anmsd-musicnn-embeddings*9_0-1");
  const every = { ...LINE, position: LINE.position.map((position) => 2 * position) };
  const steps = [between("add", 0, 3)]; // of the tracks, every second segment is known to be inside
  assert.equal(shortestAddress(steps, "a_b", every, maskOf(steps, SHOWN, KNOWN)), "ana_b*3_0_2_4_6");
});

test("however many areas are drawn, the address stays short, and nothing is lost", () => {
  const { points, known } = crowd(3000);
  const random = numbers(3);
  const steps = Array.from({ length: 30 }, () => {
    return area("add", round(random.next().value, random.next().value, 0.1, 20));
  });
  const mask = maskOf(steps, { points, timing: TIMING, averaged: false }, known);
  const text = shortestAddress(steps, MAP.layer, points, mask);
  for (const selections of [[text], [text, "at3"], ["at3", text], [text, text]]) {
    const { choices } = parseAddress("?by=pca&tags=1|2,!3", selections.length);
    choices.panes.forEach((pane, i) => (pane.selection = selections[i]));
    const { query, rest } = fitAddress(choices, 1900);
    assert.ok(query.length <= 1900 && query.includes("by=pca"), `${query.length}`);
    assert.equal(query.includes("at3"), selections.includes("at3")); // what has room stays
    assert.deepEqual(parseAddress(`${query}&${rest.slice(1)}`, selections.length).choices, choices);
  }
  const few = parseAddress("?sel=at3", 1).choices;
  assert.deepEqual(fitAddress(few, 1900), { query: "?sel=at3", rest: "" });
});

test("a request names areas where the server works them out alike, else segments", () => {
  const count = 3000;
  const { points, shown, known } = crowd(count);
  const body = (steps, filtered = true, map = MAP) => {
    const mask = steps.length > 0 ? maskOf(steps, shown, known) : new Uint8Array(count).fill(1);
    const flags = new Uint8Array(count);
    return requestBody(steps, { map, filter: { tags: "3" }, every: 2, points, mask, flags }, filtered);
  };
  const step = area("add", outline(20));
  const { averaged, ...map } = MAP;
  assert.equal(averaged, false);
  const expected = { ...map, filter: { tags: "3" }, every: 2, areas: [{ op: "add", polygon: step.polygon }] };
  assert.deepEqual(body([step]), expected);
  assert.deepEqual(Object.keys(body([step], false)), ["layer", "segments"]);
  assert.deepEqual(Object.keys(body([step], true, { ...MAP, x: 1 })), ["layer", "segments"]);
  assert.deepEqual(Object.keys(body([{ op: "add", kind: "tracks", tracks: [[3, 5]] }])), ["layer", "segments"]);
  assert.deepEqual(body([{ op: "add", kind: "tracks", tracks: [[3, 4]] }]).segments, { 3: "0", 4: "0" });
  const areas = (steps) => body(steps).areas?.map(({ op }) => op);
  const [add, subtract] = [step, { ...step, op: "subtract" }];
  const [all, none] = ["add", "subtract"].map((op) => ({ op, kind: "all" }));
  assert.deepEqual(areas([]), []);
  assert.deepEqual(areas([all]), []);
  assert.deepEqual(areas([all, add]), []);
  assert.deepEqual(areas([add, all, add, subtract]), ["subtract"]); // from everything
  assert.deepEqual(areas([add, none, subtract, add]), ["add"]);
});
