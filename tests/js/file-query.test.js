import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asTrack,
  fileAddress,
  hearingBy,
  hearingSentence,
  lifeSentence,
  limitsSentence,
  placesSentence,
  refusal,
} from "../../static/js/model/file-query.js";
import { mapAddress, parseSearch, requestOf, searchAddress } from "../../static/js/model/search.js";

const LIMITS = { most_bytes: 100_000_000, most_seconds: 900, per_hour: 60, kept: [] };
const HEARING = { model: "a-net", state: "running", message: "", fraction: 0.5, seconds_left: 2.2 };
const QUERY = /** @type {any} */ ({ token: "abcdefgh1", name: "Mine.mp3", duration: 245, gain_db: -2, hearings: [HEARING] });
const LAYER = /** @type {any} */ ({ name: "a-layer", hop_seconds: 3, segment_seconds: 3 });

test("what the server would refuse is not sent", () => {
  assert.equal(refusal({ name: "a.mp3", size: 5 }, LIMITS), null);
  assert.match(refusal({ name: "a.mp3", size: 0 }, LIMITS) ?? "", /“a.mp3” is empty/);
  assert.match(refusal({ name: "a.wav", size: 2e8 }, LIMITS) ?? "", /200 MB, and at most 100 MB/);
  assert.match(refusal({ name: "a.mp3", size: 5 }, { ...LIMITS, per_hour: 0 }) ?? "", /takes no files/);
  assert.match(limitsSentence(LIMITS), /up to 100 MB and 15 minutes/);
  assert.match(limitsSentence({ ...LIMITS, most_bytes: 1_500_000, most_seconds: 60 }), /1\.5 MB and 1 minute\./);
});

test("how far it is", () => {
  assert.equal(hearingSentence(QUERY, HEARING), "Listening to “Mine.mp3” · 3 s left");
  assert.equal(hearingSentence(QUERY, { ...HEARING, seconds_left: null }), "Listening to “Mine.mp3”");
  assert.match(hearingSentence(QUERY, { ...HEARING, seconds_left: 200 }), /about 3 minutes left/);
  assert.match(hearingSentence(QUERY, { ...HEARING, state: "queued" }), /waits for its turn/);
  assert.match(hearingSentence(QUERY, undefined), /waits/);
  assert.equal(hearingBy(QUERY, "a-net"), HEARING);
  assert.equal(hearingBy(QUERY, "b-net"), undefined);
});

test("how long it stays", () => {
  const ends = lifeSentence({ ...QUERY, expires_at: "2026-11-25T11:05:00" });
  assert.equal(ends, "4:05 long. Only you have its address. It is forgotten at 11:05, with all that was heard in it.");
  assert.match(lifeSentence({ ...QUERY, expires_at: null }), /Kept until somebody deletes it/);
});

test("its page asks about it as a whole at first, and its address leads back", () => {
  const address = fileAddress("abcdefgh1", "a-layer");
  assert.equal(address, "/search/file?layer=a-layer&file=abcdefgh1&find=tracks&by=stretches");
  const search = parseSearch(address.slice(address.indexOf("?")));
  assert.equal(searchAddress(search), address);
  const whole = requestOf(search, LAYER, 245);
  assert.match(whole, /^queries\/abcdefgh1\/similar\/\?/);
  assert.equal(new URLSearchParams(whole.split("?")[1]).get("by"), "stretches");
  const moments = requestOf({ ...search, find: "moments", position: 4 }, LAYER, 245);
  assert.match(moments, /^queries\/abcdefgh1\/segments\/similar\/\?/);
  const query = new URLSearchParams(moments.split("?")[1]);
  assert.deepEqual([query.get("position"), query.get("track")], ["4", null]);
  assert.equal(parseSearch("?file=<script>").file, null);
});

test("a map shows it, alone or beside what was found", () => {
  assert.equal(mapAddress("a-layer", [], "abcdefgh1"), "/?layer=a-layer&file=abcdefgh1");
  const found = [{ track: { id: 3 }, span: { position: 2 } }];
  assert.match(mapAddress("a-layer", found, "abcdefgh1"), /^\/\?layer=a-layer&sel=.+&file=abcdefgh1$/);
});

test("what a map says of it", () => {
  assert.equal(placesSentence(QUERY, 4, { exact: true, whole: false }), "“Mine.mp3”: 4 diamonds.");
  assert.match(placesSentence(QUERY, 1, { exact: false, whole: false }), /1 diamond, each where its true neighbours are/);
  assert.match(placesSentence(QUERY, 1, { exact: false, whole: true }), /one diamond, where its true neighbours are/);
  assert.equal(placesSentence(QUERY, 4, { exact: null, whole: false }), "“Mine.mp3”: 4 diamonds.");
  assert.match(placesSentence(QUERY, 0, { exact: true, whole: false }), /silent: it lies nowhere/);
});

test("the player plays it as a track that has no page", () => {
  const track = asTrack({ ...QUERY, audio: "/queries/a/audio", clip: "/queries/a/clip" });
  assert.equal(track.id, 0);
  assert.deepEqual([track.title, track.clip, track.state], ["Mine.mp3", "/queries/a/clip", "present"]);
});
