/** Of one map: seen by which network, and laid out how. */

import { recallAxes, rememberAxes } from "../model/axes-memory.js";
import {
  dimensionsOf,
  findEntry,
  hasAxes,
  layoutOptions,
  nearestEntry,
  seenByOptions,
} from "../model/catalogue.js";
import { resolvePane } from "../model/choices.js";
import {
  axesSentence,
  axisName,
  layerExplanation,
  methodExplanation,
  partSentence,
  qualityExplanation,
  qualitySentence,
} from "../model/sentences.js";
import { storage } from "../storage.js";
import { byId, fillSelect, showText } from "./dom.js";
import { Picker } from "./picker.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").PaneChoices} PaneChoices
 * @typedef {import("../model/choices.js").Resolved} Resolved
 */

const SELECTS = /** @type {const} */ (["architecture", "dataset", "layer", "method"]);
const AXES = /** @type {const} */ (["x", "y"]);

export class MapQuestions {
  /** @type {Record<(typeof SELECTS)[number], HTMLSelectElement>} */
  #selects;

  /** @param {import("../app/pane.js").Pane} pane */
  constructor(pane) {
    this.pane = pane;
    /** As in the address: ids of the second map's questions end in 2. */
    this.suffix = pane.index === 0 ? "" : String(pane.index + 1);
    const selects = SELECTS.map((id) => [id, this.#part(id)]);
    this.#selects = /** @type {any} */ (Object.fromEntries(selects));
    for (const id of SELECTS) {
      const select = this.#selects[id];
      select.addEventListener("change", () => this.#changeLayout(id, select.value));
    }
    this.axes = AXES.map((axis) => {
      const select = /** @type {HTMLSelectElement} */ (this.#part(`axis-${axis}`));
      select.addEventListener("change", () => this.#changeAxis(axis, Number(select.value)));
      return new Picker(select);
    });
    this.logs = AXES.map((axis) => /** @type {HTMLInputElement} */ (this.#part(`log-${axis}`)));
    for (const log of this.logs) log.addEventListener("change", () => this.#changeLog());
    this.#part("partial-all").addEventListener("click", () => this.#showAll());
  }

  /** The library's own map by the same method. */
  #showAll() {
    const { wanted } = this.pane;
    if (wanted) this.#changeLayout("method", wanted.method);
  }

  render() {
    const { wanted, explorer } = this.pane;
    if (!wanted) return;
    this.#renderSeenBy(explorer.entries, wanted.entry);
    this.#renderLayout(wanted);
  }

  /** @param {string} id */
  #part(id) {
    return byId(id + this.suffix);
  }

  /**
   * @param {Entry[]} entries
   * @param {Entry} entry
   */
  #renderSeenBy(entries, entry) {
    const { architectures, datasets, layers } = seenByOptions(entries, entry);
    fillSelect(this.#selects.architecture, architectures, entry.model.architecture);
    fillSelect(this.#selects.dataset, datasets, entry.model.dataset);
    fillSelect(this.#selects.layer, layers, entry.layer.name);
    this.#part("explain-layer").textContent = layerExplanation(entry);
  }

  /** @param {Resolved} shown */
  #renderLayout(shown) {
    const { entry, method, projection, x, y, log } = shown;
    const custom = entry.custom.some((each) => each === projection);
    const value = custom && projection ? String(projection.id) : method;
    fillSelect(this.#selects.method, layoutOptions(entry), value);
    this.#part("explain-method").textContent = methodExplanation(method);

    const dimensions = dimensionsOf(shown);
    this.#part("axes-choice").hidden = !hasAxes(shown);
    const axes = Array.from({ length: dimensions }, (_, dimension) => ({
      value: String(dimension),
      label: axisName(shown, dimension),
    }));
    [x, y].forEach((dimension, i) => this.axes[i].fill(axes, String(dimension)));
    log.forEach((on, i) => (this.logs[i].checked = on));
    showText(this.#part("axes-sentence"), axesSentence(shown, shown));

    const part = partSentence(projection);
    this.#part("partial").hidden = !part;
    this.#part("partial-text").textContent = part ?? "";
    this.#part("partial-all").hidden = !entry.projections.has(method);

    const quality = qualitySentence(projection);
    this.#part("quality").hidden = !quality;
    this.#part("quality-text").textContent = quality ?? "";
    const explanation = this.#part("explain-quality");
    explanation.textContent = projection && quality ? qualityExplanation(projection) : "";
    if (!quality) explanation.hidden = true;
  }

  /**
   * @param {(typeof SELECTS)[number]} id
   * @param {string} value
   */
  #changeLayout(id, value) {
    const { pane } = this;
    const { choices, entries } = pane.explorer;
    if (!pane.wanted) return;
    const change = this.#changeOf(id, value, pane.wanted);
    const layout = resolvePane({ ...choices.panes[pane.index], ...change }, entries);
    pane.change({ ...change, ...recallAxes(storage, layout) });
  }

  /**
   * Layouts are chosen for the layer that is seen: without it, they mean nothing.
   *
   * @param {(typeof SELECTS)[number]} id
   * @param {string} value
   * @param {Resolved} shown
   * @returns {Partial<PaneChoices>}
   */
  #changeOf(id, value, { entry }) {
    const { entries } = this.pane.explorer;
    switch (id) {
      case "architecture":
        return layerOf(nearestEntry(entries, entry, { architecture: value }));
      case "dataset":
        return layerOf(nearestEntry(entries, entry, { dataset: value }));
      case "layer":
        return layerOf(findEntry(entries, value) ?? entry);
      case "method": {
        const custom = entry.custom.find(({ id: number }) => String(number) === value);
        return { ...layerOf(entry), method: custom?.method ?? value, map: custom?.id ?? null };
      }
    }
  }

  /**
   * Choosing the dimension of the other axis swaps the two.
   *
   * @param {"x" | "y"} axis
   * @param {number} dimension
   */
  #changeAxis(axis, dimension) {
    const { wanted } = this.pane;
    if (!wanted) return;
    const x = axis === "x" ? dimension : wanted.x;
    const y = axis === "y" ? dimension : wanted.y;
    this.#changeAxes(x === y ? { x: wanted.y, y: wanted.x } : { x, y });
  }

  #changeLog() {
    const [x, y] = this.logs.map(({ checked }) => checked);
    this.#changeAxes({ log: [x, y] });
  }

  /** @param {Partial<import("../model/axes-memory.js").Axes>} change */
  #changeAxes(change) {
    const { wanted } = this.pane;
    if (!wanted) return;
    const { entry, method, projection } = wanted;
    const axes = { x: wanted.x, y: wanted.y, log: wanted.log, ...change };
    rememberAxes(storage, wanted, axes);
    const custom = projection && entry.custom.includes(projection) ? projection.id : null;
    this.pane.change({ layer: entry.layer.name, method, map: custom, ...axes });
  }
}

/** @param {Entry} entry */
function layerOf(entry) {
  return { layer: entry.layer.name, map: null };
}
