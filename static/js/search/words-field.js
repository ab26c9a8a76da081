/** The text of a search by tags, with examples to begin with, and how it is written. */

import { FIRST, examplesFor, wordsAddress } from "../model/words.js";
import { byId } from "../ui/dom.js";
import { WordsInput } from "../ui/words-input.js";

export class WordsField {
  /** @param {import("./words-page.js").WordsPage} page */
  constructor(page) {
    this.page = page;
    this.input = new WordsInput("words", {
      words: async () => page.words,
      search: (query) => page.change({ q: query || null, limit: FIRST }),
    });
    byId("words-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.input.search();
    });
    const help = /** @type {HTMLDialogElement} */ (byId("words-help"));
    byId("words-help-open").addEventListener("click", () => help.showModal());
  }

  render() {
    this.input.show(this.page.choices.q ?? "");
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
}
