/** The dialogue in which a layout is asked for, and its progress followed. */

import { jobSentence } from "../model/sentences.js";
import { complaint, parametersOf } from "../model/layout-request.js";
import { byId, showText } from "./dom.js";

/**
 * @typedef {{method: string, parameters: Record<string, number>, seed: number,
 *   onlyShown: boolean}} Wanted
 * @typedef {import("../app/jobs.js").Job} Job
 * @typedef {import("../model/layout-request.js").Parameter} Parameter
 */

const SEED = { label: "Seed", least: 0, most: 999_999, whole: true };

export class NewLayoutDialogue {
  /** @type {import("../model/layout-request.js").Method[]} */
  #offered = [];

  /** @param {{onMake: (wanted: Wanted) => void, onCancel: () => void}} events */
  constructor(events) {
    this.events = events;
    this.element = /** @type {HTMLDialogElement} */ (byId("new-layout"));
    this.form = /** @type {HTMLFormElement} */ (byId("new-layout-form"));
    for (const radio of this.#methods()) {
      radio.addEventListener("change", () => this.#showParameters());
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("new-layout-cancel").addEventListener("click", events.onCancel);
    byId("new-layout-close").addEventListener("click", () => this.close());
  }

  /** Whether it knows what each method takes. */
  get ready() {
    return this.#offered.length > 0;
  }

  /** @param {import("../model/layout-request.js").Method[]} methods */
  offer(methods) {
    this.#offered = methods;
    this.#showParameters();
  }

  get isOpen() {
    return this.element.open;
  }

  open() {
    this.element.showModal();
  }

  close() {
    this.element.close();
  }

  /**
   * @param {string} layer name for people
   * @param {string | null} shown what the filter shows; null where nothing is filtered
   */
  describe(layer, shown) {
    byId("new-layout-layer").textContent = layer;
    const onlyShown = /** @type {HTMLInputElement} */ (byId("new-layout-shown"));
    onlyShown.disabled = shown === null;
    onlyShown.checked = shown !== null;
    byId("new-layout-shown-text").textContent = shown
      ? `Only what the filter shows (${shown})`
      : "Only what the filter shows (nothing is filtered)";
    this.idle(null);
  }

  /** @param {Job} job */
  showProgress(job) {
    this.#work(true);
    byId("new-layout-progress-text").textContent = jobSentence(job);
    const progress = /** @type {HTMLProgressElement} */ (byId("new-layout-progress-bar"));
    if (job.fraction === null) progress.removeAttribute("value");
    else progress.value = job.fraction;
  }

  /** @param {string} message */
  fail(message) {
    this.#work(false);
    showText(byId("new-layout-error"), message || "The layout could not be made.");
  }

  /**
   * Ready for another wish.
   *
   * @param {string | null} told
   */
  idle(told) {
    this.#work(false);
    showText(byId("new-layout-told"), told);
  }

  /** @param {boolean} busy */
  #work(busy) {
    byId("new-layout-progress").hidden = !busy;
    byId("new-layout-cancel").hidden = !busy;
    byId("new-layout-make").hidden = busy;
    byId("new-layout-close").textContent = busy ? "Continue in the background" : "Close";
    /** @type {HTMLFieldSetElement} */ (byId("new-layout-fields")).disabled = busy;
    showText(byId("new-layout-error"), null);
    showText(byId("new-layout-told"), null);
  }

  #methods() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (
      this.form.querySelectorAll("input[name=layout-method]")
    );
  }

  get #method() {
    return [...this.#methods()].find(({ checked }) => checked)?.value ?? "umap";
  }

  #showParameters() {
    const parameters = parametersOf(this.#offered, this.#method);
    byId("new-layout-parameters").replaceChildren(...parameters.map(field));
  }

  #submit() {
    /** @type {Record<string, number>} */
    const parameters = {};
    const complaints = [];
    for (const parameter of parametersOf(this.#offered, this.#method)) {
      const { valueAsNumber } = /** @type {HTMLInputElement} */ (byId(`layout-${parameter.name}`));
      complaints.push(complaint(parameter, valueAsNumber));
      parameters[parameter.name] = valueAsNumber;
    }
    const seed = /** @type {HTMLInputElement} */ (byId("layout-seed")).valueAsNumber;
    complaints.push(complaint(SEED, seed));
    const wrong = complaints.find((each) => each !== null);
    if (wrong) return this.fail(wrong);
    const onlyShown = /** @type {HTMLInputElement} */ (byId("new-layout-shown")).checked;
    this.idle("Asking …");
    this.events.onMake({ method: this.#method, parameters, seed, onlyShown });
  }
}

/** @param {Parameter} parameter */
function field({ name, label, explanation, default: initial, least, most, step }) {
  const container = document.createElement("div");
  container.className = "field";
  const input = document.createElement("input");
  Object.assign(input, { type: "number", id: `layout-${name}`, value: String(initial) });
  Object.assign(input, { min: String(least), max: String(most), step: String(step) });
  input.setAttribute("aria-describedby", `layout-${name}-about`);
  const text = document.createElement("label");
  text.htmlFor = input.id;
  text.textContent = label;
  const about = document.createElement("p");
  about.id = `layout-${name}-about`;
  about.className = "muted";
  about.textContent = explanation;
  container.append(text, input, about);
  return container;
}
