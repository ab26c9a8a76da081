import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue } from "../../static/js/app/queue.js";

globalThis.window = globalThis;

const TRACKS = {
  1: { title: "One", audio: null, state: "missing" },
  2: { title: "Two", audio: "/2" },
  3: { title: "Three", audio: "/3" },
};
globalThis.fetch = async (address) => {
  const id = Number(/tracks\/(\d+)/.exec(address)[1]);
  return TRACKS[id] ? Response.json({ id, path: "", ...TRACKS[id] }) : Response.json({}, { status: 404 });
};

/** A player that plays what it is told, and fails for one track. */
function playerFailing(broken) {
  const player = {
    state: { phase: "idle", segment: null, streaming: false, message: "" },
    seconds: 0,
    played: [],
    unlock() {},
    stop: () => (player.state = { ...player.state, phase: "idle", streaming: false }),
    keepPlaying(track, seconds, segment) {
      player.played.push(track.id);
      const failed = track.id === broken;
      const phase = failed ? "failed" : "playing";
      player.state = { phase, segment, streaming: !failed, message: failed ? "The file is damaged." : "" };
      player.seconds = failed ? 0 : segment.end; // is over at once
    },
  };
  return player;
}

const stretch = (track) => ({ track, start: 0, end: 3 });
const later = () => new Promise((resolve) => setTimeout(resolve, 500));

test("what cannot be played is skipped and named, and the rest is played", async () => {
  const player = playerFailing(2);
  const told = [];
  const queue = new Queue(player, (message) => told.push(message));
  queue.play([1, 2, 3, 99, 3].map(stretch));
  await later();
  assert.deepEqual(player.played, [2, 3, 3]);
  assert.equal(told[0], "Skipped: One. The file is no longer where it was.");
  assert.equal(told[1], "Skipped: One, Two. The file is damaged.");
  assert.match(told[2], /^Skipped: One, Two, Track 99\. ./);
  assert.equal(player.state.phase, "idle");
});

test("that there is nothing to play is said", () => {
  const told = [];
  new Queue(playerFailing(0), (message) => told.push(message)).play([]);
  assert.deepEqual(told, ["There is nothing to play."]);
});
