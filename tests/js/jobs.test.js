import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { fakePage, settled, slowServer } from "./page.js";
import { cancelJob, followJob } from "../../static/js/app/follow-job.js";
import { JobBar } from "../../static/js/ui/job-bar.js";

const JOB = { id: 7, kind: "projection", state: "running", fraction: 0.5, seconds_left: null };

afterEach(() => mock.timers.reset());

/** Lets time pass, so that waits end. */
async function pass(ms) {
  mock.timers.tick(ms);
  await settled();
}

test("a job is followed through a server that is gone for a while", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const server = slowServer();
  const looks = [];
  const ended = followJob(JOB, ({ state }) => looks.push(state));
  await pass(700);
  await server.fail("jobs/7/");
  await pass(1000);
  await server.answer("jobs/7/", {}, 502);
  assert.equal(server.asked.length, 0);
  await pass(1000); // the second wait is longer
  assert.equal(server.asked.length, 0);
  await pass(1000);
  await server.answer("jobs/7/", { ...JOB, state: "done", projection: 3 });
  assert.equal((await ended).projection, 3);
  assert.deepEqual(looks, ["running", "done"]);
});

test("a server that stays away, and a job that is not there, are told in words", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const server = slowServer();
  const away = followJob(JOB, () => {});
  away.catch(() => {});
  await pass(700);
  for (let i = 0; i < 5; i++) {
    await server.fail("jobs/7/");
    await pass(16_000);
  }
  await server.fail("jobs/7/");
  await assert.rejects(away, { message: /cannot be followed any more\. The server cannot be reached/ });
  const gone = followJob(JOB, () => {});
  gone.catch(() => {});
  await pass(700);
  await server.answer("jobs/7/", { detail: "No such job.", code: "not_found" }, 404);
  await assert.rejects(gone, { message: "No such job." });
});

test("each job has a row, which whoever may can have it stop with", async () => {
  const byId = fakePage();
  const server = slowServer();
  const bar = new JobBar(cancelJob);
  const other = { ...JOB, id: 8, kind: "comparison", state: "queued" };
  bar.show([JOB, other], true);
  const element = byId("job-bar");
  assert.equal(element.hidden, false);
  assert.match(element.text, /Laying out a map on demand · 50% .* Comparing two networks: waiting/);
  const [row] = element.children;
  const [text, progress, button] = row.children;
  assert.equal(button.getAttribute("aria-label"), "Cancel: Laying out a map on demand");
  button.click();
  await server.fail("jobs/7/cancel/");
  assert.match(text.textContent, /could not be stopped\. The server cannot be reached/);
  button.click();
  await server.answer("jobs/7/cancel/", {});
  assert.deepEqual([text.textContent, button.hidden, progress.value], ["Stopping…", true, 0.5]);
  bar.show([{ ...JOB, cancel_requested: true }, other], true);
  assert.deepEqual([element.children[0] === row, button.hidden], [true, true]);
  bar.show([other], false);
  assert.deepEqual([element.children.length, element.children[0].children[2].hidden], [1, true]);
  bar.show([], true);
  assert.equal(element.hidden, true);
});
