/** What sounds like the track, and like the moment of it that one is at. */

import { getJson } from "../api.js";
import { entryToCompareBy } from "../model/catalogue.js";
import { timeSpan } from "../model/format.js";
import { positionAt, searchAddress } from "../model/search.js";
import { byId, fillSelect } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { keepInAddress } from "./address.js";
import { AlikeList } from "./alike-list.js";

/** @typedef {import("../model/catalogue.js").Entry} Entry */

const LAYER = "like"; // in the address
const BY = "liked"; // in the address
const OTHERS = "others"; // in the address
const SHOWN = 6;
/** Moments are asked for once one has been at a place this long. */
const REST_MS = 600;
/** Weight of differing, so that moments are not all of one passage. */
const SPREAD = 0.2;

export class AlikePart {
  /** @type {Entry[]} layers of networks that have heard the track */
  #entries = [];
  #layer;
  /** Position of the segment whose likes are shown, or asked for. */
  #told = -1;
  #timer = 0;

  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {string | null} layer of the map that one came from
   */
  constructor(sound, layer) {
    this.sound = sound;
    const query = new URLSearchParams(location.search);
    this.#layer = query.get(LAYER) ?? layer;
    this.select = /** @type {HTMLSelectElement} */ (byId("alike-layer"));
    this.by = /** @type {HTMLSelectElement} */ (byId("alike-by"));
    if (query.get(BY) === "stretches") this.by.value = "stretches";
    this.others = /** @type {HTMLInputElement} */ (byId("alike-others"));
    this.others.checked = query.has(OTHERS);
    this.tracks = new AlikeList("alike-tracks", sound);
    this.moments = new AlikeList("alike-moments", sound);
    this.parts = {
      tracks: new Part("alike-tracks", () => this.#loadTracks()),
      moments: new Part("alike-moments", () => this.#loadMoments()),
    };
    this.select.addEventListener("change", () => {
      this.#layer = this.select.value;
      keepInAddress({ [LAYER]: this.#layer });
      this.show();
    });
    this.by.addEventListener("change", () => {
      keepInAddress({ [BY]: this.by.value === "mean" ? null : this.by.value });
      void this.parts.tracks.show();
    });
    this.others.addEventListener("change", () => {
      keepInAddress({ [OTHERS]: this.others.checked ? "1" : null });
      this.show();
    });
    sound.addEventListener("place", () => this.#moved());
  }

  /** @param {Entry[]} entries */
  set entries(entries) {
    this.#entries = entries.filter(({ layer }) => layer.segments > 0);
  }

  show() {
    const { select } = this;
    const none = this.#entries.length === 0;
    byId("alike-choices").hidden = this.by.hidden = none;
    if (!none) {
      const options = this.#entries.map(({ layer, model }) => ({
        value: layer.name,
        label: layer.display_name,
        group: model.display_name,
      }));
      fillSelect(select, options, this.#entry.layer.name);
    }
    void this.parts.tracks.show();
    void this.parts.moments.show();
  }

  get #entry() {
    return entryToCompareBy(this.#entries, this.#layer);
  }

  async #loadTracks() {
    if (this.#entries.length === 0) return "No network has listened to this track yet.";
    const address = `tracks/${this.sound.track.id}/similar/?${this.#query({ by: this.by.value })}`;
    const { results } = await getJson(address, { slot: "alike-tracks" });
    this.tracks.show(results.map((/** @type {any} */ found) => ({ ...found, span: found.there })));
    return results.length ? null : this.#nothing("There is no other track to compare it with.");
  }

  async #loadMoments() {
    if (this.#entries.length === 0) return "No network has listened to this track yet.";
    const position = this.#position;
    this.#told = position;
    const { hop_seconds: hop, segment_seconds: length } = this.#entry.layer;
    byId("alike-when").textContent = timeSpan(position * hop, position * hop + length);
    this.#lead(position);
    const wanted = { track: String(this.sound.track.id), position: String(position) };
    const address = `segments/similar/?${this.#query({ ...wanted, spread: String(SPREAD) })}`;
    const { results } = await getJson(address, { slot: "alike-moments" });
    this.moments.show(results.map((/** @type {any} */ found) => ({ ...found, span: found })));
    return results.length ? null : this.#nothing("This moment is silent, or there is no other track.");
  }

  /** @param {number} position that a search would start from */
  #lead(position) {
    const link = /** @type {HTMLAnchorElement} */ (byId("alike-search"));
    link.href = searchAddress({ layer: this.#entry.layer.name, track: this.sound.track.id, position });
    link.hidden = false;
  }

  /** @param {string} reason why nothing was found, unless that was asked for */
  #nothing(reason) {
    return this.others.checked ? "Nothing by other artists. Look among all of them." : reason;
  }

  /** @param {Record<string, string>} more */
  #query(more) {
    const without = this.others.checked ? "track,artist" : "track";
    const common = { limit: String(SHOWN), without, why: "true" };
    return new URLSearchParams({ layer: this.#entry.layer.name, ...common, ...more });
  }

  /** Of the segment one is at. */
  get #position() {
    return positionAt(this.#entry.layer, this.sound.seconds, this.sound.duration);
  }

  /** Another moment: its likes come once it has lasted, and while nobody chooses among them. */
  #moved() {
    if (this.#entries.length === 0 || this.#position === this.#told) return;
    if (this.#timer) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      if (this.moments.held) return;
      if (this.#position !== this.#told) void this.parts.moments.show();
    }, REST_MS);
  }
}
