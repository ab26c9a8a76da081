/** Tags, artists, albums and words that tracks can be filtered by, for a text that is typed. */

import { getJson } from "../api.js";
import { categoryName } from "../model/colour-choice.js";
import { fold } from "../model/format.js";

/**
 * @typedef {import("./combobox.js").Group} Group
 * @typedef {import("./combobox.js").Suggestion} Suggestion
 * @typedef {"artists" | "albums"} Kind
 * @typedef {Pick<import("../model/track-filter.js").TrackFilter, "tags" | "artists" | "albums" | "text">}
 *   Conditions
 * @typedef {{choices: Conditions, tags: import("../model/colour-choice.js").Tag[],
 *   visibility: {names: Record<Kind, Record<string, string>>},
 *   change: (change: Partial<Conditions>) => void}} Filtered a page whose tracks are filtered
 */

const SUGGESTED = 8; // artists, and albums; the server finds them by a word
const MOST_TAGS = 300;

export class FilterSuggestions {
  /** @param {Filtered} explorer */
  constructor(explorer) {
    this.explorer = explorer;
  }

  /**
   * @param {string} text
   * @returns {Promise<Group[]>}
   */
  async suggest(text) {
    const [artists, albums] = await Promise.all([
      this.#named("artists", text),
      this.#named("albums", text),
    ]);
    const groups = [
      ...this.#tagGroups(text),
      { label: "Artists", suggestions: artists },
      { label: "Albums", suggestions: albums },
    ].filter(({ suggestions }) => suggestions.length > 0);
    const words = [{ label: `“${text}”`, detail: "in titles, names and tags", value: `text:${text}` }];
    return text ? [...groups, { label: "Words", suggestions: words }] : groups;
  }

  /** @param {string} text */
  #tagGroups(text) {
    const words = fold(text).split(/\s+/);
    const chosen = new Set(this.explorer.choices.tags.map(({ id }) => id));
    /** @type {Map<string, Suggestion[]>} */
    const groups = new Map();
    const fitting = this.explorer.tags.filter(
      ({ id, name, tracks }) =>
        tracks > 0 && !chosen.has(id) && words.every((word) => fold(name).includes(word)),
    );
    for (const { id, category, name, tracks } of fitting.slice(0, MOST_TAGS)) {
      const label = `Tags: ${categoryName(category)}`;
      if (!groups.has(label)) groups.set(label, []);
      groups.get(label)?.push({ label: name, detail: String(tracks), value: `tags:${id}` });
    }
    return [...groups].map(([label, suggestions]) => ({ label, suggestions }));
  }

  /**
   * Artists or albums by a word; those of most tracks without one.
   *
   * @param {Kind} kind
   * @param {string} text
   * @returns {Promise<Suggestion[]>}
   */
  async #named(kind, text) {
    const query = new URLSearchParams({ search: text, ordering: "-tracks", page_size: String(SUGGESTED) });
    const { results } = await getJson(`${kind}/?${query}`, { slot: `find ${kind}` });
    return results.map((/** @type {any} */ row) => ({
      label: row.name ?? row.title,
      detail: [row.artist?.name, row.tracks].filter(Boolean).join(" · "),
      value: `${kind}:${row.id}`,
    }));
  }

  /** @param {Suggestion} suggestion that tracks have to fit from now on */
  add({ label, value }) {
    const [kind, argument] = [value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1)];
    const { choices, visibility } = this.explorer;
    if (kind === "text") this.explorer.change({ text: argument });
    else if (kind === "tags") {
      this.explorer.change({ tags: [...choices.tags, { id: Number(argument), not: false, or: false }] });
    } else {
      const id = Number(argument);
      visibility.names[/** @type {Kind} */ (kind)][id] = label;
      const ids = choices[/** @type {Kind} */ (kind)];
      this.explorer.change({ [kind]: [...ids.filter((each) => each !== id), id] });
    }
  }
}
