/** A query by tags as sliders: one for each of its tags, from none of it to all of it. */

import { reweighted, sliderText, withTag, withoutTerm } from "../model/words.js";
import { wireCombobox } from "../ui/combobox.js";
import { byId } from "../ui/dom.js";
import { suggestWords } from "../ui/words-input.js";

/** @typedef {import("../model/words.js").Term} Term */

export class WordsSliders {
  /** @param {import("./words-page.js").WordsPage} page */
  constructor(page) {
    this.page = page;
    this.list = byId("words-sliders");
    this.list.tabIndex = -1;
    wireCombobox(/** @type {HTMLInputElement} */ (byId("words-add")), byId("words-add-list"), {
      suggest: async (text) => suggestWords(page.words, text),
      choose: ({ value }) => page.change({ q: withTag(page.choices.q ?? "", value) }),
    });
    this.list.addEventListener("input", ({ target }) => {
      const slider = /** @type {HTMLInputElement} */ (target);
      this.#tell(slider, slider.valueAsNumber);
    });
    this.list.addEventListener("change", ({ target }) => {
      const slider = /** @type {HTMLInputElement} */ (target);
      this.#weigh(this.#indexOf(slider), slider.valueAsNumber);
    });
    this.list.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("button");
      if (button) this.#remove(this.#indexOf(button));
    });
  }

  /** @param {Element} element of a row */
  #indexOf(element) {
    return [...this.list.children].indexOf(/** @type {Element} */ (element.closest("li")));
  }

  /**
   * @param {number} index
   * @param {number} weight
   */
  #weigh(index, weight) {
    const { choices, terms } = this.page;
    const next = reweighted(choices.q ?? "", terms, index, weight);
    this.page.change({ q: next.written }, next.terms);
  }

  /** @param {number} index */
  #remove(index) {
    const { choices, terms } = this.page;
    this.page.change({ q: withoutTerm(choices.q ?? "", terms[index]) || null });
    this.list.focus(); // its button is gone
  }

  /** Rows stay while their tags do: one of them may be in somebody's hand. */
  render() {
    const { terms } = this.page;
    if (terms.length === 0 && this.page.choices.q !== null) return this.#disable(true);
    while (this.list.children.length > terms.length) this.list.lastElementChild?.remove();
    while (this.list.children.length < terms.length) this.list.append(makeRow());
    terms.forEach((term, index) => this.#fill(this.list.children[index], term));
    this.#disable(false);
  }

  /** @param {boolean} off while it is not known which tags the query has */
  #disable(off) {
    for (const control of this.list.querySelectorAll("input, button")) {
      /** @type {HTMLInputElement | HTMLButtonElement} */ (control).disabled = off;
    }
  }

  /**
   * @param {Element} row
   * @param {Term} term
   */
  #fill(row, { tag, negated, weight }) {
    const slider = /** @type {HTMLInputElement} */ (row.querySelector("input"));
    const value = negated ? -weight : weight;
    const most = String(Math.max(1, Math.ceil(weight)));
    [slider.min, slider.max] = [`-${most}`, most];
    slider.value = String(value);
    slider.setAttribute("aria-label", tag);
    /** @type {Element} */ (row.querySelector(".words-slider-tag")).textContent = tag;
    row.querySelector("button")?.setAttribute("aria-label", `Remove ${tag}`);
    this.#tell(slider, value);
  }

  /**
   * @param {HTMLInputElement} slider
   * @param {number} value
   */
  #tell(slider, value) {
    slider.setAttribute("aria-valuetext", sliderText(value));
    const output = /** @type {HTMLOutputElement} */ (slider.closest("li")?.querySelector("output"));
    output.textContent = sliderText(value);
  }
}

function makeRow() {
  const template = /** @type {HTMLTemplateElement} */ (byId("words-slider"));
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}
