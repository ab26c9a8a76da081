/** What sounds like the track, and like the moment of it that one is at. */

import { getJson } from "../api.js";
import { leftOut } from "../model/alike.js";
import { timeSpan } from "../model/format.js";
import { positionAt, searchAddress } from "../model/search.js";
import { byId } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { keepInAddress } from "./address.js";
import { AlikeList } from "./alike-list.js";
import { AlikeOptions } from "./alike-options.js";

/** @typedef {import("../model/catalogue.js").Entry} Entry */

const BY = "liked"; // in the address
const SHOWN = 6;
/** Moments are asked for once one has been at a place this long. */
const REST_MS = 600;
/** Weight of differing, so that moments are not all of one passage. */
const SPREAD = 0.2;
const UNHEARD = "No network has listened to this track yet.";

export class AlikePart {
  /** Position of the segment whose likes are shown, or asked for. */
  #told = -1;
  #timer = 0;

  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {string | null} layer of the map that one came from
   */
  constructor(sound, layer) {
    this.sound = sound;
    this.options = new AlikeOptions(layer, () => this.show());
    this.by = /** @type {HTMLSelectElement} */ (byId("alike-by"));
    if (new URLSearchParams(location.search).get(BY) === "stretches") this.by.value = "stretches";
    this.tracks = new AlikeList("alike-tracks", sound);
    this.moments = new AlikeList("alike-moments", sound);
    this.parts = {
      tracks: new Part("alike-tracks", () => this.#loadTracks()),
      moments: new Part("alike-moments", () => this.#loadMoments()),
    };
    this.by.addEventListener("change", () => {
      keepInAddress({ [BY]: this.by.value === "mean" ? null : this.by.value });
      void this.parts.tracks.show();
    });
    sound.addEventListener("place", () => this.#moved());
  }

  /** @param {Entry[]} entries */
  set entries(entries) {
    this.options.entries = entries;
    this.by.hidden = this.options.none;
  }

  show() {
    void this.parts.tracks.show();
    void this.parts.moments.show();
  }

  get #layer() {
    return this.options.entry.layer;
  }

  async #loadTracks() {
    if (this.options.none) return UNHEARD;
    const query = this.#query({ by: this.by.value });
    const address = `tracks/${this.sound.track.id}/similar/?${query}`;
    const { results } = await getJson(address, { slot: "alike-tracks" });
    this.tracks.show(results.map((/** @type {any} */ found) => ({ ...found, span: found.there })));
    return results.length ? null : this.#nothing("There is no other track to compare it with.");
  }

  async #loadMoments() {
    if (this.options.none) return UNHEARD;
    const position = this.#position;
    this.#told = position;
    const { hop_seconds: hop, segment_seconds: length } = this.#layer;
    byId("alike-when").textContent = timeSpan(position * hop, position * hop + length);
    this.#lead(position);
    const wanted = { track: String(this.sound.track.id), position: String(position) };
    const address = `segments/similar/?${this.#query({ ...wanted, spread: String(SPREAD) })}`;
    const { results } = await getJson(address, { slot: "alike-moments" });
    this.moments.show(results.map((/** @type {any} */ found) => ({ ...found, span: found })));
    return results.length ? null : this.#nothing("This moment is silent, or there is no other track.");
  }

  /** @param {number} position that a search would start from, looking as here */
  #lead(position) {
    const { choices } = this.options;
    const { perArtist } = choices;
    const without = leftOut(choices, ["track"]);
    const start = { layer: this.#layer.name, track: this.sound.track.id, position };
    const link = /** @type {HTMLAnchorElement} */ (byId("alike-search"));
    link.href = searchAddress({ ...start, without, perArtist });
    link.hidden = false;
  }

  /** @param {string} reason why nothing was found, unless that was asked for */
  #nothing(reason) {
    return this.options.narrow ? "Nothing by others. Leave out less to look among all tracks." : reason;
  }

  /** @param {Record<string, string>} more */
  #query(more) {
    return this.options.query({ limit: String(SHOWN), ...more }, ["track"]);
  }

  /** Of the segment one is at. */
  get #position() {
    return positionAt(this.#layer, this.sound.seconds, this.sound.duration);
  }

  /** Another moment: its likes come once it has lasted, and while nobody chooses among them. */
  #moved() {
    if (this.options.none || this.#position === this.#told) return;
    if (this.#timer) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      if (this.moments.held) return;
      if (this.#position !== this.#told) void this.parts.moments.show();
    }, REST_MS);
  }
}
