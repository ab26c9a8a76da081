/** One end of a path: a track that is typed, and maybe a moment of it. */

import { artistNames, timeSpan } from "../model/format.js";
import { loadTrack, titleOf } from "../model/library.js";
import { positionAt } from "../model/search.js";
import { byId, showText } from "../ui/dom.js";
import { wireTrackField } from "./track-field.js";

/** So much is heard of it. */
const SECONDS = 12;

/** @typedef {import("../model/library.js").Track} Track */

export class PathEnd {
  /** @type {Track | null} */
  track = null;

  /**
   * @param {import("./path-page.js").PathPage} page
   * @param {"from" | "to"} name
   */
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.moment = /** @type {HTMLInputElement} */ (byId(`${name}-moment`));
    this.place = /** @type {HTMLInputElement} */ (byId(`${name}-place`));
    wireTrackField(`${name}-track`, (track) => this.#change({ track, position: null }));
    this.moment.addEventListener("change", () => {
      const position = this.moment.checked ? Math.floor(this.#last / 2) : null;
      this.#change({ track: this.#chosen.track, position });
    });
    this.place.addEventListener("input", () => this.#tell());
    this.place.addEventListener("change", () => {
      this.#change({ track: this.#chosen.track, position: this.place.valueAsNumber });
    });
    byId(`${name}-hear`).addEventListener("click", () => this.#hear());
  }

  get #chosen() {
    return /** @type {import("../model/journey.js").End} */ (this.page.choices[this.name]);
  }

  /** @param {import("../model/journey.js").End} end */
  #change(end) {
    this.page.change({ [this.name]: end });
  }

  /** Position of the track's last segment. */
  get #last() {
    const duration = this.track?.duration ?? 0;
    return duration ? positionAt(this.page.layer, duration, duration) : 0;
  }

  /** @returns {{start: number, end: number}} of the moment, in seconds */
  #span() {
    const { hop_seconds: hop, segment_seconds: length } = this.page.layer;
    const start = this.place.valueAsNumber * hop;
    return { start, end: start + length };
  }

  #hear() {
    const { track } = this;
    if (!track) return;
    const middle = Math.max((track.duration ?? 0) / 2 - SECONDS / 2, 0);
    const start = this.moment.checked ? this.#span().start : middle;
    this.page.sound?.play([{ track: track.id, start, end: start + SECONDS }]);
  }

  /** Shows what is chosen. Raises what the API answers of a track that is not there. */
  async render() {
    const end = this.page.choices[this.name];
    byId(`${this.name}-chosen`).hidden = end === null;
    this.track = end && (await loadTrack(end.track));
    if (!end || !this.track) return;
    const link = /** @type {HTMLAnchorElement} */ (byId(`${this.name}-title`));
    link.textContent = titleOf(this.track);
    link.href = `/tracks/${this.track.id}`;
    byId(`${this.name}-artists`).textContent = artistNames(this.track);
    byId(`${this.name}-hear`).setAttribute("aria-label", `Play ${titleOf(this.track)}`);
    this.moment.checked = end.position !== null;
    byId(`${this.name}-place-part`).hidden = end.position === null;
    this.place.max = String(Math.max(this.#last, end.position ?? 0));
    this.place.value = String(end.position ?? 0);
    this.#tell();
  }

  #tell() {
    const { start, end } = this.#span();
    this.place.setAttribute("aria-valuetext", timeSpan(start, end));
    showText(byId(`${this.name}-span`), timeSpan(start, end));
  }
}
