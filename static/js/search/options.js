/** How one searches: heard by which network, what is left out, and among which tracks. */

import { layerOptions } from "../model/catalogue.js";
import { isBlend } from "../model/search.js";
import { byId, fillSelect } from "../ui/dom.js";
import { AmongTracks } from "./among.js";

/**
 * @typedef {import("../model/search.js").Search} Search
 * @typedef {import("../model/search.js").Same} Same
 */

/** Selects by the choices that they make. */
const SELECTS = /** @type {const} */ (["by", "metric", "spread"]);
const WIDE = matchMedia("(min-width: 721px)");
/** @type {Same[]} */
const SAME = ["track", "artist", "album"];

export class SearchOptions {
  /**
   * @param {import("./start-point.js").StartedPage} page
   * @param {import("../model/colour-choice.js").Tag[]} tags
   */
  constructor(page, tags) {
    this.page = page;
    this.among = new AmongTracks(page, tags);
    byId("search-options").addEventListener("submit", (event) => event.preventDefault());
    // What was found is near the top on narrow screens as well.
    /** @type {HTMLDetailsElement} */ (byId("search-details")).open = WIDE.matches;
    this.layer = /** @type {HTMLSelectElement} */ (byId("search-layer"));
    this.layer.addEventListener("change", () => page.change({ layer: this.layer.value }));
    for (const name of SELECTS) {
      const select = selectOf(name);
      select.addEventListener("change", () => this.change({ [name]: /** @type {any} */ (select.value) }));
    }
    const perArtist = selectOf("per-artist");
    perArtist.addEventListener("change", () => this.change({ perArtist: Number(perArtist.value) || null }));
    for (const same of SAME) {
      boxOf(same).addEventListener("change", () => {
        this.change({ without: SAME.filter((each) => boxOf(each).checked) });
      });
    }
    for (const radio of radios()) {
      radio.addEventListener("change", () => this.change({ find: /** @type {any} */ (radio.value) }));
    }
  }

  get choices() {
    return this.page.choices;
  }

  /** @param {Partial<Search>} change */
  change(change) {
    this.page.change(change);
  }

  render() {
    const { choices, page } = this;
    fillSelect(this.layer, layerOptions(page.entries ?? []), page.layer.name);
    for (const name of SELECTS) selectOf(name).value = choices[name];
    this.#renderPerArtist();
    for (const same of SAME) boxOf(same).checked = choices.without.includes(same);
    for (const radio of radios()) radio.checked = radio.value === choices.find;
    // The sum of several has no passages.
    byId("search-by-choice").hidden = choices.find !== "tracks" || isBlend(choices);
    this.among.render();
  }

  /** Any number may stand in the address. */
  #renderPerArtist() {
    const select = selectOf("per-artist");
    const value = String(this.choices.perArtist ?? "");
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
    select.value = value;
  }
}

/** @param {string} name */
function selectOf(name) {
  return /** @type {HTMLSelectElement} */ (byId(`search-${name}`));
}

/** @param {Same} same */
function boxOf(same) {
  return /** @type {HTMLInputElement} */ (byId(`without-${same}`));
}

function radios() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=find]"));
}
