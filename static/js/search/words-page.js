/** The page of searches by tags: the query as text and as sliders, how is searched, what is found. */

import { getJson, getList } from "../api.js";
import { buildCatalogue } from "../model/catalogue.js";
import { entryToAsk, parseWords, wordsAddress } from "../model/words.js";
import { byId, showText } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { Part } from "../ui/part.js";
import { PathSound } from "./path-sound.js";
import { WordsField } from "./words-field.js";
import { WordsFound } from "./words-found.js";
import { WordsOptions } from "./words-options.js";
import { WordsSliders } from "./words-sliders.js";

/**
 * @typedef {import("../model/words.js").WordSearch} WordSearch
 * @typedef {import("../model/words.js").Term} Term
 */

export class WordsPage {
  choices = parseWords(location.search);
  /** @type {import("../model/catalogue.js").Entry[]} of taggrams */
  entries = [];
  /** @type {import("../model/words.js").Word[]} that a query may use */
  words = [];
  /** @type {Term[]} of the query, as far as it was understood */
  terms = [];
  /** The layer whose words are known. */
  #known = "";

  constructor() {
    this.keys = new KeysDialog();
    this.part = new Part("words-body", () => this.#load());
  }

  async #load() {
    const asked = [getJson("models/"), getList("tags/?page_size=500")];
    const [models, tags] = await Promise.all(asked);
    this.entries = buildCatalogue(models, []).filter(
      ({ layer }) => layer.kind === "taggram" && layer.segments > 0,
    );
    if (this.entries.length === 0) return "No network has tagged any track yet: there is nothing to search.";
    await this.#learnWords();
    this.sound = new PathSound((message) => showText(byId("words-status"), message));
    this.field = new WordsField(this);
    this.sliders = new WordsSliders(this);
    this.options = new WordsOptions(this, tags);
    this.found = new WordsFound(this, this.sound);
    wireKeys((key) => this.#press(key));
    addEventListener("popstate", () => {
      this.choices = parseWords(location.search);
      this.terms = [];
      void this.#render();
    });
    await this.#render();
    return null;
  }

  /** The layer that is asked; there is one. */
  get layer() {
    return entryToAsk(this.entries, this.choices.layer).layer;
  }

  async #learnWords() {
    const { name } = this.layer;
    if (this.#known === name) return;
    const { tags } = await getJson(`words/tags/?${new URLSearchParams({ layer: name })}`, { slot: "words" });
    [this.words, this.#known] = [tags, name];
  }

  /**
   * Searches for something else, as a step that leads back.
   *
   * @param {Partial<WordSearch>} change
   * @param {Term[]} [terms] of the new query, where they are known
   */
  change(change, terms) {
    if (change.q !== undefined) this.terms = terms ?? [];
    this.choices = { ...this.choices, ...change };
    const address = wordsAddress(this.choices);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    void this.#render();
  }

  /** @param {Term[]} terms of the query, as the server understood it */
  understand(terms) {
    this.terms = terms;
    this.sliders?.render();
  }

  async #render() {
    this.field?.render();
    this.sliders?.render();
    this.options?.render();
    const found = this.found?.part;
    try {
      await this.#learnWords();
    } catch {
      // The search itself fails with the same, and says so.
    }
    this.field?.renderExamples();
    void found?.show();
  }

  /** @param {string} key */
  #press(key) {
    if (key === "?") this.keys.open();
    else if (key === " ") this.sound?.toggle();
    else return false;
    return true;
  }
}
