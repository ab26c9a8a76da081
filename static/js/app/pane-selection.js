/** What is selected on one map: kept in the address, worked out for the points that are shown. */

import { isAbort } from "../api.js";
import { decode, rounded } from "../select/address.js";
import { flagsOfSegments, maskOfDots, segmentsOfAverages } from "../select/averages.js";
import { applyStep, maskOf } from "../select/mask.js";
import { shortestAddress } from "../select/request.js";
import { mapKey, Selection } from "../select/selection.js";
import { loadPoints } from "./points.js";

/**
 * @typedef {import("../select/mask.js").Source} Source
 * @typedef {import("../select/selection.js").AreaMap} AreaMap
 * @typedef {import("../select/selection.js").Op} Op
 * @typedef {import("../select/selection.js").Step} Step
 */

/**
 * Events: "change" once `mask` is up to date; "failure" (detail: an error) where it cannot be.
 */
export class PaneSelection extends EventTarget {
  /** @type {import("../map/view.js").MapContent | null} that the following belongs to */
  #content = null;
  /** @type {Source | null} */
  #source = null;
  /** @type {Uint8Array | null} */
  #mask = null;
  /** @type {Int32Array | null} of each segment, its dot; null where each is its own */
  #dots = null;
  /** @type {Map<string, Source>} maps that areas were drawn on, by `mapKey` */
  #maps = new Map();
  /** @type {readonly Step[]} that `mask` holds */
  #applied = [];
  /** What the address said last that was not written here: it stays as it was put there.
   * @type {{text: string, steps: readonly Step[]}} */
  #loaded = { text: "", steps: [] };
  /** The address's text for the selection, so that it is read only when another wrote it. */
  #written = "";

  /**
   * @param {import("./pane.js").Pane} pane
   * @param {import("../select/past.js").Past} past
   */
  constructor(pane, past) {
    super();
    this.pane = pane;
    this.selection = new Selection(past);
    const { explorer } = pane;
    this.selection.addEventListener("change", () => this.#changed());
    explorer.addEventListener("choices", () => this.#read());
    explorer.addEventListener("content", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.pane === pane) this.#shown();
    });
    this.#read();
  }

  /** The segments that are shown, or that averages which are shown stand for; null without any. */
  get source() {
    return this.#content === this.pane.content ? this.#source : null;
  }

  /** Which of them are selected; null where that is not known yet. */
  get mask() {
    return this.#content === this.pane.content ? this.#mask : null;
  }

  /** Whether nothing is selected, be it that an area was drawn around nothing. */
  get empty() {
    return this.selection.empty || !this.mask?.includes(1);
  }

  /** The map that is shown, as areas are drawn on it; to be asked for only where there is one. */
  get map() {
    const { entry, projection, shown, content } = this.pane;
    const { x, y } = /** @type {import("../model/choices.js").Resolved} */ (shown);
    return /** @type {AreaMap} */ ({
      layer: entry.layer.name,
      projection: projection?.id ?? null,
      x,
      y,
      log: content?.log ?? [false, false],
      averaged: this.pane.averages !== null,
    });
  }

  /**
   * Selects an area that was drawn on the map.
   *
   * @param {import("../select/polygon.js").Polygon} outline in data coordinates
   * @param {Op | "replace"} mode
   */
  draw(outline, mode) {
    const { map } = this;
    const polygon = rounded(outline, map.log);
    const op = mode === "subtract" ? mode : "add";
    if (!polygon) return;
    /** @type {Step} */
    const step = { op, kind: "area", map, polygon };
    if (mode === "replace") this.selection.replace(step);
    else this.selection.apply(step);
  }

  /** The address may hold another selection: one has gone back, or followed a link. */
  #read() {
    const { explorer, index } = this.pane;
    const text = explorer.choices.panes[index].selection ?? "";
    if (text === this.#written) return;
    this.#written = text;
    this.#loaded = { text, steps: decode(text).steps };
    this.selection.load(this.#loaded.steps);
  }

  /** Other points are shown. */
  #shown() {
    const { averages, content, entry, projection } = this.pane;
    this.#content = content;
    const { points } = /** @type {import("../map/view.js").MapContent} */ (content);
    const every = projection?.subset?.every ?? 1;
    const behind = averages && segmentsOfAverages(points.track, averages.segments, every);
    const timing = timingOf(entry.layer);
    this.#source = { points: behind?.points ?? points, timing, averaged: false };
    this.#dots = behind?.dots ?? null;
    this.#mask = null;
    void this.#workOut();
  }

  /**
   * Which dots show a selection of segments.
   *
   * @param {Uint8Array} mask
   */
  onDots(mask) {
    const number = this.pane.content?.points.track.length ?? 0;
    return this.#dots ? maskOfDots(mask, this.#dots, number) : mask;
  }

  /** Flags of the segments; to be asked for only where there is a `source`. */
  get flags() {
    const { content, explorer } = this.pane;
    const { flags } = /** @type {import("../map/view.js").MapContent} */ (content);
    const { position } = /** @type {Source} */ (this.source).points;
    return this.#dots ? flagsOfSegments(flags, this.#dots, position, explorer.choices.every) : flags;
  }

  #changed() {
    void this.#workOut().then((done) => done && this.#write());
  }

  #write() {
    const { pane, source, mask, selection } = this;
    if (!source || !mask) return;
    const { steps } = selection;
    const { name } = pane.entry.layer;
    const shortest = () => (this.empty ? "" : shortestAddress(steps, name, source.points, mask));
    const text = steps === this.#loaded.steps ? this.#loaded.text : shortest();
    if (text === this.#written) return;
    this.#written = text;
    pane.change({ selection: text || null });
  }

  /**
   * Works out which of the points are selected: at once, unless areas were drawn on maps that have
   * to be fetched.
   *
   * @returns {Promise<boolean>} whether it is done; not where it failed or something newer came
   */
  async #workOut() {
    const { pane, source } = this;
    const { steps } = this.selection;
    if (!source || !pane.content) return false;
    const averaged = pane.averages !== null;
    this.#maps.set(mapKey(this.map), { ...source, points: pane.content.points, averaged });
    try {
      for (const step of steps) {
        const wait = this.#prepare(step);
        if (wait) await wait;
      }
    } catch (error) {
      if (!isAbort(error)) this.dispatchEvent(new CustomEvent("failure", { detail: error }));
      return false;
    }
    if (this.selection.steps !== steps || this.source !== source) return false;
    this.#apply(steps, source);
    this.#forgetMaps();
    this.dispatchEvent(new Event("change"));
    return true;
  }

  /**
   * @param {readonly Step[]} steps
   * @param {Source} shown
   */
  #apply(steps, shown) {
    const known = { maps: this.#maps, timings: this.#timings() };
    const more = steps.length - this.#applied.length;
    if (this.#mask && more === 1 && this.#applied.every((step, i) => step === steps[i])) {
      applyStep(steps[steps.length - 1], shown, known, this.#mask);
    } else {
      this.#mask = maskOf(steps, shown, known);
    }
    this.#applied = steps;
  }

  #timings() {
    const { entries } = this.pane.explorer;
    return new Map(entries.map(({ layer }) => [layer.name, timingOf(layer)]));
  }

  /**
   * @param {Step} step
   * @returns {Promise<void> | null} null where all that the step needs is here
   */
  #prepare(step) {
    if (step.kind === "segments") this.#timingOf(step.layer);
    if (step.kind !== "area" || this.#maps.has(mapKey(step.map))) return null;
    return this.#fetch(step.map);
  }

  /** @param {string} layer */
  #timingOf(layer) {
    const timing = this.#timings().get(layer);
    if (!timing) throw new Error(`It was made of the layer ${layer}, which is not here.`);
    return timing;
  }

  /** @param {AreaMap} map that is not shown */
  async #fetch(map) {
    const { layer, projection, x, y, averaged } = map;
    const timing = this.#timingOf(layer);
    const place = projection === null ? `layers/${layer}` : `projections/${projection}`;
    const what = averaged ? "averages" : "points";
    const { points } = await loadPoints(`${place}/${what}/?x=${x}&y=${y}`, averaged);
    this.#maps.set(mapKey(map), { points, timing, averaged });
  }

  /** Of maps, only those are kept that an area needs: a large one takes 16 MB. */
  #forgetMaps() {
    const needed = new Set([mapKey(this.map)]);
    for (const step of this.selection.steps) {
      if (step.kind === "area") needed.add(mapKey(step.map));
    }
    for (const key of this.#maps.keys()) if (!needed.has(key)) this.#maps.delete(key);
  }
}

/** @param {import("../model/catalogue.js").Layer} layer */
function timingOf(layer) {
  return { hop: layer.hop_seconds, length: layer.segment_seconds };
}
