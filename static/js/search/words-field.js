/** The text of a query by tags: completed at the caret, with its mistake marked. */

import { ApiError } from "../api.js";
import { FIRST, completions, examplesFor, quoted, unitsAt, wordAt, wordsAddress } from "../model/words.js";
import { wireCombobox } from "../ui/combobox.js";
import { byId, showText } from "../ui/dom.js";

const MOST_SUGGESTED = 60;

/**
 * @typedef {import("../model/words.js").Word} Word
 * @typedef {import("../ui/combobox.js").Group} Group
 */

export class WordsField {
  /** @param {import("./words-page.js").WordsPage} page */
  constructor(page) {
    this.page = page;
    this.input = /** @type {HTMLInputElement} */ (byId("words-q"));
    byId("words-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search();
    });
    this.input.addEventListener("change", () => this.#search());
    wireCombobox(this.input, byId("words-q-list"), {
      suggest: async () => suggestWords(page.words, this.#typed.typed),
      choose: ({ value }) => this.#complete(value),
      completes: true,
    });
    const help = /** @type {HTMLDialogElement} */ (byId("words-help"));
    byId("words-help-open").addEventListener("click", () => help.showModal());
    byId("words-mend").addEventListener("click", () => this.#mend());
  }

  get #typed() {
    return wordAt(this.input.value, this.input.selectionStart ?? this.input.value.length);
  }

  /** @param {string} name takes the place of what is typed */
  #complete(name) {
    const { from, to } = this.#typed;
    this.#replace(from, to, quoted(name));
    this.input.focus();
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {string} text
   */
  #replace(from, to, text) {
    this.input.setRangeText(text, from, to, "end");
    this.#search();
  }

  #search() {
    const q = this.input.value.trim() === "" ? null : this.input.value;
    if (q !== this.page.choices.q) this.page.change({ q, limit: FIRST });
  }

  render() {
    const q = this.page.choices.q ?? "";
    if (this.input.value !== q) this.input.value = q;
    this.tell(null);
  }

  renderExamples() {
    const { choices, words } = this.page;
    const part = byId("words-examples");
    part.hidden = choices.q !== null;
    const links = examplesFor(words).map((example) => {
      const link = document.createElement("a");
      link.textContent = example;
      link.href = wordsAddress({ ...choices, q: example });
      return link;
    });
    part.replaceChildren("For example:", ...links);
  }

  /**
   * Shows where the mistake of a query is; null where there is none.
   *
   * @param {unknown} error
   * @returns {boolean} whether it is a mistake of the query
   */
  tell(error) {
    const wrong = error instanceof ApiError && error.code === "query" ? error : null;
    byId("words-mistake").hidden = wrong === null;
    this.input.toggleAttribute("aria-invalid", wrong !== null);
    if (wrong) {
      this.input.setAttribute("aria-invalid", "true");
      this.input.setAttribute("aria-describedby", "words-mistake-says");
      this.#point(wrong);
    } else this.input.removeAttribute("aria-describedby");
    return wrong !== null;
  }

  /** @param {ApiError} error */
  #point({ message, details }) {
    const written = this.page.choices.q ?? "";
    const start = unitsAt(written, Number(details.position[0]));
    const end = unitsAt(written, Number(details.position[0]) + Number(details.length[0]));
    byId("words-right").textContent = written.slice(0, start);
    byId("words-wrong").textContent = written.slice(start, end);
    byId("words-rest").textContent = written.slice(end);
    byId("words-mistake-says").textContent = message;
    const instead = details.suggestion?.[0] ?? "";
    this.mending = { start, end, instead };
    showText(byId("words-mend"), instead && `Write ${instead}`);
  }

  #mend() {
    if (!this.mending) return;
    const { start, end, instead } = this.mending;
    this.#replace(start, end, instead);
    this.input.focus();
  }
}

/**
 * @param {Word[]} words
 * @param {string} typed
 * @returns {Group[]} the network's own tags, and other words for them
 */
export function suggestWords(words, typed) {
  const found = completions(words, typed).slice(0, MOST_SUGGESTED);
  if (found.some(({ name }) => name.toLowerCase() === typed.trim().toLowerCase())) return [];
  const suggestions = (/** @type {boolean} */ own) =>
    found
      .filter((word) => word.own === own)
      .map(({ name, meaning, present }) => ({
        label: name,
        value: name,
        detail: own || name === meaning ? "" : `${present ? "as" : "not"} ${meaning}`,
      }));
  return [
    { label: "Tags", suggestions: suggestions(true) },
    { label: "Other words for them", suggestions: suggestions(false) },
  ].filter((group) => group.suggestions.length > 0);
}
