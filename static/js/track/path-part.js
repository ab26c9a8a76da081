/** Where the track lies on a map: its segments in the order of time, before grey context. */

import { getTable } from "../api.js";
import { pointsAddress } from "../app/points.js";
import { assignFlag, DIMMED } from "../map/flags.js";
import { pointAt, trackRange } from "../map/geometry.js";
import { MapSurface } from "../map/surface.js";
import { paintTrajectories } from "../map/trajectories.js";
import { MapView } from "../map/view.js";
import { layoutKey } from "../model/axes-memory.js";
import { findProjection, layoutOptions, ORIGINAL } from "../model/catalogue.js";
import { defaults, resolvePane } from "../model/choices.js";
import { sequentialPalette } from "../model/colours.js";
import { axesSentence, axisName } from "../model/sentences.js";
import { byId, fillSelect } from "../ui/dom.js";
import { renderRamp } from "../ui/legend.js";
import { Part } from "../ui/part.js";
import { keepInAddress } from "./address.js";
import { nearestOf, timeSlots } from "./path.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").Resolved} Resolved
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

/** Only the track's own dots are pointed at. */
class PathView extends MapView {
  /** @type {[number, number]} the track's points */
  range = [0, 0];

  /**
   * @param {[number, number]} pixel
   * @param {number} reach pixels
   */
  pick(pixel, reach) {
    return nearestOf(this.range, (index) => this.pixelOf(index), pixel, reach);
  }
}

export class PathPart {
  /** @type {Entry[]} layers of networks that have heard the track */
  entries = [];

  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {import("../model/choices.js").PaneChoices} choices of the page of the map
   */
  constructor(sound, choices) {
    this.sound = sound;
    this.choices = choices;
    this.surface = new MapSurface(byId("maps"));
    this.view = new PathView(byId("map"), this.surface, {
      onHover: (index) => byId("map").classList.toggle("on-dot", index >= 0),
      onPick: (index) => this.#play(index),
      onDraw: () => {},
    });
    this.view.painters.add(paintTrajectories);
    this.#leaveToPage();
    this.select = /** @type {HTMLSelectElement} */ (byId("path-map"));
    this.select.addEventListener("change", () => {
      const [layer, layout] = this.select.value.split(" ");
      const custom = findProjection(this.entries, Number(layout));
      const method = custom?.projection.method ?? layout;
      const map = custom ? custom.projection.id : null;
      this.choices = { ...defaults(1).panes[0], layer, method, map };
      keepInAddress({ layer, by: method, map: custom && layout, x: null, y: null, log: null });
      void this.part.show();
    });
    this.part = new Part("path", () => this.#load());
    sound.addEventListener("place", () => this.#mark());
    document.documentElement.addEventListener("themechange", () => this.surface.readTheme());
    renderRamp(byId("path-ramp"), ["start", "end"]);
  }

  async #load() {
    const { entries, select } = this;
    select.hidden = entries.length === 0;
    if (entries.length === 0) return "No network has listened to this track yet.";
    const resolved = resolvePane(this.choices, entries);
    fillSelect(select, mapOptions(entries), layoutKey(resolved));
    const { columns, metadata } = await getTable(pointsAddress(resolved, false), { slot: "path" });
    const points = /** @type {PointSet} */ (/** @type {unknown} */ (columns));
    const range = trackRange(points.track, this.sound.track.id);
    if (range[0] === range[1]) return "This map was made before the track was there, or without it.";
    this.#show(resolved, points, range, Number(metadata.hop_seconds));
    return null;
  }

  /**
   * @param {Resolved} resolved
   * @param {PointSet} points
   * @param {[number, number]} range of the track's points
   * @param {number} hop seconds
   */
  #show(resolved, points, range, hop) {
    const { entry, method, x, y, log } = resolved;
    this.view.range = range;
    const flags = new Uint8Array(points.track.length);
    assignFlag(flags, DIMMED, (index) => index < range[0] || index >= range[1]);
    const slots = timeSlots(points.track.length, range);
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
    this.view.colour(slots, sequentialPalette());
    const seenBy = `As ${entry.model.display_name} hears it.`;
    byId("path-axes").textContent = `${seenBy} ${axesSentence(resolved, resolved)}`;
    this.#mark();
  }

  #mark() {
    const { content } = this.view;
    if (!content) return;
    const { track, seconds } = this.sound;
    this.view.mark(pointAt(content.points, track.id, seconds, content.hop));
  }

  /** @param {number} index of the track's, or -1 */
  #play(index) {
    const { content } = this.view;
    if (index >= 0 && content) this.sound.playFrom(content.points.position[index] * content.hop);
  }

  /** What elsewhere moves the map, here scrolls the page or moves along the track. */
  #leaveToPage() {
    const { element, zoom } = this.view;
    zoom.filter((event) => {
      if (event.type === "wheel") return event.ctrlKey || document.activeElement === element;
      return event.touches ? event.touches.length > 1 : event.button === 0;
    });
    element.addEventListener(
      "keydown",
      (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !this.sound.press(event.key)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { capture: true },
    );
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
