/** The question that is asked: its sounds, its choices, and the button that answers. */

import { missing, NONE } from "../model/trial.js";
import { byId, showText } from "../ui/dom.js";
import { explain } from "../ui/stage.js";
import { Deck } from "./deck.js";

/**
 * @typedef {import("../model/trial.js").Question} Question
 * @typedef {{choice: number | null, seconds: number}} Answer `choice` by its number
 */

export class Trial {
  deck = new Deck();
  /** @type {Question | null} */
  question = null;
  #asked = 0;
  #sending = false;
  #answered = false;

  /** @param {(answer: Answer) => Promise<void>} onAnswer */
  constructor(onAnswer) {
    this.onAnswer = onAnswer;
    this.form = /** @type {HTMLFormElement} */ (byId("trial"));
    this.submit = /** @type {HTMLButtonElement} */ (byId("trial-answer"));
    this.failure = byId("answer-failure");
    this.cards = [...this.form.querySelectorAll("[data-place]")].map(
      (card) => /** @type {HTMLElement} */ (card),
    );
    this.cards.forEach((card, place) => {
      card.querySelector(".trial-play")?.addEventListener("click", () => this.deck.toggle(place));
    });
    this.form.addEventListener("change", () => this.#render());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.answer();
    });
    this.failure.querySelector("button")?.addEventListener("click", () => void this.answer());
    this.deck.addEventListener("change", () => this.#render());
  }

  /** Whether it is asked still. */
  get open() {
    return this.question !== null && !this.#answered;
  }

  /** @param {Question} question */
  ask(question) {
    this.question = question;
    this.#answered = false;
    this.form.reset();
    this.failure.hidden = true;
    byId("trial-actions").hidden = false;
    for (const card of this.cards) {
      const mark = card.querySelector(".trial-mark");
      if (mark) showText(/** @type {HTMLElement} */ (mark), null);
    }
    this.deck.show([question.reference, ...question.candidates]);
    this.#asked = performance.now();
  }

  /** @param {string} choice a place, or none of them */
  choose(choice) {
    const radio = this.#radios.find(({ value }) => value === choice);
    if (!radio || radio.disabled) return;
    radio.checked = true;
    this.#render();
  }

  /** Sends what is chosen, once; says so where that fails, and keeps the choice. */
  async answer() {
    const chosen = this.#chosen;
    if (!this.question || chosen === null || this.submit.disabled || this.#sending) return;
    this.#sending = true;
    this.failure.hidden = true;
    this.#render();
    const choice = chosen === NONE ? null : this.question.candidates[Number(chosen) - 1].number;
    const seconds = (performance.now() - this.#asked) / 1000;
    try {
      await this.onAnswer({ choice, seconds });
    } catch (error) {
      this.failure.hidden = false;
      explain(this.failure, error);
    } finally {
      this.#sending = false;
      this.#render();
    }
  }

  /**
   * Ends the question: its sounds can still be heard.
   *
   * @param {Map<number, string>} marks by place, what is said of it
   */
  close(marks) {
    this.#answered = true;
    byId("trial-actions").hidden = true;
    for (const [place, text] of marks) {
      showText(/** @type {HTMLElement} */ (this.cards[place].querySelector(".trial-mark")), text);
    }
    this.#render();
  }

  /**
   * @param {number} number of a candidate
   * @returns {number} the place where it is shown, from 1
   */
  placeOf(number) {
    return (this.question?.candidates.findIndex((each) => each.number === number) ?? -1) + 1;
  }

  /** @returns {HTMLInputElement[]} */
  get #radios() {
    return [.../** @type {any} */ (this.form.elements.namedItem("choice"))];
  }

  get #chosen() {
    return this.#radios.find(({ checked }) => checked)?.value ?? null;
  }

  #render() {
    const { deck } = this;
    this.cards.forEach((card, place) => {
      const sounds = deck.sounding === place;
      card.toggleAttribute("data-sounds", sounds);
      card.toggleAttribute("data-heard", deck.heard[place]);
      const name = place ? String(place) : "the reference";
      const heard = deck.heard[place] ? ", heard" : "";
      card.querySelector(".trial-play")?.setAttribute("aria-label", `${sounds ? "Stop" : "Hear"} ${name}${heard}`);
    });
    this.form.toggleAttribute("data-answered", this.#answered && !deck.message);
    for (const radio of this.#radios) radio.disabled = this.#answered;
    const lacks = this.#answered ? "" : missing(deck.heard, this.#chosen);
    this.submit.disabled = lacks !== null || this.#sending;
    byId("trial-note").textContent = deck.message || (lacks ?? "");
  }
}
