import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { AudioContext, Element, requests, settle } from "./sound.js";
import { clipAddress, Clips } from "../../static/js/player/clips.js";
import { Heard } from "../../static/js/player/heard.js";
import { linear, volumeGain } from "../../static/js/player/levels.js";
import { Player } from "../../static/js/player/player.js";
import { FADE_SECONDS, Voice } from "../../static/js/player/voice.js";

/** A loader that answers when told to, and rejects when its signal is aborted. */
function loader() {
  const requests = [];
  const load = (address, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      requests.push({ address, signal, answer: () => resolve({ address }) });
    });
  return { load, requests };
}

test("a clip is fetched once and kept", async () => {
  const { load, requests } = loader();
  const clips = new Clips(load);
  const [first, same] = [clips.get("a"), clips.get("a")];
  requests[0].answer();
  assert.equal(await first, await same);
  assert.equal(await clips.get("a"), await first);
  assert.equal(requests.length, 1);
});

test("pointing at another dot aborts the request under way", async () => {
  const { load, requests } = loader();
  const clips = new Clips(load);
  const first = clips.get("a");
  const second = clips.get("b");
  await assert.rejects(first, { name: "AbortError" });
  requests[1].answer();
  assert.equal((await second).address, "b");
});

test("a clip decoded after it was given up is not kept", async () => {
  let answer;
  const clips = new Clips(() => new Promise((resolve) => (answer = resolve)));
  const late = clips.get("a");
  clips.abort();
  answer({ address: "a" });
  await assert.rejects(late, { name: "AbortError" });
  clips.load = async () => "asked again";
  assert.equal(await clips.get("a"), "asked again");
});

test("a failed clip is asked for again", async () => {
  const answers = [() => Promise.reject(new Error("no")), () => Promise.resolve("yes")];
  const clips = new Clips(() => answers.shift()());
  await assert.rejects(clips.get("a"), { message: "no" });
  assert.equal(await clips.get("a"), "yes");
});

test("the oldest clips are let go", async () => {
  let loads = 0;
  const clips = new Clips(async (address) => {
    loads += 1;
    return address;
  });
  for (let i = 0; i < 30; i++) await clips.get(`clip ${i}`);
  await clips.get("clip 29");
  assert.equal(loads, 30);
  await clips.get("clip 0");
  assert.equal(loads, 31);
});

test("heard moments are remembered once each, the oldest let go", () => {
  const heard = new Heard();
  for (let i = 0; i < 6000; i++) heard.add({ track: 1, seconds: i });
  heard.add({ track: 1, seconds: 5999 });
  const moments = [...heard];
  assert.equal(moments.length, 5000);
  assert.deepEqual(moments[0], { track: 1, seconds: 1000 });
});

test("a voice fades in and out within its clip", () => {
  const context = new AudioContext();
  context.currentTime = 10;
  new Voice(context, {}, { duration: 3 }, 0.5, () => {});
  const [{ gain }] = context.gains;
  assert.deepEqual(gain.log, [
    ["set", 0, 10],
    ["ramp", 0.5, 10 + FADE_SECONDS],
    ["set", 0.5, 13 - FADE_SECONDS],
    ["ramp", 0, 13],
  ]);
  assert.deepEqual(context.sources[0].log, [["start", 10]]);
});

test("a stopped voice fades from where it is, and reports no end", () => {
  const context = new AudioContext();
  let ended = 0;
  const voice = new Voice(context, {}, { duration: 3 }, 0.5, () => ended++);
  context.currentTime = 1;
  assert.equal(voice.elapsed, 1);
  const [{ gain }] = context.gains;
  gain.log.length = 0;
  gain.value = 0.25;
  voice.stop();
  voice.stop();
  context.sources[0].onended();
  assert.deepEqual(gain.log, [
    ["cancel", 1],
    ["set", 0.25, 1],
    ["ramp", 0, 1 + FADE_SECONDS],
  ]);
  assert.deepEqual(context.sources[0].log, [
    ["start", 0],
    ["stop", 1 + FADE_SECONDS],
  ]);
  assert.equal(ended, 0);
});

test("levels and addresses", () => {
  assert.ok(Math.abs(linear(-6) - 0.501) < 0.001);
  assert.equal(volumeGain(0.5), volumeGain(1) / 4);
  assert.ok(volumeGain(1) * linear(6) <= 1, "the loudest raised track does not clip");
  const segment = { track: 1, position: 4, start: 11.968, end: 14.96 };
  assert.equal(clipAddress("/tracks/1/clip", segment), "/tracks/1/clip?start=11.968&end=14.960");
});

// The player: everything real but what the browser gives (context, element, network).

const TRACK = { id: 1, duration: 50, gain_db: 0, state: "present", audio: "/a", clip: "/c" };
const A = { track: 1, position: 0, start: 0, end: 3 };
const B = { track: 1, position: 1, start: 3, end: 6 };

beforeEach(() => {
  AudioContext.made.length = 0;
  Element.made.length = 0;
  requests.length = 0;
});

/** A player on a track, and the phases it went through. */
function playerOf(track = TRACK) {
  const player = new Player(async () => track);
  const phases = [];
  player.addEventListener("change", () => phases.push(player.state.phase));
  return { player, phases };
}

/** A player that was clicked at. */
async function unlocked(track) {
  const made = playerOf(track);
  made.player.unlock();
  await settle();
  return { ...made, context: AudioContext.made[0] };
}

/** Answers the request that came last. */
async function answer(seconds) {
  requests.at(-1).answer(seconds);
  await settle();
}

test("a segment is loaded, sounds, and ends", async () => {
  const { player, phases, context } = await unlocked();
  void player.play(A);
  await settle();
  assert.equal(requests[0].address, "/c?start=0.000&end=3.000");
  await answer(3);
  context.advance(1);
  assert.equal(player.seconds, 1);
  context.advance(2);
  assert.deepEqual(phases, ["loading", "playing", "ended"]);
  assert.equal(player.seconds, 3);
});

test("without a gesture nothing sounds; the first one plays what waited", async () => {
  const { player, phases } = playerOf();
  await player.play(A);
  assert.deepEqual(phases, ["loading", "locked"]);
  assert.equal(requests.length, 0);
  player.unlock();
  await settle();
  await answer(3);
  assert.deepEqual(phases.slice(2), ["loading", "playing"]);
  assert.equal(AudioContext.made[0].sources.length, 1);
});

test("a gesture that the browser refuses leaves it locked; a later one is asked again", async () => {
  AudioContext.refusals = 1;
  const { player } = await unlocked();
  void player.play(A);
  await settle();
  assert.equal(player.locked, true);
  assert.equal(player.state.phase, "locked");
  player.unlock();
  await settle();
  assert.equal(player.state.phase, "loading");
});

test("a suspended context is not shown as playing, and replays once it runs", async () => {
  const { player, context } = await unlocked();
  void player.play(A);
  await settle();
  await answer(3);
  await context.suspend();
  assert.equal(player.state.phase, "locked");
  player.unlock();
  await settle();
  assert.equal(player.state.phase, "playing");
  assert.equal(context.sources.length, 2);
});

test("a context suspended while a clip loads does not sound it", async () => {
  const { player, context } = await unlocked();
  void player.play(A);
  await settle();
  await context.suspend();
  assert.equal(player.state.phase, "locked");
  assert.equal(requests[0].signal.aborted, true);
});

test("a newer segment aborts the older one, which says nothing any more", async () => {
  const { player, phases } = await unlocked();
  const first = player.play(A);
  await settle();
  void player.play(B);
  await first;
  await settle();
  assert.equal(requests[0].signal.aborted, true);
  await answer(3);
  assert.deepEqual(phases, ["loading", "loading", "playing"]);
  assert.equal(player.state.segment, B);
});

test("stopping while a clip loads leaves silence", async () => {
  const { player, context } = await unlocked();
  const playing = player.play(A);
  await settle();
  player.stop();
  await playing;
  assert.equal(player.state.phase, "idle");
  assert.equal(context.sources.length, 0);
});

test("a track without audio says why", async () => {
  const { player } = await unlocked({ ...TRACK, state: "missing", audio: null, clip: null });
  await player.play(A);
  assert.equal(player.state.phase, "unavailable");
  assert.equal(player.state.message, "The file is no longer where it was.");
});

test("a clip that cannot be had or decoded is told as failed", async () => {
  const { player, context } = await unlocked();
  void player.play(A);
  await settle();
  requests[0].fail(422, "The file is damaged.");
  await settle();
  assert.equal(player.state.phase, "failed");
  assert.equal(player.state.message, "The file is damaged.");
  context.undecodable = true;
  void player.play(B);
  await settle();
  await answer(3);
  assert.equal(player.state.message, "This segment cannot be played.");
});

test("a track keeps playing from the moment that is heard, and can be sought in", async () => {
  const { player, phases, context } = await unlocked();
  const [element] = Element.made;
  void player.play(B);
  await settle();
  await answer(3);
  context.advance(1);
  player.keepPlaying(TRACK);
  assert.equal(element.src, "/a#t=4.000");
  assert.equal(context.sources[0].log.at(-1)[0], "stop");
  player.keepPlaying(TRACK, 30);
  assert.equal(element.src, "/a#t=30.000");
  element.currentTime = 31;
  assert.equal(player.seconds, 31);
  player.follow({ ...A, start: 30, end: 33 });
  element.dispatchEvent(new Event("ended"));
  assert.equal(phases.at(-1), "ended");
  assert.equal(player.state.streaming, false);
  assert.equal(player.seconds, 33);
});

test("a file that the browser cannot play is heard in clips without a gap", async () => {
  const { player, context } = await unlocked();
  const [element] = Element.made;
  player.keepPlaying(TRACK, 5);
  element.refuse();
  await settle();
  assert.equal(requests[0].address, "/c?start=5.000&end=25.000");
  await answer(20);
  assert.equal(requests[1].address, "/c?start=25.000&end=45.000");
  await answer(20);
  assert.equal(requests.length, 2, "only one clip ahead");
  assert.deepEqual(context.sources.map(({ log }) => log[0][1]), [0, 20]);
  assert.equal(player.state.phase, "playing");

  context.advance(21);
  assert.equal(player.seconds, 26);
  await settle();
  await answer(5); // the track's end
  assert.equal(context.sources[2].log[0][1], 40);
  context.advance(19);
  await settle();
  context.advance(5);
  await settle();
  assert.equal(player.state.phase, "ended");
  assert.equal(requests.length, 3);
});

test("clips stop with the player, and what still comes does not sound", async () => {
  const { player, context } = await unlocked();
  player.keepPlaying(TRACK, 5);
  Element.made[0].refuse();
  await settle();
  await answer(20);
  player.stop();
  await settle();
  assert.equal(context.sources[0].log.at(-1)[0], "stop");
  assert.equal(requests[1].signal.aborted, true);
  assert.equal(player.state.phase, "idle");
});

test("clips that cannot be had either are told as failed", async () => {
  const { player } = await unlocked();
  player.keepPlaying(TRACK, 5);
  Element.made[0].refuse();
  await settle();
  requests[0].fail(404, "The file is not there, or not to be read.");
  await settle();
  assert.equal(player.state.phase, "failed");
  assert.equal(player.state.streaming, false);
  assert.equal(player.state.message, "The file is not there, or not to be read.");
});
