/** The field in the page's head: finds a track to go to, or what to filter the tracks by. */

import { HIDDEN } from "../map/flags.js";
import { trackRange } from "../map/geometry.js";
import { wireCombobox } from "./combobox.js";
import { byId } from "./dom.js";
import { FilterSuggestions } from "./filter-suggestions.js";
import { suggestTracks } from "./track-suggestions.js";

/**
 * @typedef {import("./combobox.js").Group} Group
 * @typedef {import("./combobox.js").Suggestion} Suggestion
 */

const TRACK = "track:";

export class FindField {
  /** @param {import("../app/explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.filters = new FilterSuggestions(explorer);
    this.input = /** @type {HTMLInputElement} */ (byId("find-any"));
    wireCombobox(this.input, byId("find-any-list"), {
      suggest: (text) => this.#suggest(text),
      choose: (suggestion) => this.#choose(suggestion),
    });
  }

  focus() {
    this.input.focus();
  }

  /**
   * @param {string} text
   * @returns {Promise<Group[]>}
   */
  async #suggest(text) {
    const [tracks, groups] = await Promise.all([
      text ? suggestTracks(text) : [],
      this.filters.suggest(text),
    ]);
    const suggestions = tracks.map((track) => ({ ...track, value: TRACK + track.value }));
    return tracks.length > 0 ? [{ label: "Tracks", suggestions }, ...groups] : groups;
  }

  /** @param {Suggestion} suggestion */
  #choose(suggestion) {
    if (suggestion.value.startsWith(TRACK)) this.#goTo(Number(suggestion.value.slice(TRACK.length)));
    else this.filters.add(suggestion);
  }

  /**
   * To the track's first dot, which sounds; to its page where the map has none to be seen.
   *
   * @param {number} track
   */
  #goTo(track) {
    const { listening } = this.explorer;
    const { pane } = listening;
    const { points, flags } = pane.content ?? {};
    const [from, to] = points ? trackRange(points.track, track) : [0, 0];
    const found = flags?.subarray(from, to).findIndex((flag) => !(flag & HIDDEN)) ?? -1;
    if (found < 0) return location.assign(`/tracks/${track}`);
    pane.view.element.focus();
    pane.view.goTo(from + found);
    listening.pick(pane, from + found);
  }
}
