/** The page: holds the choices, fetches what they need, and shows it. */

import { getJson, getList, getTable, isAbort } from "../api.js";
import { assignFlag, countVisible, HIDDEN } from "../map/flags.js";
import { MapView } from "../map/view.js";
import { buildCatalogue, ORIGINAL } from "../model/catalogue.js";
import {
  DEFAULTS,
  initialChoices,
  parseAddress,
  remember,
  resolve,
  writeAddress,
} from "../model/choices.js";
import { kindOf } from "../model/colour-choice.js";
import { count, thousands } from "../model/format.js";
import { axisName } from "../model/sentences.js";
import { storage } from "../storage.js";
import { byId } from "../ui/dom.js";
import { renderLegend, renderLegendFailure, renderRamp } from "../ui/legend.js";
import { Questions } from "../ui/questions.js";
import { Stage } from "../ui/stage.js";
import { loadColouring, plainColouring } from "./colouring.js";
import { Listening } from "./listening.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").Choices} Choices
 * @typedef {import("../model/choices.js").Resolved} Resolved
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

/** Changes that follow each other faster, as by an arrow key, are one step of the history. */
const STEP_MS = 1000;

export class Explorer {
  /** @type {Choices} */
  #choices = initialChoices(location.search, storage);
  #changedAt = -Infinity;
  #lastLook = Promise.resolve();
  /** @type {Entry[]} */
  #entries = [];
  /** @type {import("../model/colour-choice.js").Tag[]} */
  #tags = [];
  #library = { tracks: 0, tags: 0, artists: 0, albums: 0 };
  /** What is on the map, or on its way: asked for again only when it differs. */
  #mapKey = "";
  #shownKey = "";
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
      onDraw: () => this.listening.mapDrawn(),
    });
    this.listening.view = this.view;
    this.questions = new Questions((change) => this.change(change));
    this.stage = new Stage(() => void this.refresh());
    addEventListener("popstate", () => {
      this.#choices = { ...DEFAULTS, ...parseAddress(location.search) };
      this.#changedAt = -Infinity;
      remember(storage, this.#choices);
      void this.#apply();
    });
    history.replaceState(null, "", this.#address());
  }

  /**
   * Looks at what there is, and shows what was chosen.
   *
   * @param {{unasked?: boolean}} [options] `unasked`: by the page itself, so that a failure does
   *   not take away the map that is shown
   * @returns {Promise<void>}
   */
  refresh({ unasked = false } = {}) {
    const look = () => this.#look(unasked);
    this.#lastLook = this.#lastLook.then(look, look); // one after the other
    return this.#lastLook;
  }

  /** @param {boolean} unasked */
  async #look(unasked) {
    try {
      const [library, models, projections] = await Promise.all([
        getJson("library/"),
        getJson("models/"),
        getJson("projections/"),
      ]);
      if (library.tags !== this.#library.tags) this.#tags = await getList("tags/?page_size=500");
      this.#library = library;
      this.#entries = buildCatalogue(models, projections);
    } catch (error) {
      this.#fail(error, unasked);
      return;
    }
    this.stage.upToDate();
    this.stage.showLibrary(this.#library.tracks, this.#entries.length);
    await this.#apply({ unasked });
  }

  /** @param {Partial<Choices>} change */
  change(change) {
    this.#choices = { ...this.#choices, ...change };
    remember(storage, this.#choices);
    const now = performance.now();
    if (now - this.#changedAt < STEP_MS) history.replaceState(null, "", this.#address());
    else history.pushState(null, "", this.#address());
    this.#changedAt = now;
    void this.#apply();
  }

  /** The page's address with what was chosen. */
  #address() {
    return writeAddress(this.#choices, location.search) || location.pathname;
  }

  /**
   * Shows what there is for the choices; asks only for what is not shown yet.
   *
   * @param {{unasked?: boolean}} [options] as of `refresh`
   */
  async #apply({ unasked = false } = {}) {
    if (this.#entries.length === 0) return this.stage.succeeded();
    const resolved = resolve(this.#choices, this.#entries, this.#tags, this.#library);
    const { entry, colour } = resolved;
    this.questions.render(this.#entries, resolved, this.#tags, this.#library);
    byId("unlaid").hidden = entry.projections.size > 0;
    await Promise.all([this.#showMap(resolved, unasked), this.#showColour(entry, colour)]);
  }

  /**
   * @param {Resolved} resolved
   * @param {boolean} unasked
   */
  async #showMap({ entry, method, x, y }, unasked) {
    const address = pointsAddress(entry, method, { x, y });
    const key = `${address} ${method === ORIGINAL ? entry.layer.segments : ""}`;
    if (key === this.#mapKey) {
      if (key === this.#shownKey) this.stage.succeeded();
      return;
    }
    this.#mapKey = key;
    if (!unasked) this.stage.loading();
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
        frame: `${entry.layer.name} ${method} ${x} ${y}`,
        axisNames: [axisName(entry, method, x), axisName(entry, method, y)],
      });
      this.#hideSwitchedOff();
      this.listening.mapChanged();
      this.#tellHowItIsDrawn();
      this.#shownKey = key;
      this.stage.succeeded();
    } catch (error) {
      if (isAbort(error)) return;
      this.#mapKey = "";
      this.#fail(error, unasked);
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
    const known = storage.getItem("canvas-hint") === "read";
    byId("canvas-hint").hidden = known || this.view.layer?.kind !== "canvas";
  }

  /**
   * @param {unknown} error
   * @param {boolean} unasked
   */
  #fail(error, unasked) {
    const mapShown = this.view.content !== null;
    if (unasked && mapShown) this.stage.outdated(error);
    else this.stage.fail(error, mapShown);
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
