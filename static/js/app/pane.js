/** One map of the page: fetches the points that were chosen for it, and shows them. */

import { getTable } from "../api.js";
import { assignFlag } from "../map/flags.js";
import { MapView } from "../map/view.js";
import { layoutKey } from "../model/axes-memory.js";
import { ORIGINAL } from "../model/catalogue.js";
import { axisName } from "../model/sentences.js";
import { tellHowItIsDrawn } from "../ui/hints.js";

/**
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {import("../model/choices.js").PaneChoices} PaneChoices
 * @typedef {import("../model/choices.js").Resolved} Resolved
 */

export class Pane {
  /** @type {Resolved | null} what was chosen: shown, or on its way */
  wanted = null;
  /** @type {Resolved | null} what is on the map */
  shown = null;
  /** What is on the map, or on its way: asked for again only when it differs. */
  #key = "";
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

  /** @param {Partial<PaneChoices>} change */
  change(change) {
    const { panes } = this.explorer.choices;
    const own = { ...panes[this.index], ...change };
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
   * Shows what was chosen.
   *
   * @param {Resolved} resolved
   * @returns {Promise<void> | null} null where it is shown already
   */
  show(resolved) {
    this.wanted = resolved;
    const { entry, method } = resolved;
    const address = pointsAddress(resolved);
    // A layer's own numbers become more under the same address.
    const key = `${address} ${method === ORIGINAL ? entry.layer.segments : ""}`;
    if (key === this.#key) {
      if (!this.#pending) this.shown = resolved;
      return this.#pending;
    }
    this.#key = key;
    const pending = this.#load(address, resolved).then(
      () => {
        if (this.#pending === pending) this.#pending = null;
      },
      (error) => {
        if (this.#pending === pending) this.#key = ""; // to be asked for again
        throw error;
      },
    );
    this.#pending = pending;
    return pending;
  }

  /**
   * @param {string} address
   * @param {Resolved} resolved
   */
  async #load(address, resolved) {
    const { method, x, y, log } = resolved;
    const slot = `map ${this.index}`;
    const { columns, metadata } = await getTable(address, { slot });
    const points = /** @type {PointSet} */ (/** @type {unknown} */ (columns));
    await this.explorer.visibility.ready;
    this.shown = resolved;
    this.view.show({
      points,
      slots: this.explorer.colours.slotsOf(points),
      flags: new Uint8Array(points.track.length),
      hop: Number(metadata.hop_seconds),
      even: method !== ORIGINAL,
      frame: `${layoutKey(resolved)} ${x} ${y} ${log}`,
      axisNames: [axisName(resolved, x), axisName(resolved, y)],
    });
    tellHowItIsDrawn(this.view.surface.layer.kind === "canvas");
    this.explorer.dispatchEvent(new CustomEvent("content", { detail: { pane: this } }));
  }
}

/** @param {Resolved} resolved */
export function pointsAddress({ entry, projection, x, y }) {
  const address = projection?.points ?? `layers/${entry.layer.name}/points/`;
  return `${address}${address.includes("?") ? "&" : "?"}x=${x}&y=${y}`;
}
