/** The page of paths: both ends, which path, and its stops. */

import { getJson, getList } from "../api.js";
import { buildCatalogue, entryToCompareBy, layerOptions } from "../model/catalogue.js";
import { LEAST_STOPS, MOST_STOPS, parsePath, pathAddress } from "../model/journey.js";
import { positionAt } from "../model/search.js";
import { byId, fillSelect, showText } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { Part } from "../ui/part.js";
import { AmongTracks } from "./among.js";
import { PathEnd } from "./path-end.js";
import { PathFound } from "./path-found.js";
import { PathSound } from "./path-sound.js";

/** @typedef {import("../model/journey.js").PathChoices} PathChoices */

export class PathPage {
  choices = parsePath(location.search);
  /** @type {import("../model/catalogue.js").Entry[]} */
  entries = [];

  constructor() {
    this.keys = new KeysDialog();
    this.part = new Part("path-body", () => this.#load());
  }

  async #load() {
    const asked = [getJson("models/"), getList("tags/?page_size=500")];
    const [models, tags] = await Promise.all(asked);
    this.entries = buildCatalogue(models, []).filter(({ layer }) => layer.segments > 0);
    if (this.entries.length === 0) return "No network has listened to any track yet: there is nothing to compare.";
    this.sound = new PathSound((message) => showText(byId("path-status"), message));
    this.ends = [new PathEnd(this, "from"), new PathEnd(this, "to")];
    this.among = new AmongTracks(this, tags);
    this.found = new PathFound(this, this.sound);
    this.#wire();
    addEventListener("popstate", () => {
      this.choices = parsePath(location.search);
      this.#render();
    });
    this.#render();
    return null;
  }

  #wire() {
    byId("path-options").addEventListener("submit", (event) => event.preventDefault());
    const steps = this.#steps;
    steps.addEventListener("change", () => {
      const wanted = Math.round(steps.valueAsNumber) || this.choices.steps;
      this.change({ steps: Math.min(Math.max(wanted, LEAST_STOPS), MOST_STOPS) });
    });
    this.#layer.addEventListener("change", () => this.#changeLayer(this.#layer.value));
    this.#different.addEventListener("change", () => {
      this.change({ different: this.#different.checked ? "artist" : "track" });
    });
    byId("path-swap").addEventListener("click", () => {
      this.change({ from: this.choices.to, to: this.choices.from });
    });
    wireKeys((key) => this.#press(key));
  }

  get #steps() {
    return /** @type {HTMLInputElement} */ (byId("path-steps"));
  }

  get #layer() {
    return /** @type {HTMLSelectElement} */ (byId("path-layer"));
  }

  get #different() {
    return /** @type {HTMLInputElement} */ (byId("path-different"));
  }

  /** The layer that is compared by; there is one. */
  get layer() {
    return entryToCompareBy(this.entries, this.choices.layer).layer;
  }

  /** @param {string} name of a layer, by which moments stay at the same second */
  #changeLayer(name) {
    const { hop_seconds: hop } = this.layer;
    const next = entryToCompareBy(this.entries, name).layer;
    const [from, to] = (this.ends ?? []).map(({ name: end, track }) => {
      const place = this.choices[end];
      if (!place || place.position === null) return place;
      return { ...place, position: positionAt(next, place.position * hop, track?.duration ?? 0) };
    });
    this.change({ layer: name, from, to });
  }

  /**
   * Asks for another path, as a step that leads back.
   *
   * @param {Partial<PathChoices>} change
   */
  change(change) {
    this.choices = { ...this.choices, ...change };
    const address = pathAddress(this.choices);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.#render();
  }

  #render() {
    const { choices } = this;
    this.sound?.stop(); // what is heard is of the path that was
    fillSelect(this.#layer, layerOptions(this.entries), this.layer.name);
    this.#steps.value = String(choices.steps);
    this.#different.checked = choices.different === "artist";
    /** @type {HTMLButtonElement} */ (byId("path-swap")).disabled = !choices.from && !choices.to;
    this.among?.render();
    void this.found?.part.show();
  }

  /** @param {string} key */
  #press(key) {
    if (key === "?") this.keys.open();
    else if (key === " ") this.found?.toggle();
    else if (key === "ArrowLeft") this.found?.move(-1);
    else if (key === "ArrowRight") this.found?.move(1);
    else return false;
    return true;
  }
}
