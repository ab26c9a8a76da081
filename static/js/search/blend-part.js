/** What a search starts from besides the page's own track, and how much each of all counts. */

import { spanOf, weightWords, withStart, writeStarts } from "../model/blend.js";
import { artistNames, timeSpan } from "../model/format.js";
import { loadTrack, titleOf } from "../model/library.js";
import { startsOf, withOtherFirst } from "../model/search.js";
import { messageOf } from "../ui/dialogues.js";
import { byId, showText } from "../ui/dom.js";
import { wireTrackField } from "./track-field.js";

/** @typedef {import("../model/blend.js").Start} Start */

export class BlendPart {
  /** The rows that are there, without their weights. */
  #shown = "";
  /** @type {import("../player/player.js").Segment | null} played last */
  #heard = null;
  #heardIndex = -1;

  /**
   * @param {import("./page.js").SearchPage} page
   * @param {import("../track/sound.js").TrackSound} sound
   */
  constructor(page, sound) {
    this.page = page;
    this.sound = sound;
    this.list = byId("blend");
    wireTrackField("blend-track", (track) => {
      const start = { track, first: null, last: null, weight: 1 };
      page.change({ others: withStart(page.choices.others, start) });
    });
    sound.addEventListener("other", () => this.#mark());
  }

  render() {
    const { choices, layer } = this.page;
    const blended = choices.others.length > 0;
    byId("blend-none").hidden = blended;
    this.list.hidden = !blended;
    const all = blended ? startsOf(choices, layer, this.sound.duration) : [];
    const shown = `${layer.name} ${writeStarts(all.map((start) => ({ ...start, weight: 1 })))}`;
    if (shown !== this.#shown) this.#make(all);
    this.#shown = shown;
    all.forEach((start, index) => this.#showWeight(index, start.weight));
    [...this.list.querySelectorAll("a.blend-first")].forEach((link, index) => {
      const address = withOtherFirst(choices, index, layer, this.sound.duration);
      /** @type {HTMLAnchorElement} */ (link).href = address;
    });
  }

  /**
   * Leads to the start that was added last, from where it was chosen.
   *
   * @param {string} title
   */
  showAdded(title) {
    const row = this.list.lastElementChild;
    row?.querySelector("input")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "center" });
    showText(byId("blend-status"), `Added to the blend: ${title}.`);
  }

  /** @param {Start[]} all the page's own first */
  #make(all) {
    showText(byId("blend-status"), null);
    showText(byId("blend-failure"), null);
    this.#heardIndex = -1;
    this.list.replaceChildren(...all.map((start, index) => this.#makeRow(start, index)));
  }

  /**
   * @param {Start} start
   * @param {number} index 0 is the page's own
   */
  #makeRow(start, index) {
    const template = /** @type {HTMLTemplateElement} */ (byId("blend-row"));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const part = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (row.querySelector(selector));
    const span = spanOf(start, this.page.layer);
    part(".blend-span").textContent = span ? timeSpan(span.start, span.end) : "the whole track";
    const slider = /** @type {HTMLInputElement} */ (part("input"));
    slider.addEventListener("input", () => tellWeight(row, slider.valueAsNumber));
    slider.addEventListener("change", () => this.#weigh(index, slider.valueAsNumber));
    part(".alike-play").addEventListener("click", () => void this.#toggle(start, index));
    part(".blend-remove").addEventListener("click", () => this.#remove(index - 1));
    if (index === 0) {
      part(".blend-remove").remove(); // the page is of it
      part(".found-links").remove();
    }
    void this.#name(row, start);
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {Start} start
   */
  async #name(row, { track: id }) {
    const link = /** @type {HTMLAnchorElement} */ (row.querySelector(".alike-title"));
    link.href = `/tracks/${id}`;
    link.textContent = `Track ${id}`;
    nameControls(row, link.textContent);
    try {
      const track = await loadTrack(id);
      link.textContent = titleOf(track);
      /** @type {HTMLElement} */ (row.querySelector(".alike-artists")).textContent = artistNames(track);
      nameControls(row, link.textContent);
      this.#mark();
    } catch (error) {
      showText(byId("blend-failure"), messageOf(error));
    }
  }

  /**
   * @param {number} index
   * @param {number} weight
   */
  #weigh(index, weight) {
    const { others } = this.page.choices;
    if (index === 0) return this.page.change({ weight });
    const other = { ...others[index - 1], weight };
    this.page.change({ others: others.with(index - 1, other) });
  }

  /** @param {number} index among the others */
  #remove(index) {
    const others = this.page.choices.others.toSpliced(index, 1);
    // Alone, the page's own counts as it is.
    this.page.change(others.length > 0 ? { others } : { others, weight: 1 });
    const next = this.list.querySelectorAll("button.blend-remove")[Math.min(index, others.length - 1)];
    /** @type {HTMLElement} */ (next ?? byId("blend-track")).focus();
  }

  /**
   * @param {number} index
   * @param {number} weight
   */
  #showWeight(index, weight) {
    const row = /** @type {HTMLElement} */ (this.list.children[index]);
    /** @type {HTMLInputElement} */ (row.querySelector("input")).value = String(weight);
    tellWeight(row, weight);
  }

  /**
   * @param {Start} start
   * @param {number} index
   */
  async #toggle(start, index) {
    if (this.#sounds(index)) return this.sound.leaveOther();
    try {
      const track = await loadTrack(start.track);
      const whole = { track: track.id, position: 0, start: 0, end: track.duration ?? 0 };
      this.#heard = spanOf(start, this.page.layer) ?? whole;
      this.#heardIndex = index;
      this.sound.playOther(track, this.#heard, { on: start.first === null });
    } catch (error) {
      showText(byId("blend-failure"), messageOf(error));
    }
  }

  /** @param {number} index */
  #sounds(index) {
    return index === this.#heardIndex && this.sound.other?.segment === this.#heard;
  }

  #mark() {
    [...this.list.children].forEach((row, index) => {
      const sounds = this.#sounds(index);
      row.toggleAttribute("data-sounds", sounds);
      const title = row.querySelector(".alike-title")?.textContent;
      row.querySelector(".alike-play")?.setAttribute("aria-label", `${sounds ? "Stop" : "Play"} ${title}`);
    });
  }
}

/**
 * @param {HTMLElement} row
 * @param {string} title of its track
 */
function nameControls(row, title) {
  row.querySelector(".alike-play")?.setAttribute("aria-label", `Play ${title}`);
  row.querySelector("input")?.setAttribute("aria-label", `How much ${title} counts`);
  row.querySelector(".blend-remove")?.setAttribute("aria-label", `Remove ${title}`);
  row.querySelector(".blend-first")?.setAttribute("aria-label", `Choose its moment: ${title}`);
}

/**
 * @param {HTMLElement} row
 * @param {number} weight
 */
function tellWeight(row, weight) {
  const words = weightWords(weight);
  /** @type {HTMLElement} */ (row.querySelector(".blend-words")).textContent = words;
  row.querySelector("input")?.setAttribute("aria-valuetext", words);
}
