/** Work in progress: a quiet bar, and a map that fills as results arrive. */

import { getJson } from "../api.js";
import { percent, timeLeft } from "../model/format.js";
import { byId } from "../ui/dom.js";

const BUSY_MS = 3000;
const IDLE_MS = 20_000;

const NAMES = new Map([
  ["index", "Looking for music"],
  ["metadata", "Reading titles and tags"],
  ["extraction", "Listening to the music"],
  ["reduction", "Laying out the map"],
  ["projection", "Laying out the map you asked for"],
  ["vector-index", "Preparing search"],
  ["comparison", "Comparing two networks"],
]);

/**
 * @typedef {{id: number, kind: string, state: string, message: string, fraction: number | null,
 *   seconds_left: number | null, projection: number | null, comparison: number | null}} Job the
 *   `projection` or `comparison` that it made
 */

/**
 * Watches jobs while the page is visible.
 *
 * @param {() => Promise<void>} onProgress called while jobs are active, and once they are done
 */
export function watchJobs(onProgress) {
  let wasBusy = false;
  const look = async () => {
    let busy = wasBusy;
    if (!document.hidden) {
      try {
        const { results } = await getJson("jobs/?active=true");
        busy = results.length > 0;
        showJobs(results);
        if (busy || wasBusy) await onProgress();
      } catch {
        // The next look may succeed; what the person asked for reports its own failure.
      }
    }
    wasBusy = busy;
    setTimeout(look, busy ? BUSY_MS : IDLE_MS);
  };
  void look();
}

/** @param {Job[]} jobs active ones */
function showJobs(jobs) {
  const bar = byId("job-bar");
  bar.hidden = jobs.length === 0;
  if (jobs.length === 0) return;
  const job = jobs.find((each) => each.state === "running") ?? jobs[0];
  const text = /** @type {HTMLElement} */ (bar.querySelector(".job-text"));
  text.textContent = jobSentence(job);
  const progress = /** @type {HTMLProgressElement} */ (bar.querySelector("progress"));
  if (job.fraction === null) progress.removeAttribute("value");
  else progress.value = job.fraction;
}

/** @param {Job} job */
export function jobSentence(job) {
  const name = NAMES.get(job.kind) ?? "At work";
  if (job.state === "queued") return `${name}: waiting for its turn`;
  const done = job.fraction === null ? "" : percent(job.fraction);
  return [name, done, timeLeft(job.seconds_left)].filter(Boolean).join(" · ");
}
