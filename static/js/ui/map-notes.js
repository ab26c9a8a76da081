/** What is said of each map of the page, in one paragraph. */

import { showText } from "./dom.js";

/** @typedef {import("../app/pane.js").Pane} Pane */

export class MapNotes {
  /** @type {Map<Pane, string>} */
  #sentences = new Map();

  /**
   * @param {HTMLElement} element
   * @param {Pane[]} panes
   */
  constructor(element, panes) {
    this.element = element;
    this.panes = panes;
  }

  /**
   * @param {Pane} pane
   * @param {string | null} sentence null for nothing
   */
  say(pane, sentence) {
    if (sentence) this.#sentences.set(pane, sentence);
    else this.#sentences.delete(pane);
    const lines = this.panes.flatMap((each, i) => {
      const said = this.#sentences.get(each);
      if (!said) return [];
      return this.panes.length > 1 ? `Map ${i + 1}: ${said}` : said;
    });
    const text = lines.join(" ");
    if (text !== this.element.textContent) showText(this.element, text || null);
  }
}
