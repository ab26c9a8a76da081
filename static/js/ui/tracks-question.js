/** Which tracks are shown: how many, and by which tags, artists, albums and words. */

import { getJson } from "../api.js";
import { categoryName } from "../model/colour-choice.js";
import { fold } from "../model/format.js";
import { filterQuery } from "../model/track-filter.js";
import { renderConditions } from "./conditions.js";
import { wireCombobox } from "./combobox.js";
import { byId } from "./dom.js";

/**
 * @typedef {import("../app/explorer.js").Explorer} Explorer
 * @typedef {import("./combobox.js").Group} Group
 * @typedef {import("./combobox.js").Suggestion} Suggestion
 * @typedef {"artists" | "albums"} Kind
 */

/** What a dot is: for a musician first, then exactly. */
const DATA_TYPES = {
  segments: "Each dot is a few seconds of music: as much as the network hears at once.",
  paths:
    "Each line leads through the segments of a track in the order of time, from dark to light. " +
    "Exactly: centripetal Catmull-Rom curves; a ring marks the start.",
  averages:
    "Each dot is a whole track, and the larger, the more its segments differ. Exactly: the mean of " +
    "its segments in all dimensions, then placed on the map; on t-SNE and UMAP among the true " +
    "nearest segments. Size is the root mean square distance to the mean.",
};

const SUGGESTED = 8; // artists, and albums; the server finds them by a word
const STARTING_SAMPLE = 10;
const MOST_TAGS = 300;

export class TracksQuestion {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.show = /** @type {HTMLSelectElement} */ (byId("show"));
    this.show.addEventListener("change", () => {
      explorer.change({ show: /** @type {any} */ (this.show.value) });
    });
    this.amount = /** @type {HTMLSelectElement} */ (byId("amount"));
    this.number = /** @type {HTMLInputElement} */ (byId("amount-number"));
    this.every = /** @type {HTMLInputElement} */ (byId("every"));
    this.amount.addEventListener("change", () => this.#changeAmount());
    this.number.addEventListener("change", () => this.#changeAmount());
    byId("draw-again").addEventListener("click", () => {
      explorer.change({ seed: Math.floor(Math.random() * 1e6) });
    });
    this.every.addEventListener("change", () => {
      explorer.change({ every: numberOf(this.every, 1) });
      this.render();
    });
    this.rest = /** @type {HTMLInputElement} */ (byId("rest"));
    this.rest.addEventListener("change", () => {
      explorer.change({ rest: this.rest.checked ? "grey" : "hidden" });
    });
    wireCombobox(/** @type {HTMLInputElement} */ (byId("find")), byId("find-list"), {
      suggest: (text) => this.#suggest(text),
      choose: (suggestion) => this.#add(suggestion),
    });
    explorer.addEventListener("names", () => this.#renderConditions());
  }

  render() {
    const { choices } = this.explorer;
    const { show, first, random, every } = choices;
    this.show.value = show;
    byId("explain-show").textContent = DATA_TYPES[show];
    byId("every-choice").hidden = show === "averages";
    const number = first ?? random;
    this.amount.value = first !== null ? "first" : random !== null ? "random" : "all";
    byId("amount-number-label").hidden = this.number.hidden = number === null;
    if (number !== null) this.number.value = String(number);
    byId("draw-again").hidden = this.amount.value !== "random";
    this.every.value = String(every);
    byId("rest-label").hidden = filterQuery(choices) === "";
    this.rest.checked = choices.rest === "grey";
    this.#renderConditions();
  }

  #renderConditions() {
    const { choices, tags, visibility } = this.explorer;
    renderConditions(byId("conditions"), choices, {
      tagOf: (id) => tags.find((tag) => tag.id === id),
      nameOf: (kind, id) => visibility.names[kind][id],
      change: (change) => this.explorer.change(change),
    });
  }

  #changeAmount() {
    const number = numberOf(this.number, STARTING_SAMPLE);
    const { value } = this.amount;
    this.explorer.change({
      first: value === "first" ? number : null,
      random: value === "random" ? number : null,
    });
    this.render();
  }

  /**
   * @param {string} text
   * @returns {Promise<Group[]>}
   */
  async #suggest(text) {
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

  /** @param {Suggestion} suggestion */
  #add({ label, value }) {
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

/**
 * @param {HTMLInputElement} input
 * @param {number} otherwise where nothing of use is written
 */
function numberOf(input, otherwise) {
  const number = Math.round(input.valueAsNumber);
  return number >= 1 && number <= 999_999 ? number : otherwise;
}
