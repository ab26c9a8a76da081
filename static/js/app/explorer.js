/** The page: holds the choices, fetches what they need, and shows it. */

import { getJson, getList, getTable, isAbort } from "../api.js";
import { assignFlag, countVisible, HIDDEN } from "../map/flags.js";
import { MapView } from "../map/view.js";
import { buildCatalogue, ORIGINAL } from "../model/catalogue.js";
import { initialChoices, remember, resolve, writeAddress } from "../model/choices.js";
import { existingColour, kindOf } from "../model/colour-choice.js";
import { count, thousands } from "../model/format.js";
import { axisName } from "../model/sentences.js";
import { byId } from "../ui/dom.js";
import { renderLegend, renderLegendFailure, renderRamp } from "../ui/legend.js";
import { Questions } from "../ui/questions.js";
import { loadColouring, plainColouring } from "./colouring.js";
import { Listening } from "./listening.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").Choices} Choices
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

export class Explorer {
  /** @type {Choices} */
  #choices = initialChoices(location.search, localStorage);
  /** @type {Entry[]} */
  #entries = [];
  /** @type {import("../model/colour-choice.js").Tag[]} */
  #tags = [];
  #library = { tracks: 0 };
  /** What is on the map, or on its way: asked for again only when it differs. */
  #mapKey = "";
  #colourKey = "";
  #shownColour = "";
  #colouring = plainColouring();
  /** @type {Set<number>} slots whose dots are switched off in the legend */
  #hidden = new Set();

  constructor() {
    this.listening = new Listening();
    this.view = new MapView(byId("map"), {
      onHover: (index) => this.listening.hover(index),
      onPick: (index) => this.listening.pick(index),
    });
    this.listening.view = this.view;
    this.questions = new Questions((change) => this.change(change));
    byId("failure-retry").addEventListener("click", () => void this.refresh());
    addEventListener("popstate", () => {
      this.#choices = initialChoices(location.search, localStorage);
      void this.#apply();
    });
  }

  /** Looks at what there is, and shows what was chosen. */
  async refresh() {
    try {
      const [library, models, projections, tags] = await Promise.all([
        getJson("library/"),
        getJson("models/"),
        getJson("projections/"),
        getList("tags/?page_size=500"),
      ]);
      this.#library = library;
      this.#entries = buildCatalogue(models, projections);
      this.#tags = tags;
    } catch (error) {
      this.#fail(error);
      return;
    }
    byId("loading").hidden = true;
    byId("empty").hidden = this.#library.tracks > 0;
    byId("unheard").hidden = this.#library.tracks === 0 || this.#entries.length > 0;
    document.body.classList.toggle("without-map", this.#entries.length === 0);
    if (this.#entries.length === 0) byId("failure").hidden = true;
    else await this.#apply();
  }

  /** @param {Partial<Choices>} change */
  change(change) {
    this.#choices = { ...this.#choices, ...change };
    const { choices } = resolve(this.#choices, this.#entries);
    remember(localStorage, choices);
    history.pushState(null, "", writeAddress(choices, location.search));
    void this.#apply();
  }

  /** Shows the choices that exist; asks only for what is not shown yet. */
  async #apply() {
    const { choices, entry } = resolve(this.#choices, this.#entries);
    choices.colour = existingColour(choices.colour, this.#entries, entry, this.#tags);
    this.#choices = choices;
    history.replaceState(null, "", writeAddress(choices, location.search));
    this.questions.render(this.#entries, entry, choices, this.#tags);
    byId("unlaid").hidden = entry.projections.size > 0;
    await Promise.all([this.#showMap(entry, choices), this.#showColour(entry, choices.colour)]);
  }

  /**
   * @param {Entry} entry
   * @param {Choices} choices
   */
  async #showMap(entry, choices) {
    const method = choices.method ?? ORIGINAL;
    const address = pointsAddress(entry, method, choices);
    const key = `${address} ${method === ORIGINAL ? entry.layer.segments : ""}`;
    if (key === this.#mapKey) return;
    this.#mapKey = key;
    try {
      const { columns, metadata } = await getTable(address, { slot: "map" });
      const points = /** @type {PointSet} */ (/** @type {unknown} */ (columns));
      const slots = this.#colouring.slots(points);
      this.listening.entry = entry;
      this.view.show({
        points,
        slots,
        flags: new Uint8Array(points.track.length),
        hop: Number(metadata.hop_seconds),
        even: method !== ORIGINAL,
        frame: `${entry.layer.name} ${method} ${choices.x} ${choices.y}`,
        axisNames: [axisName(entry, method, choices.x), axisName(entry, method, choices.y)],
      });
      this.#hideSwitchedOff();
      this.listening.mapChanged();
      this.#tellHowItIsDrawn();
      byId("failure").hidden = true;
    } catch (error) {
      if (isAbort(error)) return;
      this.#mapKey = "";
      this.#fail(error);
    }
  }

  /**
   * @param {Entry} entry
   * @param {string} colour
   */
  async #showColour(entry, colour) {
    const network = kindOf(colour) === "heard" ? entry.model.name : "";
    const key = `${colour} ${network} ${entry.layer.segments} ${this.#library.tracks}`;
    if (key === this.#colourKey) return;
    this.#colourKey = key;
    const legend = byId("legend");
    try {
      this.#colouring = await loadColouring(colour, this.#entries, entry, this.#tags);
    } catch (error) {
      if (isAbort(error)) return;
      this.#colourKey = "";
      const message = error instanceof Error ? error.message : "";
      renderLegendFailure(legend, message, () => void this.#showColour(entry, colour));
      return;
    }
    if (this.#shownColour !== colour) this.#hidden.clear();
    this.#shownColour = colour;
    if (this.#colouring.range) renderRamp(legend, this.#colouring.range);
    else renderLegend(legend, this.#colouring.legend ?? [], this.#hidden, (slot) => this.#toggle(slot));
    this.#recolour();
  }

  #recolour() {
    const points = this.view.content?.points;
    const slots = points ? this.#colouring.slots(points) : new Uint8Array();
    this.view.colour(slots, this.#colouring.palette);
    this.#hideSwitchedOff();
  }

  /** @param {number} slot of the palette */
  #toggle(slot) {
    if (!this.#hidden.delete(slot)) this.#hidden.add(slot);
    this.#hideSwitchedOff();
  }

  #hideSwitchedOff() {
    const { content } = this.view;
    if (!content) return;
    assignFlag(content.flags, HIDDEN, (index) => this.#hidden.has(content.slots[index]));
    this.view.flagsChanged();
    this.#showCounts(content.points.track, content.flags);
  }

  /**
   * @param {Int32Array} tracks
   * @param {Uint8Array} flags
   */
  #showCounts(tracks, flags) {
    const visible = countVisible(tracks, flags);
    const segments =
      visible.segments === tracks.length
        ? count(tracks.length, "segment")
        : `${thousands(visible.segments)} of ${count(tracks.length, "segment")}`;
    byId("shown").textContent =
      `${segments} · ${thousands(visible.tracks)} of ${count(this.#library.tracks, "track")}`;
  }

  #tellHowItIsDrawn() {
    const known = localStorage.getItem("canvas-hint") === "read";
    byId("canvas-hint").hidden = known || this.view.layer?.kind !== "canvas";
  }

  /** @param {unknown} error */
  #fail(error) {
    byId("loading").hidden = true;
    byId("failure").hidden = false;
    byId("failure-message").textContent = error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param {Entry} entry
 * @param {string} method
 * @param {{x: number, y: number}} axes
 */
function pointsAddress(entry, method, { x, y }) {
  const address = entry.projections.get(method)?.points ?? `layers/${entry.layer.name}/points/`;
  return `${address}${address.includes("?") ? "&" : "?"}x=${x}&y=${y}`;
}
