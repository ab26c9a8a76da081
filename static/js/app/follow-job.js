/** Waits for a job, and tells how far it is. */

import { getJson, mayPass, send } from "../api.js";

const LOOK_MS = 700;
/** Waits after looks that failed: a server that is started anew is back within them. */
const PATIENCE_MS = [1000, 2000, 4000, 8000, 16_000];

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
    await wait(LOOK_MS);
    latest = await lookAt(job);
  }
}

/**
 * @param {Job} job
 * @returns {Promise<Job>} as it is now
 */
async function lookAt(job) {
  for (let failed = 0; ; failed++) {
    try {
      return await getJson(`jobs/${job.id}/`);
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (failed === PATIENCE_MS.length) {
        throw new Error(`The work may go on, but cannot be followed any more. ${error.message}`);
      }
      await wait(PATIENCE_MS[failed]);
    }
  }
}

/** @param {number} ms */
function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @param {Job} job asks it to stop */
export async function cancelJob(job) {
  await send("POST", `jobs/${job.id}/cancel/`);
}
