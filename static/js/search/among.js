/** Among which tracks is searched: conditions, and a field that adds to them. */

import { getTable } from "../api.js";
import { EVERYTHING, filterQuery } from "../model/track-filter.js";
import { wireCombobox } from "../ui/combobox.js";
import { renderConditions } from "../ui/conditions.js";
import { byId } from "../ui/dom.js";
import { FilterSuggestions } from "../ui/filter-suggestions.js";

/**
 * @typedef {import("../ui/filter-suggestions.js").Conditions} Conditions
 * @typedef {{choices: Conditions, change: (change: Partial<Conditions>) => void}} Page
 */

export class AmongTracks {
  /** Names of what is filtered by, as far as they are known. */
  visibility = { names: /** @type {Record<string, Record<string, string>>} */ ({ tags: {}, artists: {}, albums: {} }) };
  /** The filter whose names are known. */
  #named = "";

  /**
   * @param {Page} page
   * @param {import("../model/colour-choice.js").Tag[]} tags
   */
  constructor(page, tags) {
    this.page = page;
    this.tags = tags;
    const filters = new FilterSuggestions(this);
    wireCombobox(/** @type {HTMLInputElement} */ (byId("find")), byId("find-list"), {
      suggest: (text) => filters.suggest(text),
      choose: (suggestion) => filters.add(suggestion),
    });
  }

  get choices() {
    return this.page.choices;
  }

  /** @param {Partial<Conditions>} change */
  change(change) {
    this.page.change(change);
  }

  /** What the filter's ids stand for: an address has the ids alone. */
  async learnNames() {
    const query = filterQuery({ ...EVERYTHING, ...this.choices });
    if (query === "" || query === this.#named) return;
    const { metadata } = await getTable(`tracks/chosen/?${query}`, { slot: "names" });
    this.#named = query;
    for (const [kind, known] of Object.entries(JSON.parse(metadata.names ?? "{}"))) {
      Object.assign(this.visibility.names[kind], known);
    }
    this.render();
  }

  render() {
    renderConditions(byId("conditions"), this.choices, {
      tagOf: (id) => this.tags.find((tag) => tag.id === id),
      nameOf: (kind, id) => this.visibility.names[kind][id],
      change: (change) => this.change(change),
    });
  }
}
