import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, parseAddress, writeAddress } from "../../static/js/model/choices.js";
import { fold } from "../../static/js/model/format.js";
import {
  EVERYTHING,
  filterQuery,
  filters,
  parseTerms,
  trackTable,
  withoutTerm,
  writeTerms,
} from "../../static/js/model/track-filter.js";

test("a combination of tags is read as it is written", () => {
  assert.deepEqual(parseTerms("12|!15,!3"), [
    { id: 12, not: false, or: false },
    { id: 15, not: true, or: true },
    { id: 3, not: true, or: false },
  ]);
  for (const written of ["12", "!12", "12|15,!3", "1,2|3|!4"]) {
    assert.equal(writeTerms(parseTerms(written)), written);
  }
  for (const nonsense of ["", "a", "1,", "|1", "1||2", "!!1", "1 2", "1234567890"]) {
    assert.equal(parseTerms(nonsense), undefined);
  }
});

test("without a tag, its alternatives stay alternatives of each other", () => {
  const without = (written, index) => writeTerms(withoutTerm(parseTerms(written), index));
  assert.equal(without("1|2|3,4", 0), "2|3,4");
  assert.equal(without("9,1|2|3", 1), "9,2|3");
  assert.equal(without("1|2|3", 1), "1|3");
  assert.equal(without("1,2", 1), "1");
  assert.equal(without("1", 0), "");
});

test("a filter is asked for as the API wants it, and all tracks without a question", () => {
  assert.equal(filterQuery(EVERYTHING), "");
  assert.equal(filterQuery({ ...EVERYTHING, every: 4 }), "");
  assert.deepEqual([filters(EVERYTHING), filters({ ...EVERYTHING, every: 4 })], [false, true]);
  const chosen = { ...EVERYTHING, tags: parseTerms("1|2"), artists: [4, 3], text: "Sigur Rós" };
  assert.equal(
    String(new URLSearchParams(filterQuery({ ...chosen, random: 5, seed: 7 }))),
    "tags=1%7C2&artists=4%2C3&text=Sigur+R%C3%B3s&random=5&seed=7",
  );
  assert.equal(filterQuery({ ...EVERYTHING, first: 3, random: 5 }), "first=3");
});

test("a filter survives the address", () => {
  const choices = {
    ...defaults(1),
    ...{ tags: parseTerms("12|15,!3"), artists: [4], albums: [2, 1], text: "a & b=c" },
    ...{ random: 5, seed: 7, every: 3 },
  };
  const written = writeAddress(choices);
  assert.deepEqual(parseAddress(written, 1), { choices, written: true, unknown: [] });
  assert.match(written, /^\?tags=12%7C15,!3&artists=4&albums=2,1&/);
  assert.deepEqual(parseAddress("?first=0&every=0&artists=a&tags=x", 1).unknown, [
    "first", "every", "artists", "tags",
  ]);
});

test("tracks are looked up by id", () => {
  const table = trackTable(Int32Array.of(2, 5));
  assert.deepEqual([0, 1, 2, 5, 6].map((id) => table[id]), [0, 0, 1, 1, undefined]);
});

test("words are compared without case and accents", () => {
  assert.equal(fold("Sigur RÓS"), fold("sigur ros"));
  assert.equal(fold("ﬁlm"), "film");
});
