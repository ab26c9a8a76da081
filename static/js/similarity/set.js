/** A fixed set of questions: one after the other, with nothing told of the answers. */

import { ApiError, getJson, orMissing, send } from "../api.js";
import { count } from "../model/format.js";
import { lengthSentence } from "../model/trial.js";
import { byId, showText } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { Trial } from "./trial.js";

/**
 * @typedef {{name: string, description: string, open: boolean, made: boolean, of: number,
 *   answered: number, place: number | null,
 *   question: import("../model/trial.js").Question | null}} Standing
 */

const CONFLICT = 409;
/** How often is looked whether the questions are drawn. */
const AGAIN_MS = 4000;

export class QuestionSet {
  /** @type {Standing | null} */
  #standing = null;
  #siteTitle = document.title;
  /** Of the question that is asked. */
  #place = 0;

  /**
   * @param {string} slug
   * @param {string} rater
   */
  constructor(slug, rater) {
    this.address = `listening/sets/${encodeURIComponent(slug)}/`;
    this.rater = rater;
    this.trial = new Trial((answer) => this.#answer(answer));
    this.intro = new Part("set", () => this.#introduce());
    this.part = new Part("trial", () => this.#load());
    byId("set-begin").addEventListener("click", () => this.#begin());
  }

  show() {
    void this.intro.show();
  }

  /** The next question comes by itself; before the first, this begins. */
  next() {
    if (!byId("set").hidden) this.#begin();
  }

  /** @returns {Promise<Standing>} */
  #ask() {
    return orMissing(
      getJson(`${this.address}next/?rater=${this.rater}`),
      "There is no such listening test: the link may be mistyped, or the test was deleted. Ask whoever sent it.",
    );
  }

  async #introduce() {
    const standing = await this.#ask();
    this.#standing = standing;
    byId("test-title").textContent = standing.name;
    document.title = `${standing.name} · ${this.#siteTitle}`;
    byId("test-end").hidden = standing.question !== null;
    showText(byId("set-description"), standing.description);
    byId("set-length").textContent = lengthSentence(standing.answered, standing.of);
    if (standing.question) return null;
    if (!standing.made) setTimeout(() => this.show(), AGAIN_MS);
    return this.#end(standing);
  }

  #begin() {
    byId("set").hidden = true;
    void this.part.show();
  }

  /** Asks the next question, or ends. */
  async #load() {
    const standing = this.#standing ?? (await this.#ask());
    this.#standing = null; // from now on, each is asked for
    if (!standing.question) return this.#end(standing);
    const { place, of } = standing;
    this.#place = place ?? 0;
    byId("trial-progress").hidden = false;
    byId("trial-place").textContent = `Question ${place} of ${of}`;
    const bar = /** @type {HTMLProgressElement} */ (byId("trial-bar"));
    [bar.max, bar.value] = [of, standing.answered];
    this.trial.ask(standing.question);
    return null;
  }

  /** @param {import("./trial.js").Answer} answer */
  async #answer(answer) {
    const body = { ...answer, place: this.#place, rater: this.rater };
    try {
      await send("POST", `${this.address}answers/`, body);
    } catch (error) {
      // Answered in another tab, or the set was closed: what comes next says so.
      if (!(error instanceof ApiError && error.status === CONFLICT)) throw error;
    }
    await this.part.show();
    byId("main").focus();
  }

  /**
   * @param {Standing} standing without a question
   * @returns {string} what is said instead of one
   */
  #end(standing) {
    const [title, text] = ending(standing);
    if (!byId("test-end").hidden && byId("test-end-title").textContent === title) return ""; // told before
    byId("test-end-title").textContent = title;
    byId("test-end-text").textContent = text;
    byId("test-end").hidden = false;
    byId("test-end-title").focus();
    return "";
  }
}

/**
 * @param {Standing} standing
 * @returns {[string, string]}
 */
function ending({ made, open, answered, of }) {
  if (!made) return ["Not ready yet", "The questions of this set are still being drawn. The test begins here as soon as they are."];
  if (answered >= of) return ["Thank you", `You have answered all ${count(of, "question")}. You can close this page.`];
  const kept = answered ? ` Your ${count(answered, "answer")} ${answered === 1 ? "is" : "are"} kept.` : "";
  return open ? ["Nothing is left", kept] : ["This set is closed", `It takes no more answers.${kept}`];
}
