/** One map of the page: fetches the points that were chosen for it, and shows them. */

import { abandon } from "../api.js";
import { assignFlag } from "../map/flags.js";
import { MapView } from "../map/view.js";
import { layoutKey } from "../model/axes-memory.js";
import { ORIGINAL } from "../model/catalogue.js";
import { sameSegments } from "../model/overlap.js";
import { averageSentence, axisName } from "../model/sentences.js";
import { tellHowItIsDrawn } from "../ui/hints.js";
import { loadPoints, pointsAddress, sizesOf } from "./points.js";

/**
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {import("../model/choices.js").PaneChoices} PaneChoices
 * @typedef {import("../model/choices.js").Resolved} Resolved
 */

/** With another of these there is another map, and the place one has zoomed to means nothing. */
const MAP_CHOICES = ["layer", "method", "map", "x", "y", "log"];

export class Pane {
  /** @type {Resolved | null} what was chosen: shown, or on its way */
  wanted = null;
  /** @type {Resolved | null} what is on the map */
  shown = null;
  /** @type {import("./points.js").Averages | null} of the dots, where they are averages */
  averages = null;
  /** What is on the map, or on its way: shown again only when it differs. */
  #key = "";
  /** What the points on the map were asked for by. */
  #loaded = "";
  /** @type {Promise<void> | null} null once it is shown */
  #pending = null;

  /**
   * @param {HTMLElement} element
   * @param {import("./explorer.js").Explorer} explorer
   * @param {number} index among the page's maps
   */
  constructor(element, explorer, index) {
    this.explorer = explorer;
    this.index = index;
    this.view = new MapView(element, explorer.surface, {
      onHover: (point) => this.#hovered(point),
      onPick: (point) => explorer.listening.pick(this, point),
      onDraw: () => explorer.listening.mapDrawn(this),
      onZoom: () => explorer.dispatchEvent(new Event("zoom")),
    });
  }

  /** @param {number} index or -1 */
  #hovered(index) {
    this.explorer.listening.hover(this, index);
    const detail = { pane: this, index };
    this.explorer.dispatchEvent(new CustomEvent("hover", { detail }));
  }

  /** What is on the map; null before the first points have come. */
  get content() {
    return this.view.content;
  }

  /** The layer that is on the map; to be asked for only where there is `content`. */
  get entry() {
    return /** @type {Resolved} */ (this.shown).entry;
  }

  /** How it is laid out. */
  get method() {
    return /** @type {Resolved} */ (this.shown).method;
  }

  /** The projection that is on the map; null where it is the layer's own numbers. */
  get projection() {
    return /** @type {Resolved} */ (this.shown).projection;
  }

  /**
   * What the dots on the map stand for; to be asked for only where there is `content`.
   *
   * @returns {import("./colouring.js").Dots}
   */
  get dots() {
    const { entry, log } = /** @type {Resolved} */ (this.shown);
    const { points } = /** @type {import("../map/view.js").MapContent} */ (this.content);
    return { points, layer: entry.layer, averaged: this.averages !== null, log };
  }

  /**
   * What a dot stands for, where it is not a moment of a track.
   *
   * @param {number} index
   */
  meaningOf(index) {
    if (!this.averages) return null;
    return averageSentence(this.averages.segments[index], this.averages.spread[index]);
  }

  /** @param {Partial<PaneChoices>} change */
  change(change) {
    const { panes } = this.explorer.choices;
    const elsewhere = MAP_CHOICES.some((name) => name in change) ? { at: null } : {};
    const own = { ...panes[this.index], ...elsewhere, ...change };
    this.explorer.change({ panes: panes.with(this.index, own) });
  }

  /**
   * Sets or clears a flag of every point.
   *
   * @param {number} flag
   * @param {(index: number) => boolean} wanted
   */
  setFlag(flag, wanted) {
    if (!this.content) return;
    assignFlag(this.content.flags, flag, wanted);
    this.view.flagsChanged();
  }

  /**
   * Maps of the very same segments share one array of flags: it is worked out and uploaded once.
   *
   * @param {PointSet} points
   */
  #flagsFor(points) {
    const same = this.explorer.panes.find(
      (pane) => pane !== this && pane.content && sameSegments(points, pane.content.points),
    );
    return same?.content?.flags ?? new Uint8Array(points.track.length);
  }

  /**
   * Shows what was chosen.
   *
   * @param {Resolved} resolved
   * @returns {Promise<void> | null} null where it is shown already
   */
  show(resolved) {
    this.wanted = resolved;
    const { entry, projection, log } = resolved;
    const averages = this.explorer.choices.show === "averages";
    const address = pointsAddress(resolved, averages);
    // A layer's own numbers become more under the same address.
    const source = `${address} ${projection ? "" : entry.layer.segments}`;
    const key = `${source} ${log}`;
    if (key === this.#key) {
      if (!this.#pending) this.shown = resolved;
      return this.#pending;
    }
    this.#key = key;
    /** @type {Promise<void>} */
    const pending = this.#load(key, address, source, averages, resolved).then(
      () => {
        if (this.#pending !== pending) return this.#pending ?? undefined; // of a newer choice
        this.#pending = null;
      },
      (error) => {
        if (this.#pending !== pending) return this.#pending ?? undefined;
        this.#key = ""; // to be asked for again
        throw error;
      },
    );
    this.#pending = pending;
    return pending;
  }

  /**
   * @param {string} key given up where another has taken its place
   * @param {string} address
   * @param {string} source points of the same may be there already
   * @param {boolean} averages
   * @param {Resolved} resolved
   */
  async #load(key, address, source, averages, resolved) {
    const { method, x, y, log } = resolved;
    const { layer } = resolved.entry;
    const slot = `map ${this.index}`;
    const there = this.content && source === this.#loaded ? this.content.points : null;
    if (there) abandon(slot);
    const loaded = there
      ? { points: there, averages: this.averages }
      : await loadPoints(address, averages, slot);
    await this.explorer.visibility.ready;
    if (key !== this.#key) return;
    const { points } = loaded;
    this.averages = loaded.averages;
    this.shown = resolved;
    this.#loaded = source;
    this.view.show({
      points,
      slots: this.explorer.colours.slotsOf({ points, layer, averaged: averages, log }),
      flags: this.#flagsFor(points),
      hop: layer.hop_seconds,
      even: method !== ORIGINAL && !log[0] && !log[1],
      frame: `${layoutKey(resolved)} ${x} ${y} ${log} ${averages}`,
      axisNames: [axisName(resolved, x), axisName(resolved, y)],
      log,
      sizes: loaded.averages && sizesOf(loaded.averages.spread),
    });
    tellHowItIsDrawn(this.view);
    this.explorer.dispatchEvent(new CustomEvent("content", { detail: { pane: this } }));
  }
}
