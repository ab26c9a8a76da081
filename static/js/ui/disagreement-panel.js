/** The question "where do they disagree?": a switch, its progress, and the tracks that differ most. */

import { jobSentence } from "../model/sentences.js";
import { artistNames, percent } from "../model/format.js";
import { byId, showText } from "./dom.js";
import { previewButtons, previewClicked } from "./previews.js";

/**
 * @typedef {{track: {id: number, title: string, artists: {name: string}[]}, disagreement: number,
 *   segments: number}} DifferingTrack
 */

export class DisagreementPanel {
  /** @param {{onToggle: (wanted: boolean) => void, onCancel: () => void, onRetry: () => void,
   *   onPreview: (track: number, kind: import("../model/previews.js").PreviewKind) => void}} events */
  constructor(events) {
    this.box = /** @type {HTMLInputElement} */ (byId("disagree"));
    this.box.addEventListener("change", () => events.onToggle(this.box.checked));
    byId("disagree-cancel").addEventListener("click", events.onCancel);
    byId("disagree-retry").addEventListener("click", events.onRetry);
    this.list = byId("disagree-tracks");
    this.list.addEventListener("click", ({ target }) => {
      const kind = previewClicked(target);
      const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("li"));
      if (kind && row) events.onPreview(Number(row.dataset.track), kind);
    });
  }

  /** @param {boolean} wanted */
  setWanted(wanted) {
    this.box.checked = wanted;
  }

  clear() {
    this.#say(null);
    this.#failed(null);
    this.#work(false);
    this.list.replaceChildren();
  }

  asking() {
    this.clear();
    this.#say("Comparing …");
  }

  /** @param {import("../app/jobs.js").Job} job */
  progress(job) {
    this.#work(true);
    this.#say(jobSentence(job));
    const bar = /** @type {HTMLProgressElement} */ (byId("disagree-progress"));
    if (job.fraction === null) bar.removeAttribute("value");
    else bar.value = job.fraction;
  }

  /** @param {string} message */
  fail(message) {
    this.clear();
    this.#failed(message || "The networks could not be compared.");
  }

  /**
   * @param {string} sentence
   * @param {DifferingTrack[]} tracks
   */
  show(sentence, tracks) {
    this.clear();
    this.#say(sentence);
    this.list.replaceChildren(...tracks.map(item));
  }

  /** @param {boolean} busy */
  #work(busy) {
    byId("disagree-work").hidden = !busy;
  }

  /** @param {string | null} message */
  #failed(message) {
    byId("disagree-failure").hidden = message === null;
    byId("disagree-error").textContent = message ?? "";
  }

  /** @param {string | null} sentence */
  #say(sentence) {
    showText(byId("disagree-told"), sentence);
  }
}

/** @param {DifferingTrack} differing */
function item({ track, disagreement }) {
  const link = document.createElement("a");
  link.href = `/tracks/${track.id}`;
  link.className = "label";
  link.textContent = [track.title, artistNames(track)].filter(Boolean).join(" · ");
  const share = document.createElement("span");
  share.className = "muted numbers";
  share.textContent = percent(disagreement);
  const row = document.createElement("li");
  row.dataset.track = String(track.id);
  row.append(link, previewButtons(track.title), share);
  return row;
}
