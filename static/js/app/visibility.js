/** Which dots are hidden: those of other tracks, between every k-th, of colours switched off, and all
 * but the best. */

import { abandon, getTable, isAbort } from "../api.js";
import { countVisible, HIDDEN, OUTSIDE } from "../map/flags.js";
import { EVERYTHING, filterQuery, filters, trackTable } from "../model/track-filter.js";
import { byId, showText } from "../ui/dom.js";
import { showCounts } from "../ui/counts.js";

/**
 * @typedef {{tags?: Record<string, string>, artists?: Record<string, string>,
 *   albums?: Record<string, string>}} Names of what is filtered by, by id
 */

export class Visibility {
  /** What the filter's ids stand for, as far as it is known. */
  names = /** @type {Required<Names>} */ ({ tags: {}, artists: {}, albums: {} });
  /** @type {Uint8Array | null} which tracks are chosen; null for all */
  #chosen = null;
  #every = 1;
  #rest = "hidden";
  /** @type {number | null} */
  #best = null;
  /** What is applied, or on its way. */
  #query = "";
  /** Settled once the newest filter is known, so that a new map begins with it. */
  ready = Promise.resolve();

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("content", () => this.update());
    explorer.addEventListener("colour", () => this.update());
    explorer.addEventListener("choices", () => this.#choose());
    for (const id of ["clear-filters", "nothing-fits-clear"]) {
      byId(id).addEventListener("click", () => this.#clear());
    }
    byId("filter-retry").addEventListener("click", () => this.#choose());
  }

  #choose() {
    const { choices, library } = this.explorer;
    byId("clear-filters").hidden = !filters(choices);
    const query = filterQuery(choices);
    const key = query && `${query} of ${library.tracks} ${library.tags}`;
    if (key !== this.#query) {
      this.#query = key;
      this.ready = this.#load(query);
    } else if (
      choices.every !== this.#every ||
      choices.rest !== this.#rest ||
      choices.best !== this.#best
    ) {
      this.update();
    }
  }

  /** @param {string} query */
  async #load(query) {
    showText(byId("filter-message"), null);
    byId("filter-failure").hidden = true;
    try {
      this.#chosen = await this.#chosenBy(query);
    } catch (error) {
      if (isAbort(error)) return this.ready; // of the newer filter
      this.#query = "failed";
      byId("filter-failure").hidden = false;
      byId("filter-error").textContent = error instanceof Error ? error.message : "";
      return;
    }
    this.update();
  }

  /** @param {string} query */
  async #chosenBy(query) {
    if (query === "") {
      abandon("filter");
      return null;
    }
    const { columns, metadata } = await getTable(`tracks/chosen/?${query}`, { slot: "filter" });
    this.#learn(metadata);
    return trackTable(columns.track);
  }

  /** @param {Record<string, string>} metadata */
  #learn(metadata) {
    /** @type {Names} */
    const names = JSON.parse(metadata.names ?? "{}");
    Object.assign(this.names.tags, names.tags);
    Object.assign(this.names.artists, names.artists);
    Object.assign(this.names.albums, names.albums);
    const unknown = Object.entries(JSON.parse(metadata.unknown ?? "{}"));
    const listed = unknown.map(([kind, ids]) => `${kind} ${ids.join(", ")}`);
    const message = `Not in this library, and left out: ${listed.join("; ")}.`;
    showText(byId("filter-message"), unknown.length > 0 ? message : null);
    this.explorer.dispatchEvent(new Event("names"));
  }

  #clear() {
    this.explorer.change({ ...EVERYTHING, off: [], best: null });
  }

  /** To be called when other dots are to be hidden. */
  update() {
    const { panes, choices } = this.explorer;
    this.#every = choices.every;
    this.#rest = choices.rest;
    this.#best = choices.best;
    for (const pane of panes) {
      if (!pane.content) continue;
      const hides = this.#hides(pane.content);
      const leavesOut = this.#leavesOut(pane.content);
      const grey = choices.rest === "grey";
      pane.setFlag(HIDDEN, grey ? hides : (index) => hides(index) || leavesOut(index));
      pane.setFlag(OUTSIDE, grey ? leavesOut : () => false);
    }
    this.#showCounts();
    this.explorer.dispatchEvent(new Event("filter"));
  }

  /**
   * @param {import("../map/view.js").MapContent} content
   * @returns {(index: number) => boolean}
   */
  #hides({ points, slots }) {
    const { colours } = this.explorer;
    const every = this.#every;
    const least = colours.leastOf(slots);
    const off = Uint8Array.from({ length: 256 }, (_, slot) => {
      return Number(slot < least || colours.hidden.has(slot));
    });
    return (index) =>
      off[slots[index]] === 1 || (every > 1 && points.position[index] % every !== 0);
  }

  /**
   * @param {import("../map/view.js").MapContent} content
   * @returns {(index: number) => boolean}
   */
  #leavesOut({ points }) {
    const chosen = this.#chosen;
    return chosen === null ? () => false : (index) => chosen[points.track[index]] !== 1;
  }

  #showCounts() {
    const [{ content, averages }] = this.explorer.panes;
    if (!content) return;
    const visible = countVisible(content.points.track, content.flags);
    const noun = averages ? "average" : "segment";
    showCounts(visible, content.points.track.length, noun, this.explorer.library.tracks);
  }
}
