import assert from "node:assert/strict";
import { test } from "node:test";
import { previewOf } from "../../static/js/model/previews.js";
import { parseSearch } from "../../static/js/model/search.js";
import { cutQuery, searchOfSection, sectionAt, startOfSection } from "../../static/js/model/sections.js";

const place = (/** @type {number} */ position) => ({ position, start: position * 3, end: position * 3 + 3 });

const section = (/** @type {number} */ position, /** @type {number} */ segments, typical = position) => ({
  ...place(position),
  end: (position + segments) * 3,
  segments,
  typical: place(typical),
  tags: [],
});

test("a moment lies in the section that began last", () => {
  const sections = [section(0, 30), section(30, 12), section(42, 40)];
  assert.equal(sectionAt(sections, 0), 0);
  assert.equal(sectionAt(sections, 89.9), 0);
  assert.equal(sectionAt(sections, 90), 1);
  assert.equal(sectionAt(sections, 9999), 2);
  assert.equal(sectionAt([], 5), -1);
});

test("a section is asked about by its segments, a long one by those in its middle", () => {
  assert.equal(startOfSection(7, section(30, 12)), "7:30-41");
  assert.equal(startOfSection(7, section(0, 1)), "7:0-0");
  assert.equal(startOfSection(7, section(100, 300)), "7:150-349");
});

test("a search starts around the section's typical segment, and within the section", () => {
  const start = (/** @type {ReturnType<typeof section>} */ each) => {
    const search = parseSearch(searchOfSection("a-layer", 7, each).split("?")[1]);
    assert.equal(search.track, 7);
    return [search.start, search.end];
  };
  assert.deepEqual(start(section(0, 100, 50)), [137, 166]);
  assert.deepEqual(start(section(10, 100, 10)), [30, 60]);
  assert.deepEqual(start(section(10, 100, 109)), [300, 330]);
  assert.deepEqual(start(section(10, 5, 12)), [30, 45]);
});

test("what is left to the server is not asked for", () => {
  assert.equal(cutQuery({ layer: "a", sensitivity: "1", shortest: "" }), "layer=a");
  const all = cutQuery({ layer: "a", sensitivity: "2", shortest: "60" });
  assert.equal(all, "layer=a&sensitivity=2&shortest=60");
});

test("a track is introduced by a passage, and by its beginning where none is known", () => {
  const [typical, unusual] = [place(4), place(9)];
  const track = { id: 5, duration: 60, previews: { typical, unusual } };
  assert.deepEqual(previewOf(track, "typical"), { track: 5, ...typical });
  assert.deepEqual(previewOf(track, "unusual"), { track: 5, ...unusual });
  const opening = { track: 5, position: 0, start: 0, end: 10 };
  assert.deepEqual(previewOf({ ...track, previews: null }, "typical"), opening);
  assert.equal(previewOf({ id: 5, duration: 4, previews: null }, "unusual").end, 4);
  assert.equal(previewOf({ id: 5, duration: null, previews: null }, "unusual").end, 10);
});
