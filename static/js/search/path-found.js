/** The stops of a path, with the steps between them, to be heard and taken home. */

import { getJson, send } from "../api.js";
import { artistNames, count, timeSpan } from "../model/format.js";
import { journeyAddress, longestAt, passagesOf, pathRequest, pathSentence } from "../model/journey.js";
import { byId, showText } from "../ui/dom.js";
import { ExportDialogue } from "../ui/export-dialogue.js";
import { Part } from "../ui/part.js";
import { SaveDialogue } from "../ui/save-dialogue.js";

/** So much is heard of each stop. */
const SECONDS = 12;
const DIGITS = 3;

/** @typedef {import("../model/journey.js").Stop} Stop */

export class PathFound {
  /** @type {Stop[]} */
  #items = [];
  /** The stop that sounded when it was looked last. */
  #marked = -1;

  /**
   * @param {import("./path-page.js").PathPage} page
   * @param {import("./path-sound.js").PathSound} sound
   */
  constructor(page, sound) {
    this.page = page;
    this.sound = sound;
    this.list = byId("path-stops");
    this.part = new Part("path-found", () => this.#load());
    this.export = new ExportDialogue();
    this.save = new SaveDialogue((name) => {
      showText(byId("path-status"), `“${name}” is saved. It is among “Saved playlists…” on the map.`);
    });
    byId("path-play").addEventListener("click", () => this.toggle());
    byId("path-save").addEventListener("click", () => {
      this.save.open(this.#about, () => ({ items: this.#tracks.map((track) => ({ track })) }));
    });
    byId("path-file").addEventListener("click", () => {
      this.export.open(this.#about, (kind, options) => {
        const content = { selection: { tracks: this.#tracks }, ...options };
        return send("POST", `playlists/export/?kind=${kind}`, content);
      });
    });
    this.list.addEventListener("click", ({ target }) => {
      const row = /** @type {Element} */ (target).closest(".alike-play")?.closest("li");
      if (row) this.#toggle([...this.list.children].indexOf(row));
    });
    sound.addEventListener("change", () => this.#mark());
  }

  get #tracks() {
    return this.#items.map(({ track }) => track.id);
  }

  /** What will be in a playlist. */
  get #about() {
    return `The path: ${count(this.#items.length, "track")}, each as a whole.`;
  }

  async #load() {
    const { choices, layer, ends, among } = this.page;
    this.#items = [];
    showText(byId("path-status"), null);
    await Promise.all((ends ?? []).map((end) => end.render()));
    if (!choices.from || !choices.to) return "Choose a track on either side.";
    const [path] = await Promise.all([
      getJson(pathRequest(choices, layer.name), { slot: "path" }),
      among?.learnNames(),
    ]);
    this.#items = path.items;
    byId("path-notes").textContent = pathSentence(path);
    showText(byId("path-unknown"), unknownSentence(path.unknown));
    /** @type {HTMLAnchorElement} */ (byId("path-map")).href = journeyAddress(layer.name, path.items);
    const worst = longestAt(this.#items);
    this.list.replaceChildren(
      ...this.#items.map((item, index) => makeStop(item, index, path.longest_step, index === worst)),
    );
    this.#mark();
    return null;
  }

  /** @param {number} index of the stop that is heard first */
  #playFrom(index) {
    this.sound.play(passagesOf(this.#items.slice(index), SECONDS));
  }

  /** The stop that sounds, or -1. */
  get #sounding() {
    return this.#items.findIndex(({ track }) => track.id === this.sound.track);
  }

  /** @param {number} index */
  #toggle(index) {
    if (this.#sounding === index) this.sound.stop();
    else this.#playFrom(index);
  }

  toggle() {
    if (this.sound.track !== null) this.sound.stop();
    else if (this.#items.length > 0) this.#playFrom(0);
  }

  /** @param {1 | -1} direction to the next stop, or the one before */
  move(direction) {
    const now = this.#sounding;
    if (now < 0) return;
    this.#playFrom(Math.min(Math.max(now + direction, 0), this.#items.length - 1));
  }

  #mark() {
    const sounding = this.#sounding;
    byId("path-play").textContent = this.sound.track === null ? "Play the path" : "Stop";
    if (sounding !== this.#marked) this.list.children[sounding]?.scrollIntoView({ block: "nearest" });
    this.#marked = sounding;
    this.#items.forEach(({ track }, index) => {
      const row = this.list.children[index];
      row.toggleAttribute("data-sounds", index === sounding);
      const does = index === sounding ? "Stop" : "Play from here";
      row.querySelector(".alike-play")?.setAttribute("aria-label", `${does}: ${track.title}`);
    });
  }
}

/**
 * @param {Stop} item
 * @param {number} index
 * @param {number} longest step of the path
 * @param {boolean} worst whether the longest step leads here
 */
function makeStop({ track, start, end, distance }, index, longest, worst) {
  const template = /** @type {HTMLTemplateElement} */ (byId("path-stop"));
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const part = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (row.querySelector(selector));
  const link = /** @type {HTMLAnchorElement} */ (part(".alike-title"));
  link.textContent = track.title;
  link.href = `/tracks/${track.id}`;
  part(".alike-artists").textContent = artistNames(track);
  part(".alike-numbers").textContent = timeSpan(start, end);
  part(".path-number").textContent = String(index + 1);
  part(".path-step").hidden = distance === null;
  if (distance === null) return row;
  row.classList.toggle("path-longest", worst);
  part(".path-bar").style.setProperty("--share", `${longest > 0 ? (100 * distance) / longest : 0}%`);
  part(".path-distance").textContent = `${distance.toFixed(DIGITS)}${worst ? " · longest" : ""}`;
  return row;
}

/** @param {Record<string, number[]>} unknown ids of the filter */
function unknownSentence(unknown) {
  const listed = Object.entries(unknown).map(([kind, ids]) => `${kind} ${ids.join(", ")}`);
  return listed.length > 0 ? `Not in this library, and left out: ${listed.join("; ")}.` : null;
}
