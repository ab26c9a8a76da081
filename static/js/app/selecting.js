/** Selecting on the maps of the page, by drawing, by key, and by buttons. */

import { Drawing } from "../select/drawing.js";
import { carryOver, combined, flagSelection, rowsOf, segmentsOf } from "../select/mask.js";
import { Past } from "../select/past.js";
import { namedBody, requestBody } from "../select/request.js";
import { joinRows, joinStretches, maskOfAbsent, restOf } from "../select/together.js";
import { filterQuery } from "../model/track-filter.js";
import { PaneSelection } from "./pane-selection.js";

/**
 * @typedef {import("../select/selection.js").Step} Step
 * @typedef {import("../select/drawing.js").Tool} Tool
 * @typedef {import("../select/drawing.js").Mode} Mode
 * @typedef {import("../select/together.js").Part} Part
 */

/** No segment comes after this one. */
const LAST = 999_999;

/** Events: "change" after another selection, or other points, count; "failure" (detail: an error). */
export class Selecting extends EventTarget {
  /** What the dots show. */
  #taken = "";
  #past = new Past();

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    super();
    this.explorer = explorer;
    this.panes = explorer.panes.map((pane) => new PaneSelection(pane, this.#past));
    this.drawings = this.panes.map((own) => {
      return new Drawing(own.pane.view, (outline, mode) => own.draw(outline, mode));
    });
    const tell = () => this.dispatchEvent(new Event("change"));
    const update = () => {
      this.#flag();
      tell();
    };
    explorer.addEventListener("filter", () => (this.empty ? tell() : update()));
    explorer.addEventListener("choices", () => {
      if (this.#taken !== this.taken) update();
    });
    for (const own of this.panes) {
      own.addEventListener("change", update);
      own.addEventListener("failure", (event) => {
        const { detail } = /** @type {CustomEvent} */ (event);
        this.dispatchEvent(new CustomEvent("failure", { detail }));
      });
    }
  }

  /** Which of two maps' selections is taken: see `COMBINE`. */
  get taken() {
    return this.explorer.choices.taken;
  }

  /** Has the dots of every map show what is taken. */
  #flag() {
    this.#taken = this.taken;
    for (const own of this.panes) {
      const { content, view } = own.pane;
      const mask = this.#maskOn(own);
      if (!content || !mask) continue;
      flagSelection(content.flags, this.empty ? null : own.onDots(mask));
      view.flagsChanged();
    }
  }

  /**
   * What is taken, one byte for each point of a map; null before there is one.
   *
   * @param {PaneSelection} own
   */
  #maskOn(own) {
    const { mask, source } = own;
    const other = this.panes.find((each) => each !== own);
    if (!mask || !source || !other?.mask || !other.source) return mask;
    const theirs = new Uint8Array(mask.length);
    carryOver(other.mask, other.source, source, theirs, 1);
    const pair = own === this.panes[0] ? [mask, theirs] : [theirs, mask];
    return combined(this.taken, pair[0], pair[1]);
  }

  /** Whether nothing is selected on any map: then everything that is shown is taken. */
  get empty() {
    return this.panes.every(({ empty }) => empty);
  }

  /** Of the map that was pointed at last: what keys and buttons are about. */
  get current() {
    const { pane } = this.explorer.listening;
    return /** @type {PaneSelection} */ (this.panes.find((own) => own.pane === pane));
  }

  get undoable() {
    return !this.#past.empty;
  }

  /** Takes back the last step, be it on one map or on all. */
  undo() {
    this.#past.undo();
  }

  /**
   * @param {Tool | null} tool with which each drag draws
   * @param {Mode} mode
   */
  draw(tool, mode) {
    for (const drawing of this.drawings) Object.assign(drawing, { tool, mode });
  }

  clear() {
    this.#onAll(({ selection }) => selection.clear());
  }

  /** @param {(own: PaneSelection) => void} change of a map's selection */
  #onAll(change) {
    this.#past.asOne(() => this.panes.forEach(change));
  }

  /**
   * Forgets what is being drawn; else what is selected.
   *
   * @returns {boolean} whether there was any of it
   */
  escape() {
    const active = this.drawings.find((drawing) => drawing.active);
    const any = active !== undefined || !this.empty;
    if (active) active.cancel();
    else this.clear();
    return any;
  }

  /**
   * Adds what is pointed at, or takes it away where it is selected.
   *
   * @param {boolean} whole the whole track, not the segment alone
   */
  togglePointed(whole) {
    const own = this.current;
    const { pane, mask, selection } = own;
    const { content, view } = pane;
    const index = view.hovered;
    if (!content || !mask || index < 0) return;
    const [track, position] = [content.points.track[index], content.points.position[index]];
    const op = own.onDots(mask)[index] ? "subtract" : "add";
    if (whole || pane.averages) selection.apply({ op, kind: "tracks", tracks: [[track, track]] });
    else {
      const segments = new Map([[track, /** @type {[number, number][]} */ ([[position, position]])]]);
      selection.apply({ op, kind: "segments", layer: pane.entry.layer.name, segments });
    }
  }

  /** @param {number} track leaves the selection */
  removeTrack(track) {
    this.#onAll(({ selection }) => {
      selection.apply({ op: "subtract", kind: "tracks", tracks: [[track, track]] });
    });
  }

  /**
   * Selects the stretches of a playlist, on every map.
   *
   * @param {{track: number, start: number | null, end: number | null}[]} stretches in seconds
   */
  selectStretches(stretches) {
    this.#onAll(({ pane, selection }) => {
      if (pane.content) selection.replace(stretchesStep(stretches, pane.entry.layer));
    });
  }

  /**
   * What is taken, of each map: of the second what the first does not have. None before there is
   * a map.
   *
   * @returns {Part[]}
   */
  get parts() {
    const [first, second] = this.panes.map((own) => this.#partOf(own));
    if (!first) return [];
    if (!second) return [first];
    if (!this.empty) return [first, restOf(first, second)];
    return [first, { ...second, mask: maskOfAbsent(second.source, first.source) }];
  }

  /**
   * @param {PaneSelection} own
   * @returns {Part | null}
   */
  #partOf(own) {
    const { source } = own;
    const mask = this.#maskOn(own);
    if (!source || !mask) return null;
    return { source, mask: this.empty ? mask.map(() => 1) : mask, flags: own.flags };
  }

  /** The tracks that are taken, as far as they are shown. */
  rows() {
    return this.parts.map(rowsOf).reduce(joinRows, []);
  }

  /**
   * The stretches of each track that are taken, in seconds.
   *
   * @returns {Map<number, {start: number, end: number}[]>}
   */
  stretches() {
    /** @type {Map<number, {start: number, end: number}[]>} */
    const stretches = new Map();
    for (const { source, mask, flags } of this.parts) {
      const { hop, length } = source.timing;
      for (const [track, ranges] of segmentsOf(source.points, mask, flags)) {
        const own = ranges.map(([first, last]) => ({ start: first * hop, end: last * hop + length }));
        stretches.set(track, [...(stretches.get(track) ?? []), ...own]);
      }
    }
    return new Map([...stretches].map(([track, each]) => [track, joinStretches(each)]));
  }

  /** How many stretches of tracks are taken, as the API counts them. */
  countStretches() {
    let number = 0;
    for (const { source, mask, flags } of this.parts) {
      for (const ranges of segmentsOf(source.points, mask, flags).values()) number += ranges.length;
    }
    return number;
  }

  /** What is taken, as the API is asked for it; to be asked for only where there are `parts`. */
  request() {
    const [first, second] = this.panes;
    const [{ source, mask, flags }, rest] = this.parts;
    const { choices, colours } = this.explorer;
    const filter = Object.fromEntries(new URLSearchParams(filterQuery(choices)));
    const steps = this.empty ? [] : first.selection.steps;
    const alone = this.empty || !second;
    const best = colours.ranked && choices.best !== null;
    const filtered = alone && colours.hidden.size === 0 && !best;
    const shown = { map: first.map, filter, every: choices.every, points: source.points, mask, flags };
    const body = requestBody(steps, shown, filtered);
    if (!rest) return body;
    const more = namedBody(second.map.layer, rest.source.points, rest.mask, rest.flags);
    return Object.keys(more.segments).length > 0 ? { ...body, more } : body;
  }
}

/**
 * The segments whose middles lie in stretches of tracks.
 *
 * @param {{track: number, start: number | null, end: number | null}[]} stretches
 * @param {import("../model/catalogue.js").Layer} layer
 * @returns {Step}
 */
function stretchesStep(stretches, { name, hop_seconds: hop, segment_seconds: length }) {
  /** @type {Map<number, [number, number][]>} */
  const segments = new Map();
  for (const { track, start, end } of stretches) {
    const first = start === null ? 0 : Math.max(Math.ceil((start - length / 2) / hop - 1e-6), 0);
    const last = end === null ? LAST : Math.floor((end - length / 2) / hop + 1e-6);
    if (last < first) continue;
    if (!segments.has(track)) segments.set(track, []);
    segments.get(track)?.push([first, last]);
  }
  return { op: "add", kind: "segments", layer: name, segments };
}
