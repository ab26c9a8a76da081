/** The four questions: what is shown, seen by whom, laid out how, coloured by what. */

import {
  dimensionsOf,
  findEntry,
  methodName,
  methodsOf,
  nearestEntry,
  seenByOptions,
} from "../model/catalogue.js";
import { colourOptions, kindOf, tagOptions } from "../model/colour-choice.js";
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
 * @typedef {import("../model/choices.js").Choices} Choices
 * @typedef {import("../model/choices.js").Resolved} Resolved
 * @typedef {import("../model/colour-choice.js").Library} Library
 * @typedef {import("../model/colour-choice.js").Tag} Tag
 */

const SELECTS = /** @type {const} */ ([
  "architecture",
  "dataset",
  "layer",
  "method",
  "axis-x",
  "axis-y",
  "colour-kind",
  "colour-tag",
]);

export class Questions {
  /** @type {Record<(typeof SELECTS)[number], HTMLSelectElement>} */
  #selects;
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Tag[]} */
  #tags = [];
  /** @type {Library} */
  #library = { artists: 0, albums: 0 };
  /** @type {Resolved | null} what is shown */
  #shown = null;

  /** @param {(change: Partial<Choices>) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.#selects = /** @type {any} */ (Object.fromEntries(SELECTS.map((id) => [id, byId(id)])));
    for (const id of SELECTS) {
      this.#selects[id].addEventListener("change", () => {
        const change = this.#changeOf(id, this.#selects[id].value);
        if (change) this.onChange(change);
      });
    }
  }

  /**
   * @param {Entry[]} entries
   * @param {Resolved} shown
   * @param {Tag[]} tags of the library
   * @param {Library} library
   */
  render(entries, shown, tags, library) {
    this.#entries = entries;
    this.#shown = shown;
    this.#tags = tags;
    this.#library = library;
    this.#renderSeenBy(entries, shown.entry);
    this.#renderLayout(shown);
    this.#renderColour(shown);
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
    byId("explain-layer").textContent = layerExplanation(entry);
  }

  /** @param {Resolved} shown */
  #renderLayout({ entry, method, x, y }) {
    const methods = methodsOf(entry).map((value) => ({ value, label: methodName(value) }));
    fillSelect(this.#selects.method, methods, method);
    byId("explain-method").textContent = methodExplanation(method);

    const dimensions = dimensionsOf(entry, method);
    byId("axes-choice").hidden = dimensions <= 2;
    const axes = Array.from({ length: dimensions }, (_, dimension) => ({
      value: String(dimension),
      label: axisName(entry, method, dimension),
    }));
    fillSelect(this.#selects["axis-x"], axes, String(x));
    fillSelect(this.#selects["axis-y"], axes, String(y));
    showText(byId("axes-sentence"), axesSentence(entry, method, x, y));

    const projection = entry.projections.get(method);
    const quality = qualitySentence(projection);
    byId("quality").hidden = !quality;
    byId("quality-text").textContent = quality ?? "";
    const explanation = byId("explain-quality");
    explanation.textContent = projection && quality ? qualityExplanation(projection) : "";
    if (!quality) explanation.hidden = true;
  }

  /** @param {Resolved} shown */
  #renderColour({ entry, colour }) {
    const kind = kindOf(colour);
    const kinds = colourOptions(this.#entries, entry, this.#tags, this.#library);
    fillSelect(this.#selects["colour-kind"], kinds, kind);
    const tags = tagOptions(kind, this.#entries, entry, this.#tags);
    byId("colour-tag-label").hidden = this.#selects["colour-tag"].hidden = tags.length === 0;
    if (tags.length > 0) fillSelect(this.#selects["colour-tag"], tags, colour);
  }

  /**
   * @param {(typeof SELECTS)[number]} id
   * @param {string} value
   * @returns {Partial<Choices> | null}
   */
  #changeOf(id, value) {
    if (!this.#shown) return null;
    const { entry, method, x, y } = this.#shown;
    // Layouts and axes are chosen for the layer that is seen: without it, they mean nothing.
    const layer = entry.layer.name;
    switch (id) {
      case "architecture":
        return layerOf(nearestEntry(this.#entries, entry, { architecture: value }));
      case "dataset":
        return layerOf(nearestEntry(this.#entries, entry, { dataset: value }));
      case "layer":
        return layerOf(findEntry(this.#entries, value) ?? entry);
      case "method":
        return { layer, method: value, x: 0, y: 1 };
      case "axis-x":
        return { layer, method, ...swapped({ x: Number(value), y }, { x, y }) };
      case "axis-y":
        return { layer, method, ...swapped({ x, y: Number(value) }, { x, y }) };
      case "colour-kind":
        return { colour: tagOptions(value, this.#entries, entry, this.#tags)[0]?.value ?? value };
      case "colour-tag":
        return { colour: value };
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
