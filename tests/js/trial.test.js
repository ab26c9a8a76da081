import assert from "node:assert/strict";
import { test } from "node:test";
import {
  actOf,
  isRaterNumber,
  lengthSentence,
  missing,
  parsePractice,
  practiceAddress,
  raterNumber,
  verdictSentence,
} from "../../static/js/model/trial.js";

test("nothing can be answered before all was heard and something chosen", () => {
  assert.equal(missing([false, false, false, false], null), "Hear the reference, then the three.");
  assert.equal(missing([true, false, true, false], "2"), "Not heard yet: 1 and 3.");
  assert.equal(missing([false, false, true, false], "2"), "Not heard yet: the reference, 1 and 3.");
  assert.equal(missing([true, true, true, true], null), "Choose one of them, or none.");
  assert.equal(missing([true, true, true, true], "none"), null);
});

test("keys", () => {
  assert.deepEqual(actOf("0"), { do: "hear", place: 0 });
  assert.deepEqual(actOf("3"), { do: "hear", place: 3 });
  assert.deepEqual(["N", "n", " ", "Enter", "Escape", "?"].map((key) => actOf(key)?.do), [
    "none", "none", "choose", "answer", "stop", "keys",
  ]);
  assert.equal(actOf("4"), null);
  assert.equal(actOf("F1"), null);
});

test("a verdict speaks of places, not of numbers", () => {
  const order = [3, 1, 2];
  const placeOf = (/** @type {number} */ number) => order.indexOf(number) + 1;
  const verdict = (/** @type {number | null} */ choice, /** @type {number | null} */ other = null) =>
    verdictSentence(
      { choice, nearest: 3, nearest_other: other, agrees: choice === 3, agrees_other: null },
      placeOf,
      ["A", "B"],
    );
  assert.equal(verdict(3), "The network agrees.");
  assert.equal(verdict(1), "The network would have chosen 1.");
  assert.equal(verdict(null), "The network would have chosen 1.");
  assert.equal(verdict(1, 1), "A would have chosen 1. B agrees.");
});

test("a rater's number is a UUID that keeps its random bits", () => {
  assert.equal(raterNumber(new Uint8Array(16)), "00000000-0000-4000-8000-000000000000");
  const ones = raterNumber(new Uint8Array(16).fill(255));
  assert.equal(ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
  assert.ok(isRaterNumber(ones));
  for (const wrong of [null, "", "me", `${ones}0`, ones.toUpperCase()]) assert.ok(!isRaterNumber(wrong));
});

test("an address keeps what is practised", () => {
  const practice = { layer: "a-b-c", other: "d-e-f", strategy: /** @type {const} */ ("models") };
  assert.equal(practiceAddress(practice), "/similarity?layer=a-b-c&other=d-e-f&strategy=models");
  assert.deepEqual(parsePractice("?layer=a-b-c&other=d-e-f&strategy=models"), practice);
  const plain = parsePractice("?strategy=taste");
  assert.deepEqual(plain, { layer: null, other: null, strategy: "nearest" });
  assert.equal(practiceAddress(plain), "/similarity");
});

test("how long it takes", () => {
  assert.match(lengthSentence(0, 24), /^24 questions\. You can stop/);
  assert.match(lengthSentence(3, 24), /^You have answered 3 of 24 questions/);
});
