import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { AudioContext, Element, settle } from "./sound.js";
import { Player } from "../../static/js/player/player.js";
import { PATIENCE_SECONDS, RemoteStream } from "../../static/js/player/remote-stream.js";

/** @type {string[]} */
let told;
/** @type {RemoteStream} */
let stream;
/** @type {any} */
let element;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  told = [];
  stream = new RemoteStream({
    onPlaying: () => told.push("playing"),
    onEnd: () => told.push("end"),
    onFail: (reason) => told.push(reason),
  });
  element = Element.made.at(-1);
});

afterEach(() => mock.timers.reset());

test("a stretch is faded in, heard to its end, and faded out", () => {
  void stream.start("/tracks/1/audio", 30, { level: 0.4, end: 33 });
  assert.equal(element.src, "/tracks/1/audio#t=30.000");
  assert.equal(element.volume, 0);
  element.sound(30);
  mock.timers.tick(30);
  assert.equal(element.volume, 0.4);
  mock.timers.tick(2969);
  assert.deepEqual(told, ["playing"]);
  mock.timers.tick(2);
  assert.deepEqual(told, ["playing", "end"]);
  mock.timers.tick(30);
  assert.equal(element.volume, 0);
  assert.ok(element.paused);
});

test("the wait for data does not shorten what is heard", () => {
  void stream.start("/a", 30, { level: 1, end: 33 });
  element.sound(30);
  mock.timers.tick(1000);
  element.currentTime = 31;
  element.dispatchEvent(new Event("waiting"));
  mock.timers.tick(5000);
  assert.deepEqual(told, ["playing"]);
  element.sound(31);
  mock.timers.tick(1999);
  assert.deepEqual(told, ["playing", "playing"]);
  mock.timers.tick(1);
  assert.equal(told.at(-1), "end");
});

test("a stream that fails says so once", async () => {
  const started = stream.start("/a", 0, { level: 1 });
  element.refuse();
  await started;
  assert.deepEqual(told, ["cannot be played"]);
});

test("patience ends where nothing comes", () => {
  void stream.start("/a", 0, { level: 1 });
  mock.timers.tick(1000 * PATIENCE_SECONDS - 1);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ["does not come"]);
});

test("what was stopped tells nothing more", () => {
  void stream.start("/a", 0, { level: 1, end: 3 });
  element.sound(0);
  stream.stop();
  element.refuse();
  mock.timers.tick(60_000);
  assert.deepEqual(told, ["playing"]);
  assert.ok(element.paused);
});

test("another start while one fades out is not paused by it", () => {
  void stream.start("/a", 0, { level: 1 });
  element.sound(0);
  stream.stop();
  void stream.start("/b", 5, { level: 1 });
  element.sound(5);
  mock.timers.tick(100);
  assert.ok(!element.paused);
  assert.equal(element.volume, 1);
});

const STREAMED = {
  id: 1,
  gain_db: 0,
  audio: "/tracks/1/audio",
  clip: null,
  state: "catalogue",
  played_from: { provider: "jamendo", page: null, licence: null },
};

test("the player plays a dot of a streamed track, and goes on from there", async () => {
  mock.timers.reset();
  const player = new Player(async () => /** @type {any} */ (STREAMED));
  const remote = Element.made.at(-1);
  const segment = { track: 1, position: 2, start: 6, end: 9 };
  await player.play(segment);
  assert.equal(player.state.phase, "locked"); // before any gesture
  player.unlock();
  await settle();
  assert.equal(player.state.phase, "loading");
  assert.equal(remote.src, "/tracks/1/audio#t=6.000");
  remote.sound(6);
  assert.equal(player.state.phase, "playing");
  player.keepPlaying(/** @type {any} */ (STREAMED), 7);
  assert.deepEqual([player.state.phase, player.state.streaming], ["loading", true]);
  assert.equal(remote.src, "/tracks/1/audio#t=7.000");
  remote.sound(7);
  assert.equal(player.seconds, 7);
  player.volume = 0.5;
  assert.equal(remote.volume, 0.125);
  remote.refuse();
  assert.equal(player.state.phase, "failed");
  assert.match(player.state.message, /^Jamendo’s stream of this track cannot be played\./);
  player.stop();
  AudioContext.made.length = 0;
});
