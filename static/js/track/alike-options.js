/** How what sounds alike is looked for: kept in the page's address and, for other pages, here. */

import { alikeChoices, alikeParameters, alikeRequest } from "../model/alike.js";
import { entryToCompareBy } from "../model/catalogue.js";
import { storage } from "../storage.js";
import { byId, fillSelect } from "../ui/dom.js";
import { keepInAddress } from "./address.js";

/** @typedef {import("../model/catalogue.js").Entry} Entry */

const LAYER = "like"; // in the address
const KEPT = "alike";

export class AlikeOptions {
  /** @type {Entry[]} layers that can be compared */
  #entries = [];
  #layer;

  /**
   * @param {string | null} layer of the map that one came from
   * @param {() => void} onChange
   */
  constructor(layer, onChange) {
    this.onChange = onChange;
    this.#layer = new URLSearchParams(location.search).get(LAYER) ?? layer;
    this.select = /** @type {HTMLSelectElement} */ (byId("alike-layer"));
    this.perArtist = /** @type {HTMLSelectElement} */ (byId("alike-per-artist"));
    this.others = box("alike-others");
    this.albums = box("alike-albums");
    this.#show(alikeChoices(location.search, storage.getItem(KEPT) ?? ""));
    this.select.addEventListener("change", () => {
      this.#layer = this.select.value;
      keepInAddress({ [LAYER]: this.#layer });
      onChange();
    });
    for (const control of [this.perArtist, this.others, this.albums]) {
      control?.addEventListener("change", () => this.#chosen());
    }
  }

  /** @param {Entry[]} entries of networks that have heard what the page is of */
  set entries(entries) {
    this.#entries = entries.filter(({ layer }) => layer.segments > 0);
    byId("alike-choices").hidden = this.none;
    if (this.none) return;
    const options = this.#entries.map(({ layer, model }) => ({
      value: layer.name,
      label: layer.display_name,
      group: model.display_name,
    }));
    fillSelect(this.select, options, this.entry.layer.name);
  }

  /** Whether there is nothing to compare by. */
  get none() {
    return this.#entries.length === 0;
  }

  /** The layer that is compared; there is one. */
  get entry() {
    return entryToCompareBy(this.#entries, this.#layer);
  }

  /** @returns {import("../model/alike.js").AlikeChoices} */
  get choices() {
    return {
      others: this.others?.checked ?? false,
      albums: this.albums?.checked ?? false,
      perArtist: Number(this.perArtist.value) || null,
    };
  }

  /** Whether anything is left out by choice. */
  get narrow() {
    return this.choices.others || this.choices.albums;
  }

  /**
   * A query of the API.
   *
   * @param {Record<string, string>} more
   * @param {import("../model/search.js").Same[]} [always] what is left out in any case
   */
  query(more, always) {
    const { name } = this.entry.layer;
    return new URLSearchParams({ layer: name, why: "true", ...alikeRequest(this.choices, always), ...more });
  }

  #chosen() {
    const parameters = alikeParameters(this.choices);
    keepInAddress(parameters);
    const given = Object.entries(parameters).filter(([, value]) => value !== null);
    storage.setItem(KEPT, String(new URLSearchParams(/** @type {[string, string][]} */ (given))));
    this.onChange();
  }

  /** @param {import("../model/alike.js").AlikeChoices} choices */
  #show({ others, albums, perArtist }) {
    if (this.others) this.others.checked = others;
    if (this.albums) this.albums.checked = albums;
    const value = String(perArtist ?? "");
    const known = [...this.perArtist.options].some((option) => option.value === value);
    if (!known) this.perArtist.add(new Option(`${value} at most`, value));
    this.perArtist.value = value;
  }
}

/**
 * @param {string} id
 * @returns {HTMLInputElement | null} null on pages without the choice
 */
function box(id) {
  return /** @type {HTMLInputElement | null} */ (document.getElementById(id));
}
