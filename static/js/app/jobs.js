/** Work in progress: a quiet bar, and a map that fills as results arrive. */

import { getJson } from "../api.js";
import { JobBar } from "../ui/job-bar.js";
import { cancelJob } from "./follow-job.js";

const BUSY_MS = 3000;
const IDLE_MS = 20_000;

/**
 * @typedef {{id: number, kind: string, state: string, message: string, fraction: number | null,
 *   seconds_left: number | null, projection: number | null, comparison: number | null,
 *   cancel_requested: boolean}} Job the `projection` or `comparison` that it made
 */

/**
 * Watches jobs while the page is visible.
 *
 * @param {() => Promise<void>} onProgress called while jobs are active, and once they are done
 * @param {() => boolean} mayCancel whether who looks may have jobs stop
 */
export function watchJobs(onProgress, mayCancel) {
  const bar = new JobBar(cancelJob);
  let wasBusy = false;
  const look = async () => {
    let busy = wasBusy;
    if (!document.hidden) {
      try {
        const { results: all } = await getJson("jobs/?active=true");
        // Of somebody's file, its own page tells; maps do not change by it.
        const results = all.filter((/** @type {Job} */ { kind }) => kind !== "file-query");
        busy = results.length > 0;
        bar.show(results, mayCancel());
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
