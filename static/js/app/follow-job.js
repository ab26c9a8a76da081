/** Waits for a job, and tells how far it is. */

import { getJson, send } from "../api.js";

const LOOK_MS = 700;

/** @typedef {import("./jobs.js").Job} Job */

/**
 * @param {Job} job as it was answered
 * @param {(job: Job) => void} onLook called with its latest state
 * @returns {Promise<Job>} once it has ended, however it did
 */
export async function followJob(job, onLook) {
  let latest = job;
  for (;;) {
    onLook(latest);
    if (latest.state !== "queued" && latest.state !== "running") return latest;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    latest = await getJson(`jobs/${job.id}/`);
  }
}

/** @param {Job} job asks it to stop */
export async function cancelJob(job) {
  await send("POST", `jobs/${job.id}/cancel/`);
}
