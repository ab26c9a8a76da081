/** How is searched by tags: what is found, heard by which network, among which tracks. */

import { byId, fillSelect } from "../ui/dom.js";
import { AmongTracks } from "./among.js";

const SELECTS = /** @type {const} */ (["by", "spread"]);
const WIDE = matchMedia("(min-width: 721px)");

export class WordsOptions {
  /**
   * @param {import("./words-page.js").WordsPage} page
   * @param {import("../model/colour-choice.js").Tag[]} tags
   */
  constructor(page, tags) {
    this.page = page;
    this.among = new AmongTracks(page, tags);
    byId("words-options").addEventListener("submit", (event) => event.preventDefault());
    // What was found is near the top on narrow screens as well.
    /** @type {HTMLDetailsElement} */ (byId("words-details")).open = WIDE.matches;
    const layer = selectOf("layer");
    layer.addEventListener("change", () => page.change({ layer: layer.value }));
    for (const name of SELECTS) {
      const select = selectOf(name);
      select.addEventListener("change", () => page.change({ [name]: /** @type {any} */ (select.value) }));
    }
    const perArtist = selectOf("per-artist");
    perArtist.addEventListener("change", () => page.change({ perArtist: Number(perArtist.value) || null }));
    for (const radio of radios()) {
      radio.addEventListener("change", () => page.change({ find: /** @type {any} */ (radio.value) }));
    }
  }

  render() {
    const { choices, entries, layer } = this.page;
    const heardBy = entries.map((entry) => ({ value: entry.layer.name, label: entry.model.display_name }));
    fillSelect(selectOf("layer"), heardBy, layer.name);
    for (const name of SELECTS) selectOf(name).value = choices[name];
    const perArtist = selectOf("per-artist");
    const most = String(choices.perArtist ?? "");
    // Any number may stand in the address.
    if (![...perArtist.options].some(({ value }) => value === most)) perArtist.add(new Option(most, most));
    perArtist.value = most;
    for (const radio of radios()) radio.checked = radio.value === choices.find;
    byId("words-by-choice").hidden = choices.find !== "tracks";
    this.among.render();
  }
}

/** @param {string} name */
function selectOf(name) {
  return /** @type {HTMLSelectElement} */ (byId(`words-${name}`));
}

function radios() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=find]"));
}
