import assert from "node:assert/strict";
import { test } from "node:test";
import { alikeChoices, alikeParameters, alikeRequest, leftOut } from "../../static/js/model/alike.js";

const NONE = { others: false, albums: false, perArtist: null };

test("an address that says how is heard, else what was chosen before", () => {
  assert.deepEqual(alikeChoices("", ""), NONE);
  assert.deepEqual(alikeChoices("?layer=x", "others=1&per_artist=2"), {
    others: true,
    albums: false,
    perArtist: 2,
  });
  assert.deepEqual(alikeChoices("?other_albums=1", "others=1&per_artist=2"), { ...NONE, albums: true });
});

test("what makes no sense is as by default", () => {
  for (const written of ["0", "-1", "1.5", "101", "x", ""]) {
    assert.deepEqual(alikeChoices(`?per_artist=${written}&others=yes`, ""), NONE);
  }
});

test("choices survive the address", () => {
  for (const choices of [NONE, { others: true, albums: true, perArtist: 3 }]) {
    const given = Object.entries(alikeParameters(choices)).filter(([, value]) => value !== null);
    assert.deepEqual(alikeChoices(String(new URLSearchParams(given)), ""), choices);
  }
});

test("a request leaves out what was chosen besides what always is", () => {
  assert.deepEqual(alikeRequest(NONE), {});
  assert.deepEqual(alikeRequest(NONE, ["track"]), { without: "track" });
  const all = { others: true, albums: true, perArtist: 1 };
  assert.deepEqual(alikeRequest(all, ["track"]), { without: "track,artist,album", per_artist: "1" });
  assert.deepEqual(leftOut({ ...NONE, others: true }, []), ["artist"]);
});
