import assert from "node:assert/strict";
import { test } from "node:test";
import { whySentence } from "../../static/js/model/why.js";

const pair = (/** @type {string} */ tag, here = 0.9, there = 0.9) => ({ tag, here, there });

test("what both share comes first, then what there is more and less of", () => {
  const why = { shared: [pair("piano"), pair("no vocals")], differ: [pair("fast", 0.2, 0.8), pair("loud", 0.9, 0.3)] };
  assert.equal(whySentence(why), "Both: piano, no vocals. There more: fast. There less: loud.");
});

test("a few tags of each are enough", () => {
  const why = { shared: ["a", "b", "c", "d"].map((tag) => pair(tag)), differ: [] };
  assert.equal(whySentence(why), "Both: a, b, c.");
});

test("nothing to tell is said, and nothing known is not", () => {
  assert.equal(whySentence({ shared: [], differ: [] }), "No tag stands out in either.");
  assert.equal(whySentence(null), "");
});
