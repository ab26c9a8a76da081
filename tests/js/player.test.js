import assert from "node:assert/strict";
import { test } from "node:test";
import { Clips } from "../../static/js/player/clips.js";
import { clipAddress, linear, volumeGain } from "../../static/js/player/player.js";
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

/** The few parts of an audio context that a voice uses; gains write down what they are told. */
function audioContext() {
  const log = [];
  const gain = {
    value: 0.25,
    setValueAtTime: (value, time) => log.push(["set", value, time]),
    linearRampToValueAtTime: (value, time) => log.push(["ramp", value, time]),
    cancelScheduledValues: (time) => log.push(["cancel", time]),
  };
  const source = {
    connect: (node) => node,
    start: (time) => log.push(["start", time]),
    stop: (time) => log.push(["stop", time]),
  };
  const context = {
    currentTime: 10,
    createBufferSource: () => source,
    createGain: () => ({ gain, connect: () => {}, disconnect: () => {} }),
  };
  return { context, source, log };
}

test("a voice fades in and out within its clip", () => {
  const { context, log } = audioContext();
  new Voice(context, {}, { duration: 3 }, 0.5, () => {});
  assert.deepEqual(log, [
    ["set", 0, 10],
    ["ramp", 0.5, 10 + FADE_SECONDS],
    ["set", 0.5, 13 - FADE_SECONDS],
    ["ramp", 0, 13],
    ["start", 10],
  ]);
});

test("a stopped voice fades from where it is, and reports no end", () => {
  const { context, source, log } = audioContext();
  let ended = 0;
  const voice = new Voice(context, {}, { duration: 3 }, 0.5, () => ended++);
  context.currentTime = 11;
  assert.equal(voice.elapsed, 1);
  log.length = 0;
  voice.stop();
  voice.stop();
  source.onended();
  assert.deepEqual(log, [
    ["cancel", 11],
    ["set", 0.25, 11],
    ["ramp", 0, 11 + FADE_SECONDS],
    ["stop", 11 + FADE_SECONDS],
  ]);
  assert.equal(ended, 0);
});

test("levels and addresses", () => {
  assert.ok(Math.abs(linear(-6) - 0.501) < 0.001);
  assert.equal(volumeGain(0.5), 0.25);
  const segment = { track: 1, position: 4, start: 11.968, end: 14.96 };
  assert.equal(clipAddress("/tracks/1/clip", segment), "/tracks/1/clip?start=11.968&end=14.960");
});
