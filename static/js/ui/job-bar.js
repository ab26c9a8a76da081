/** A quiet bar over the map: how far work is, and a way to have it stop. */

import { jobName, jobSentence } from "../model/sentences.js";
import { byId } from "./dom.js";

/**
 * @typedef {import("../app/jobs.js").Job} Job
 * @typedef {{element: HTMLElement, show: (job: Job, mayCancel: boolean) => void}} Row of one job
 */

export class JobBar {
  /** @type {Map<number, Row>} by the job's id: rows stay, and the focus in them */
  #rows = new Map();

  /** @param {(job: Job) => Promise<void>} cancel asks a job to stop */
  constructor(cancel) {
    this.cancel = cancel;
    this.element = byId("job-bar");
  }

  /**
   * @param {Job[]} jobs active ones
   * @param {boolean} mayCancel
   */
  show(jobs, mayCancel) {
    const rows = new Map(jobs.map((job) => [job.id, this.#rows.get(job.id) ?? newRow(this.cancel)]));
    const same = rows.size === this.#rows.size && jobs.every(({ id }) => this.#rows.has(id));
    this.#rows = rows;
    for (const job of jobs) rows.get(job.id)?.show(job, mayCancel);
    if (!same) this.element.replaceChildren(...[...rows.values()].map(({ element }) => element));
    this.element.hidden = jobs.length === 0;
  }
}

/**
 * @param {(job: Job) => Promise<void>} cancel
 * @returns {Row}
 */
function newRow(cancel) {
  const element = document.createElement("div");
  element.className = "job";
  const text = document.createElement("span");
  text.className = "numbers";
  const progress = document.createElement("progress");
  progress.setAttribute("aria-label", "Progress");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "Cancel";
  element.append(text, progress, button);
  return {
    element,
    show(job, mayCancel) {
      text.textContent = job.cancel_requested ? "Stopping…" : jobSentence(job);
      if (job.fraction === null) progress.removeAttribute("value");
      else progress.value = job.fraction;
      button.setAttribute("aria-label", `Cancel: ${jobName(job)}`);
      button.hidden = !mayCancel || job.cancel_requested;
      button.onclick = async () => {
        button.disabled = true; // until it is known what became of it
        try {
          await cancel(job);
          text.textContent = "Stopping…";
          button.hidden = true;
        } catch (error) {
          text.textContent = `It could not be stopped. ${error instanceof Error ? error.message : ""}`;
        }
        button.disabled = false;
      };
    },
  };
}
