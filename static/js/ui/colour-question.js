/** What dots are coloured by. */

import { resolveColour } from "../model/choices.js";
import { colourOptions, kindOf, tagOptions } from "../model/colour-choice.js";
import { byId, fillSelect } from "./dom.js";

export class ColourQuestion {
  /** @param {import("../app/explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.kind = /** @type {HTMLSelectElement} */ (byId("colour-kind"));
    this.tag = /** @type {HTMLSelectElement} */ (byId("colour-tag"));
    this.kind.addEventListener("change", () => {
      const { value } = this.kind;
      explorer.change({ colour: this.#tagsOf(value)[0]?.value ?? value });
    });
    this.tag.addEventListener("change", () => explorer.change({ colour: this.tag.value }));
  }

  render() {
    const { choices, entries, tags, library } = this.explorer;
    const entry = this.#entry();
    const colour = resolveColour(choices, entries, entry, tags, library);
    const kind = kindOf(colour);
    fillSelect(this.kind, colourOptions(entries, entry, tags, library), kind);
    const offered = this.#tagsOf(kind);
    byId("colour-tag-label").hidden = this.tag.hidden = offered.length === 0;
    if (offered.length > 0) fillSelect(this.tag, offered, colour);
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
