/** A field for a query by tags: completed at the caret, with its mistake marked. */

import { ApiError } from "../api.js";
import { completions, quoted, unitsAt, wordAt } from "../model/words.js";
import { wireCombobox } from "./combobox.js";
import { byId, showText } from "./dom.js";

const MOST_SUGGESTED = 60;

/**
 * @typedef {import("../model/words.js").Word} Word
 * @typedef {import("./combobox.js").Group} Group
 */

export class WordsInput {
  /** The query that is searched by. */
  #written = "";

  /**
   * @param {string} prefix of its elements' ids
   * @param {{words: () => Promise<Word[]>, search: (query: string) => void}} events `search` comes
   *   with a query that is complete, maybe empty
   */
  constructor(prefix, { words, search }) {
    this.prefix = prefix;
    this.onSearch = search;
    this.input = /** @type {HTMLInputElement} */ (this.#part("q"));
    this.input.addEventListener("change", () => this.search());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.defaultPrevented) this.search();
    });
    wireCombobox(this.input, this.#part("q-list"), {
      suggest: async () => suggestWords(await words(), this.#typed.typed),
      choose: ({ value }) => this.#complete(value),
      completes: true,
    });
    this.#part("mend").addEventListener("click", () => this.#mend());
  }

  /** @param {string} name */
  #part(name) {
    return byId(`${this.prefix}-${name}`);
  }

  get #typed() {
    return wordAt(this.input.value, this.input.selectionStart ?? this.input.value.length);
  }

  search() {
    const query = this.input.value.trim() === "" ? "" : this.input.value;
    if (query !== this.#written) this.onSearch(query);
  }

  /** @param {string} name takes the place of what is typed */
  #complete(name) {
    const { from, to } = this.#typed;
    this.#replace(from, to, quoted(name));
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {string} text
   */
  #replace(from, to, text) {
    this.input.setRangeText(text, from, to, "end");
    this.input.focus();
    this.search();
  }

  /** @param {string} query that is searched by */
  show(query) {
    if (this.#written !== query) {
      this.input.value = query;
      this.tell(null);
    }
    this.#written = query;
  }

  /**
   * Shows where the mistake of a query is, or that there is none.
   *
   * @param {unknown} error
   * @returns {boolean} whether it is a mistake of the query
   */
  tell(error) {
    const wrong = error instanceof ApiError && error.code === "query" ? error : null;
    this.#part("mistake").hidden = wrong === null;
    if (!wrong) {
      for (const name of ["aria-invalid", "aria-describedby"]) this.input.removeAttribute(name);
      return false;
    }
    this.input.setAttribute("aria-invalid", "true");
    this.input.setAttribute("aria-describedby", `${this.prefix}-mistake-says`);
    this.#point(wrong);
    return true;
  }

  /** @param {ApiError} error */
  #point({ message, errors }) {
    const written = this.#written;
    const [position, length] = [Number(errors.position[0]), Number(errors.length[0])];
    const [start, end] = [unitsAt(written, position), unitsAt(written, position + length)];
    this.#part("right").textContent = written.slice(0, start);
    this.#part("wrong").textContent = written.slice(start, end);
    this.#part("rest").textContent = written.slice(end);
    this.#part("mistake-says").textContent = message;
    const instead = errors.suggestion?.[0] ?? "";
    this.mending = { start, end, instead };
    showText(this.#part("mend"), instead && `Write ${instead}`);
  }

  #mend() {
    if (!this.mending) return;
    const { start, end, instead } = this.mending;
    this.input.value = this.#written;
    this.#replace(start, end, instead);
  }
}

/**
 * @param {Word[]} words
 * @param {string} typed
 * @returns {Group[]} the network's own tags, and other words for them; none where one is typed whole
 */
export function suggestWords(words, typed) {
  const found = completions(words, typed).slice(0, MOST_SUGGESTED);
  const whole = typed.trim().toLowerCase();
  if (found.some(({ name }) => name.toLowerCase() === whole)) return [];
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
