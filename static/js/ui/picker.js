/** A select whose list, where it is long, can be searched by typing. */

import { fold } from "../model/format.js";
import { wireCombobox } from "./combobox.js";
import { fillSelect } from "./dom.js";

/** Longer lists are searched rather than scrolled. */
const LONG = 12;

export class Picker {
  /** @type {{value: string, label: string, group?: string}[]} */
  #options = [];

  /** @param {HTMLSelectElement} select that has a label; what it offers is the picker's to say */
  constructor(select) {
    this.select = select;
    this.label = /** @type {HTMLLabelElement} */ (select.labels?.[0]);
    this.field = document.createElement("div");
    this.field.className = "find picker";
    this.input = document.createElement("input");
    this.input.type = "text";
    this.input.id = `${select.id}-find`;
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    const list = document.createElement("div");
    list.id = `${select.id}-list`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("aria-label", `${this.label.textContent}: what there is`);
    this.field.append(this.input, list);
    select.after(this.field);
    // What is chosen is shown, and in the way of what is typed.
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.#showChosen());
    wireCombobox(this.input, list, {
      suggest: async (text) => this.#suggest(text),
      choose: ({ value }) => this.#choose(value),
    });
  }

  /**
   * @param {{value: string, label: string, group?: string}[]} options none: nothing to choose
   * @param {string} value the chosen one
   */
  fill(options, value) {
    this.#options = options;
    fillSelect(this.select, options, value);
    const long = options.length > LONG;
    this.select.hidden = long || options.length === 0;
    this.field.hidden = !long;
    this.label.hidden = options.length === 0;
    this.label.htmlFor = long ? this.input.id : this.select.id;
    if (document.activeElement !== this.input) this.#showChosen();
  }

  /** @param {string} text */
  #suggest(text) {
    const shown = text === this.#chosenLabel() ? "" : text; // not typed yet
    const words = fold(shown).split(/\s+/);
    /** @type {Map<string, import("./combobox.js").Suggestion[]>} */
    const groups = new Map();
    for (const { value, label, group = "" } of this.#options) {
      if (!words.every((word) => fold(label).includes(word))) continue;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group)?.push({ label, value });
    }
    return [...groups].map(([label, suggestions]) => ({ label, suggestions }));
  }

  /** @param {string} value */
  #choose(value) {
    this.select.value = value;
    this.#showChosen();
    this.select.dispatchEvent(new Event("change"));
  }

  #showChosen() {
    this.input.value = this.#chosenLabel();
  }

  #chosenLabel() {
    return this.#options.find(({ value }) => value === this.select.value)?.label ?? "";
  }
}
