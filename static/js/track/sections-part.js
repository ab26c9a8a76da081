/** Where a long recording turns: its sections, what each is like, and what sounds like it. */

import { getJson } from "../api.js";
import { entryToCompareBy } from "../model/catalogue.js";
import { count, timeSpan } from "../model/format.js";
import {
  cutQuery,
  LEAST_SECONDS,
  LONG_SECONDS,
  searchOfSection,
  sectionAt,
  startOfSection,
} from "../model/sections.js";
import { byId, fillSelect } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { keepInAddress } from "./address.js";
import { AlikeList } from "./alike-list.js";
import { SectionMarks } from "./section-marks.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/sections.js").Section} Section
 */

const SIMILAR = 3;
/** Names in the address, by the id of what is chosen there. */
const CHOICES = /** @type {const} */ ({
  "sections-layer": "cut",
  "sections-sensitivity": "turns",
  "sections-shortest": "least",
});

export class SectionsPart {
  /** @type {Entry[]} layers of networks that have heard the track */
  #entries = [];
  /** @type {Section[]} */
  #sections = [];
  /** The section whose likes are shown. */
  #asked = -1;
  #layer = new URLSearchParams(location.search).get(CHOICES["sections-layer"]);

  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {import("../map/view.js").MapView} map on which the track's path lies
   */
  constructor(sound, map) {
    this.sound = sound;
    this.details = /** @type {HTMLDetailsElement} */ (byId("sections-details"));
    this.list = byId("sections");
    this.panel = byId("section-alike-panel");
    this.alike = new AlikeList("section-alike", sound);
    this.marks = new SectionMarks(sound, map);
    this.part = new Part("sections", () => this.#load());
    this.similar = new Part("section-alike", () => this.#loadSimilar());
    this.#wireChoices();
    this.details.addEventListener("toggle", () => {
      if (this.details.open && this.#sections.length === 0) void this.part.show();
    });
    this.list.addEventListener("click", ({ target }) => this.#clicked(/** @type {Element} */ (target)));
    sound.addEventListener("place", () => this.#markHeard());
  }

  #wireChoices() {
    const query = new URLSearchParams(location.search);
    for (const [id, name] of Object.entries(CHOICES)) {
      const select = selectOf(id);
      const asked = query.get(name);
      if ([...select.options].some(({ value }) => value === asked)) select.value = asked ?? "";
      select.addEventListener("change", () => {
        this.#layer = selectOf("sections-layer").value;
        keepInAddress({ [name]: select.value || null });
        void this.part.show();
      });
    }
  }

  /** @param {Entry[]} entries */
  set entries(entries) {
    this.#entries = entries.filter(({ layer }) => layer.segments > 0);
  }

  /** Long recordings are cut at once, others when somebody wants to see it. */
  show() {
    const { duration, track } = this.sound;
    byId("sections-part").hidden = this.#entries.length === 0 || duration < LEAST_SECONDS;
    const asked = new URLSearchParams(location.search).has(CHOICES["sections-layer"]);
    this.details.open = track.duration !== null && (duration > LONG_SECONDS || asked);
  }

  async #load() {
    const options = this.#entries.map(({ layer, model }) => ({
      value: layer.name,
      label: layer.display_name,
      group: model.display_name,
    }));
    const { name: layer } = entryToCompareBy(this.#entries, this.#layer).layer;
    fillSelect(selectOf("sections-layer"), options, layer);
    byId("sections-choices").hidden = false;
    const sensitivity = selectOf("sections-sensitivity").value;
    const shortest = selectOf("sections-shortest").value;
    const address = `tracks/${this.sound.track.id}/sections`;
    const query = cutQuery({ layer, sensitivity, shortest });
    const { sections } = await getJson(`${address}/?${query}`, { slot: "sections" });
    this.#layer = layer;
    /** @type {HTMLAnchorElement} */ (byId("sections-cue")).href = `/api/v1/${address}.cue?${query}`;
    this.#show(sections);
    return sections.length > 1 ? null : "It turns nowhere: it is one section, from beginning to end.";
  }

  /** @param {Section[]} sections */
  #show(sections) {
    this.#closeSimilar();
    this.#sections = sections;
    byId("sections-count").textContent = count(sections.length, "section");
    // A sheet is of a file that is here.
    byId("sections-cue").hidden = sections.length < 2 || !this.sound.track.clip;
    this.list.replaceChildren(...sections.map((section) => this.#make(section)));
    this.marks.show(sections.length > 1 ? sections : []);
    this.#markHeard();
  }

  /** @param {Section} section */
  #make({ start, end, tags }) {
    const template = /** @type {HTMLTemplateElement} */ (byId("section-row"));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLButtonElement} */ (row.querySelector(`.section-${name}`));
    const time = timeSpan(start, end);
    part("time").textContent = time;
    part("tags").textContent = tags.map(({ name }) => name).join(" · ");
    part("play").setAttribute("aria-label", `Play from ${time}`);
    part("play").disabled = !this.sound.track.audio;
    part("similar").setAttribute("aria-label", `What sounds like it: ${time}`);
    return row;
  }

  /** @param {Element} target */
  #clicked(target) {
    const row = target.closest("#sections > li");
    const index = row ? [...this.list.children].indexOf(row) : -1;
    if (index < 0) return;
    if (target.closest(".section-play")) this.sound.playFrom(this.#sections[index].start);
    else if (target.closest(".section-similar")) this.#toggleSimilar(index);
  }

  /** @param {number} index */
  #toggleSimilar(index) {
    const again = index === this.#asked;
    this.#closeSimilar();
    if (again) return;
    this.#asked = index;
    const row = this.list.children[index];
    row.querySelector(".section-similar")?.setAttribute("aria-expanded", "true");
    row.append(this.panel);
    this.panel.hidden = false;
    const address = searchOfSection(this.#layer ?? "", this.sound.track.id, this.#sections[index]);
    /** @type {HTMLAnchorElement} */ (byId("section-search")).href = address;
    void this.similar.show();
  }

  #closeSimilar() {
    const open = this.list.querySelector("[aria-expanded=true]");
    open?.setAttribute("aria-expanded", "false");
    this.#asked = -1;
    this.panel.hidden = this.alike.list.hidden = true;
    byId("sections-part").append(this.panel); // out of the list, which may be made anew
  }

  async #loadSimilar() {
    const section = this.#sections[this.#asked];
    const query = new URLSearchParams({
      layer: this.#layer ?? "",
      starts: startOfSection(this.sound.track.id, section),
      without: "track",
      limit: String(SIMILAR),
      why: "true",
    });
    const { results } = await getJson(`tracks/blend/?${query}`, { slot: "section-alike" });
    this.alike.show(results.map((/** @type {any} */ found) => ({ ...found, span: null })));
    return results.length ? null : "There is no other track to compare it with.";
  }

  #markHeard() {
    const heard = sectionAt(this.#sections, this.sound.seconds);
    [...this.list.children].forEach((row, index) => {
      if (index === heard) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }
}

/** @param {string} id */
function selectOf(id) {
  return /** @type {HTMLSelectElement} */ (byId(id));
}
