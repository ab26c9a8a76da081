/** What dots are coloured by. */

import { resolveColour } from "../model/choices.js";
import { colourOptions, kindOf, tagOptions } from "../model/colour-choice.js";
import { BestQuestion } from "./best-question.js";
import { ColourWords } from "./colour-words.js";
import { byId, fillSelect } from "./dom.js";
import { Picker } from "./picker.js";

export class ColourQuestion {
  /** @param {import("../app/explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.kind = /** @type {HTMLSelectElement} */ (byId("colour-kind"));
    this.tag = new Picker(/** @type {HTMLSelectElement} */ (byId("colour-tag")));
    this.words = new ColourWords(explorer, (colour) => this.#choose(colour));
    this.best = new BestQuestion(explorer);
    this.kind.addEventListener("change", () => {
      const { value } = this.kind;
      if (value === "words") return this.words.begin(this.#entry());
      this.#choose(this.#tagsOf(value)[0]?.value ?? value);
    });
    const { select } = this.tag;
    select.addEventListener("change", () => this.#choose(select.value));
  }

  /** @param {string} colour takes the place of another feature's colours as well */
  #choose(colour) {
    this.explorer.change({ colour, disagree: false });
  }

  render() {
    const { choices, entries, tags, library } = this.explorer;
    const entry = this.#entry();
    const colour = resolveColour(choices, entries, entry, tags, library);
    const kind = kindOf(colour);
    const averaged = choices.show === "averages";
    fillSelect(this.kind, colourOptions(entries, entry, tags, library, averaged), kind);
    this.tag.fill(this.#tagsOf(kind), colour);
    this.words.render(colour, entry);
  }

  /** @param {string} kind */
  #tagsOf(kind) {
    const { entries, tags } = this.explorer;
    return tagOptions(kind, entries, this.#entry(), tags);
  }

  #entry() {
    return /** @type {import("../model/choices.js").Resolved} */ (this.explorer.panes[0].wanted)
      .entry;
  }
}
