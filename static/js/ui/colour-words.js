/** A search by tags that colours the map: its text, and which network is asked. */

import { getJson } from "../api.js";
import { heardBy, kindOf, taggramsFor, wordsColour } from "../model/colour-choice.js";
import { wordsAddress } from "../model/words.js";
import { byId, fillSelect } from "./dom.js";
import { WordsInput } from "./words-input.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/words.js").Word} Word
 */

export class ColourWords {
  /** @type {Map<string, Promise<Word[]>>} by layer */
  #words = new Map();
  #query = "";
  #layer = "";

  /**
   * @param {import("../app/explorer.js").Explorer} explorer
   * @param {(colour: string) => void} choose
   */
  constructor(explorer, choose) {
    this.explorer = explorer;
    this.choose = choose;
    this.layer = /** @type {HTMLSelectElement} */ (byId("colour-words-layer"));
    this.layer.addEventListener("change", () => this.#change(this.#query, this.layer.value));
    this.input = new WordsInput("colour-words", {
      words: () => this.#wordsOf(this.#layer),
      search: (query) => query && this.#change(query, this.#layer),
    });
    const help = /** @type {HTMLDialogElement} */ (byId("words-help"));
    byId("colour-words-help").addEventListener("click", () => help.showModal());
    explorer.addEventListener("colour", () => this.input.tell(explorer.colours.failure));
  }

  /** @param {string} layer */
  #wordsOf(layer) {
    let words = this.#words.get(layer);
    if (!words) {
      const address = `words/tags/?${new URLSearchParams({ layer })}`;
      words = getJson(address).then(({ tags }) => tags);
      words.catch(() => this.#words.delete(layer)); // to be asked for again
      this.#words.set(layer, words);
    }
    return words;
  }

  /**
   * @param {string} query
   * @param {string} layer
   */
  #change(query, layer) {
    const { entry } = this.#shown;
    this.choose(wordsColour(query, layer, this.explorer.entries, entry));
  }

  get #shown() {
    return /** @type {import("../model/choices.js").Resolved} */ (this.explorer.panes[0].wanted);
  }

  /**
   * With a first tag, for something is to be seen at once.
   *
   * @param {Entry} entry
   */
  begin(entry) {
    const { entries } = this.explorer;
    const { layer } = taggramsFor(entries, entry)[0];
    this.choose(wordsColour(layer.tags[0], layer.name, entries, entry));
    this.input.input.focus();
    this.input.input.select();
  }

  /**
   * @param {string} colour
   * @param {Entry} entry
   */
  render(colour, entry) {
    const shown = kindOf(colour) === "words";
    byId("colour-words").hidden = !shown;
    if (!shown) return;
    const { entries, choices } = this.explorer;
    const { layer, tag: query } = heardBy(colour, entries, entry);
    [this.#query, this.#layer] = [query, layer.name];
    const options = taggramsFor(entries, entry).map((each) => ({
      value: each.layer.name,
      label: each.model.display_name,
    }));
    fillSelect(this.layer, options, layer.name);
    this.input.show(query);
    const { tags, artists, albums, text } = choices;
    const search = { q: query, layer: layer.name, tags, artists, albums, text };
    /** @type {HTMLAnchorElement} */ (byId("colour-words-search")).href = wordsAddress(search);
  }
}
