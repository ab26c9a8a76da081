/** Searches by tags: addresses, and edits of a query's text. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  completions,
  examplesFor,
  parseWords,
  quoted,
  reweighted,
  sliderText,
  standingText,
  unitsAt,
  withTag,
  withoutTerm,
  wordAt,
  wordsAddress,
  wordsMapAddress,
  wordsRequest,
} from "../../static/js/model/words.js";

/** @param {string} name */
const word = (name, own = true) => ({ name, meaning: name, present: true, own });

/**
 * @param {string} written
 * @param {string} part
 */
function term(written, part, more = {}) {
  const start = written.indexOf(part);
  return { tag: part, negated: false, weight: 1, start, end: start + part.length, ...more };
}

test("an address holds the whole search", () => {
  const query = "?q=piano+and+not+vocals,+fast&layer=a-b-taggrams&find=tracks&by=mean&per_artist=2&tags=3&limit=24";
  const search = parseWords(query);
  assert.equal(search.q, "piano and not vocals, fast");
  assert.deepEqual(parseWords(wordsAddress(search).split("?")[1]), search);
  assert.equal(wordsAddress(parseWords("")), "/search/words");
  const request = new URLSearchParams(wordsRequest(search, "a-b-taggrams").split("?")[1]);
  assert.equal(request.get("q"), search.q);
  assert.equal(request.get("by"), "mean");
  assert.equal(request.get("tags"), "3");
  const map = new URLSearchParams(wordsMapAddress(search, "a-b-taggrams").slice(2));
  assert.deepEqual([...map], [["tags", "3"], ["colour", "words:piano and not vocals, fast@a-b-taggrams"]]);
});

test("what is typed at the caret", () => {
  for (const [written, typed] of [
    ["pia", "pia"],
    ["piano and not no vo", "no vo"],
    ["piano,  fa", "fa"],
    ["(gui", "gui"],
    ["piano and ", ""],
    ["orchestra", "orchestra"],
    ["notes or har", "har"],
    ["not ", ""],
    ["PIANO AND Not vo", "vo"],
  ]) {
    assert.equal(wordAt(written, written.length).typed, typed, written);
  }
  const middle = wordAt("pia, fast", 2);
  assert.deepEqual(middle, { from: 0, to: 3, typed: "pi" });
});

test("completions begin with it, or have a word that does", () => {
  const words = [word("no vocals"), word("Piano"), word("vocals"), word("voice", false)];
  assert.deepEqual(completions(words, "vo").map(({ name }) => name), ["vocals", "voice", "no vocals"]);
  assert.deepEqual(completions(words, "PI").map(({ name }) => name), ["Piano"]);
});

test("tags are quoted where they would be read as something else", () => {
  assert.equal(quoted("no vocals"), "no vocals");
  assert.equal(quoted("rock and roll"), '"rock and roll"');
  assert.equal(quoted('a, "b"'), '"a, ""b"""');
  assert.equal(withTag("piano, ", "fast"), "piano, fast");
  assert.equal(withTag("", "fast"), "fast");
});

test("a slider writes its weight where its tag stands, and moves those after it", () => {
  const written = "(piano or harp), not slow^2";
  const terms = [term(written, "piano"), term(written, "harp"), term(written, "not slow^2", { tag: "slow", negated: true, weight: 2 })];
  const once = reweighted(written, terms, 0, -0.5);
  assert.equal(once.written, "(not piano^0.5 or harp), not slow^2");
  const twice = reweighted(once.written, once.terms, 2, 1);
  assert.equal(twice.written, "(not piano^0.5 or harp), slow");
  for (const { tag, start, end } of twice.terms) assert.ok(twice.written.slice(start, end).includes(tag));
  assert.equal(reweighted("piano", [term("piano", "piano")], 0, 0).written, "piano^0");
});

test("a tag goes with what joined it", () => {
  for (const [written, part, rest] of [
    ["piano and not vocals, fast", "piano", "not vocals, fast"],
    ["piano and not vocals, fast", "not vocals", "piano, fast"],
    ["piano and not vocals, fast", "fast", "piano and not vocals"],
    ["piano", "piano", ""],
    ["(piano), slow", "piano", "slow"],
    ["not (piano)^2 or slow", "piano", "slow"],
    ["slow, not ((piano))", "piano", "slow"],
    ["(piano or harp) and slow", "harp", "(piano) and slow"],
  ]) {
    assert.equal(withoutTerm(written, term(written, part)), rest, written);
  }
});

test("letters are counted as the server counts them", () => {
  assert.equal(unitsAt("🎹 pianno", 2), 3);
});

test("standing and sliders in words", () => {
  const tags = [
    { tag: "piano", negated: false, share: 0.9999, activation: 0.8 },
    { tag: "vocals", negated: true, share: 0.94, activation: 0.01 },
    { tag: "opera", negated: false, share: 0.97, activation: 0.02 },
    { tag: "quiet", negated: false, share: 0.6, activation: null },
  ];
  assert.equal(standingText(tags), "piano 99 %, not vocals 94 %, opera 97 % (faint), quiet 60 %");
  assert.deepEqual([-1, -0.5, 0, 1, 2].map(sliderText), ["without", "without × 0.5", "no matter", "with", "with × 2"]);
});

test("examples are of tags that there are", () => {
  assert.deepEqual(examplesFor(["guitar", "vocals", "piano"].map((name) => word(name))), ["guitar and not vocals"]);
});
