/** Of one map: seen by which network, and laid out how. */

import {
  dimensionsOf,
  findEntry,
  methodName,
  methodsOf,
  nearestEntry,
  seenByOptions,
} from "../model/catalogue.js";
import {
  axesSentence,
  axisName,
  layerExplanation,
  methodExplanation,
  qualityExplanation,
  qualitySentence,
} from "../model/sentences.js";
import { byId, fillSelect, showText } from "./dom.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").PaneChoices} PaneChoices
 * @typedef {import("../model/choices.js").Resolved} Resolved
 */

const SELECTS = /** @type {const} */ ([
  "architecture",
  "dataset",
  "layer",
  "method",
  "axis-x",
  "axis-y",
]);

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
      select.addEventListener("change", () => {
        const { wanted } = pane;
        if (wanted) pane.change(this.#changeOf(id, select.value, wanted));
      });
    }
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
  #renderLayout({ entry, method, x, y }) {
    const methods = methodsOf(entry).map((value) => ({ value, label: methodName(value) }));
    fillSelect(this.#selects.method, methods, method);
    this.#part("explain-method").textContent = methodExplanation(method);

    const dimensions = dimensionsOf(entry, method);
    this.#part("axes-choice").hidden = dimensions <= 2;
    const axes = Array.from({ length: dimensions }, (_, dimension) => ({
      value: String(dimension),
      label: axisName(entry, method, dimension),
    }));
    fillSelect(this.#selects["axis-x"], axes, String(x));
    fillSelect(this.#selects["axis-y"], axes, String(y));
    showText(this.#part("axes-sentence"), axesSentence(entry, method, x, y));

    const projection = entry.projections.get(method);
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
   * @param {Resolved} shown
   * @returns {Partial<PaneChoices>}
   */
  #changeOf(id, value, { entry, method, x, y }) {
    const { entries } = this.pane.explorer;
    // Layouts and axes are chosen for the layer that is seen: without it, they mean nothing.
    const layer = entry.layer.name;
    switch (id) {
      case "architecture":
        return layerOf(nearestEntry(entries, entry, { architecture: value }));
      case "dataset":
        return layerOf(nearestEntry(entries, entry, { dataset: value }));
      case "layer":
        return layerOf(findEntry(entries, value) ?? entry);
      case "method":
        return { layer, method: value, x: 0, y: 1 };
      case "axis-x":
        return { layer, method, ...swapped({ x: Number(value), y }, { x, y }) };
      case "axis-y":
        return { layer, method, ...swapped({ x, y: Number(value) }, { x, y }) };
    }
  }
}

/**
 * Choosing the dimension of the other axis swaps the two.
 *
 * @param {{x: number, y: number}} axes
 * @param {{x: number, y: number}} before
 */
function swapped(axes, before) {
  return axes.x === axes.y ? { x: before.y, y: before.x } : axes;
}

/** @param {Entry} entry */
function layerOf(entry) {
  return { layer: entry.layer.name, x: 0, y: 1 };
}
