/** A map in a page: one of those there are, with some of its dots before grey context. */

import { getTable } from "../api.js";
import { pointsAddress } from "../app/points.js";
import { MapSurface } from "../map/surface.js";
import { layoutKey } from "../model/axes-memory.js";
import { findProjection, layoutOptions, ORIGINAL } from "../model/catalogue.js";
import { defaults, resolvePane } from "../model/choices.js";
import { axesSentence, axisName } from "../model/sentences.js";
import { byId, fillSelect } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { keepInAddress } from "./address.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").Resolved} Resolved
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {{slots: Uint8Array, flags: Uint8Array, palette: Uint8Array}} Look how dots are drawn
 */

export class PageMap {
  /** @type {Entry | null} whose map is shown */
  entry = null;
  /** @type {Entry[]} layers of networks that have heard what is to be seen */
  entries = [];

  /**
   * @param {string} id of the part; its select is `<id>-map`, what is said of the axes `<id>-axes`
   * @param {import("../model/choices.js").PaneChoices} choices of the page of the map
   * @param {(surface: MapSurface) => import("../map/view.js").MapView} makeView
   * @param {(points: PointSet) => Look | string | Promise<Look | string>} lookOf the dots, or why
   *   none is to be seen
   */
  constructor(id, choices, makeView, lookOf) {
    this.id = id;
    this.choices = choices;
    this.lookOf = lookOf;
    this.surface = new MapSurface(byId("maps"));
    this.view = makeView(this.surface);
    this.#leaveToPage();
    this.select = /** @type {HTMLSelectElement} */ (byId(`${id}-map`));
    this.select.addEventListener("change", () => this.#chosen());
    this.part = new Part(id, () => this.#load());
    document.documentElement.addEventListener("themechange", () => this.surface.readTheme());
  }

  #chosen() {
    const [layer, layout] = this.select.value.split(" ");
    const custom = findProjection(this.entries, Number(layout));
    const method = custom?.projection.method ?? layout;
    const map = custom ? custom.projection.id : null;
    this.choices = { ...defaults(1).panes[0], layer, method, map };
    keepInAddress({ layer, by: method, map: custom && layout, x: null, y: null, log: null });
    void this.part.show();
  }

  async #load() {
    const { entries, select } = this;
    select.hidden = entries.length === 0;
    if (entries.length === 0) return "No network has listened to this yet.";
    const resolved = resolvePane(this.choices, entries);
    fillSelect(select, mapOptions(entries), layoutKey(resolved));
    const { columns, metadata } = await getTable(pointsAddress(resolved, false), { slot: this.id });
    const points = /** @type {PointSet} */ (/** @type {unknown} */ (columns));
    const look = await this.lookOf(points);
    if (typeof look === "string") return look;
    this.#show(resolved, points, look, Number(metadata.hop_seconds));
    return null;
  }

  /**
   * @param {Resolved} resolved
   * @param {PointSet} points
   * @param {Look} look
   * @param {number} hop seconds
   */
  #show(resolved, points, { slots, flags, palette }, hop) {
    const { entry, method, x, y, log } = resolved;
    this.entry = entry;
    this.view.show({
      points,
      slots,
      flags,
      hop,
      even: method !== ORIGINAL && !log[0] && !log[1],
      frame: `${layoutKey(resolved)} ${x} ${y} ${log}`,
      axisNames: [axisName(resolved, x), axisName(resolved, y)],
      log,
    });
    this.view.colour(slots, palette);
    const seenBy = `As ${entry.model.display_name} hears it.`;
    byId(`${this.id}-axes`).textContent = `${seenBy} ${axesSentence(resolved, resolved)}`;
  }

  /** What elsewhere moves the map, here scrolls the page. */
  #leaveToPage() {
    const { element, zoom } = this.view;
    zoom.filter((event) => {
      if (event.type === "wheel") return event.ctrlKey || document.activeElement === element;
      return event.touches ? event.touches.length > 1 : event.button === 0;
    });
  }
}

/**
 * @param {Entry[]} entries
 * @returns {{value: string, label: string, group: string}[]}
 */
function mapOptions(entries) {
  return entries.flatMap((entry) =>
    layoutOptions(entry).map(({ value, label }) => ({
      value: `${entry.layer.name} ${value}`,
      label: `${entry.layer.display_name}, ${label}`,
      group: entry.model.display_name,
    })),
  );
}
