/** What a network hears in the track from moment to moment: its taggram as a heat map. */

import { getJson } from "../api.js";
import { sequentialPalette } from "../model/colours.js";
import { clock } from "../model/format.js";
import { heatMap, rankTags, taggramSummary, tagsAt } from "../model/taggram.js";
import { byId, fillSelect } from "../ui/dom.js";
import { renderRamp } from "../ui/legend.js";
import { Part } from "../ui/part.js";
import { keepInAddress } from "./address.js";
import { Timeline } from "./timeline.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/taggram.js").Taggram} Taggram
 * @typedef {import("../model/taggram.js").RankedTag} RankedTag
 */

const FEW = 15; // tags that are shown at first
const HEARD_BY = "heard"; // in the address
const PALETTE = sequentialPalette();

export class TagsPart {
  /** @type {Entry[]} taggram layers of networks that have heard the track */
  entries = [];
  /** Name of the layer that was chosen; null where any will do. */
  layer = new URLSearchParams(location.search).get(HEARD_BY);
  /** @type {Taggram | null} */
  #taggram = null;
  /** @type {RankedTag[]} */
  #ranked = [];
  #all = false;

  /** @param {import("./sound.js").TrackSound} sound */
  constructor(sound) {
    this.sound = sound;
    this.timeline = new Timeline(byId("tags-timeline"), sound);
    this.select = /** @type {HTMLSelectElement} */ (byId("tags-layer"));
    this.part = new Part("tags", () => this.#load());
    sound.addEventListener("length", () => this.#render());
    this.select.addEventListener("change", () => {
      this.layer = this.select.value;
      keepInAddress({ [HEARD_BY]: this.layer });
      void this.part.show();
    });
    byId("tags-all").addEventListener("click", () => {
      this.#all = !this.#all;
      this.#render();
    });
    this.timeline.element.addEventListener("pointermove", (event) => this.#point(event));
    this.timeline.element.addEventListener("pointerleave", () => {
      byId("tags-pointed").textContent = "";
    });
  }

  async #load() {
    const { entries, select } = this;
    select.hidden = entries.length === 0;
    if (entries.length === 0) return "No network that knows tags has listened to this track yet.";
    const options = entries.map(({ layer, model }) => ({ value: layer.name, label: model.display_name }));
    const chosen = entries.find(({ layer }) => layer.name === this.layer) ?? entries[0];
    fillSelect(select, options, chosen.layer.name);
    const address = `tracks/${this.sound.track.id}/taggrams/?layer=${chosen.layer.name}`;
    /** @type {Taggram} */
    const taggram = await getJson(address, { slot: "taggram" });
    if (taggram.values.length === 0) return "This network has kept nothing of this track.";
    this.#taggram = taggram;
    this.#ranked = rankTags(taggram);
    const { hop_seconds: hop, segment_seconds: length, values } = taggram;
    this.sound.duration ||= values.length * hop;
    this.sound.tellOf({ hop, length, tags: (position) => tagsAt(taggram, position, 3) });
    this.#render();
    return null;
  }

  #render() {
    if (!this.#taggram) return;
    const shown = this.#all ? this.#ranked : this.#ranked.slice(0, FEW);
    const most = Math.max(...shown.map((tag) => tag.most));
    byId("tags-summary").textContent = taggramSummary(this.#ranked);
    byId("tag-names").replaceChildren(...shown.map(({ name }) => listItem(name)));
    renderRamp(byId("tags-ramp"), ["0", most.toFixed(2)]);
    this.#draw(shown, most);
    byId("tags-table").replaceChildren(...shown.map((tag) => this.#row(tag)));
    const button = byId("tags-all");
    button.hidden = this.#ranked.length <= FEW;
    button.setAttribute("aria-pressed", String(this.#all));
    button.textContent = this.#all ? `Show the ${FEW} strongest` : `Show all ${this.#ranked.length}`;
  }

  /**
   * @param {RankedTag[]} shown
   * @param {number} most
   */
  #draw(shown, most) {
    const { values, hop_seconds: hop } = /** @type {Taggram} */ (this.#taggram);
    const columns = shown.map(({ index }) => index);
    const { data, width, height } = heatMap(values, columns, PALETTE, most);
    const canvas = /** @type {HTMLCanvasElement} */ (this.timeline.element.querySelector("canvas"));
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
    // The end of a track may be too short for a segment; of a short one, the segment is longer.
    canvas.style.width = `${Math.min(100, (100 * values.length * hop) / this.sound.duration)}%`;
    this.timeline.element.style.setProperty("--rows", String(height));
  }

  /** @param {RankedTag} tag */
  #row({ name, mean, most, seconds }) {
    const row = document.createElement("tr");
    const heading = document.createElement("th");
    heading.scope = "row";
    heading.textContent = name;
    const place = document.createElement("button");
    place.type = "button";
    place.className = "link";
    place.textContent = clock(seconds);
    place.setAttribute("aria-label", `Play from ${clock(seconds)}, where ${name} is strongest`);
    place.disabled = !this.sound.track.audio;
    place.addEventListener("click", () => this.sound.playFrom(seconds));
    row.append(heading, cell(mean.toFixed(2)), cell(most.toFixed(2)), cell(place));
    return row;
  }

  /**
   * Says what is under the pointer.
   *
   * @param {PointerEvent} event
   */
  #point(event) {
    if (!this.#taggram) return;
    const { values, hop_seconds: hop } = this.#taggram;
    const shown = this.#all ? this.#ranked : this.#ranked.slice(0, FEW);
    const { top, height } = this.timeline.element.getBoundingClientRect();
    const tag = shown[Math.floor(((event.clientY - top) / height) * shown.length)];
    const position = Math.floor(this.timeline.secondsAt(event) / hop);
    const value = tag && values[position]?.[tag.index];
    byId("tags-pointed").textContent =
      value === undefined ? "" : `${tag.name} ${value.toFixed(2)} at ${clock(position * hop)}`;
  }
}

/** @param {string} text */
function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

/** @param {string | Node} content */
function cell(content) {
  const element = document.createElement("td");
  element.append(content);
  return element;
}
