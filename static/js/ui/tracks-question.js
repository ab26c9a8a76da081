/** Which tracks are shown: how many, and by which tags, artists, albums and words. */

import { filterQuery } from "../model/track-filter.js";
import { renderConditions } from "./conditions.js";
import { wireCombobox } from "./combobox.js";
import { byId } from "./dom.js";
import { FilterSuggestions } from "./filter-suggestions.js";

/** @typedef {import("../app/explorer.js").Explorer} Explorer */

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

const STARTING_SAMPLE = 10;

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
    const filters = new FilterSuggestions(explorer);
    wireCombobox(/** @type {HTMLInputElement} */ (byId("find")), byId("find-list"), {
      suggest: (text) => filters.suggest(text),
      choose: (suggestion) => filters.add(suggestion),
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
}

/**
 * @param {HTMLInputElement} input
 * @param {number} otherwise where nothing of use is written
 */
function numberOf(input, otherwise) {
  const number = Math.round(input.valueAsNumber);
  return number >= 1 && number <= 999_999 ? number : otherwise;
}
