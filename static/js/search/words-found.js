/** What a search by tags finds, truest first. */

import { getJson } from "../api.js";
import { artistNames, timeSpan } from "../model/format.js";
import { mapAddress, searchAddress } from "../model/search.js";
import { moreWords, standingText, unitsAt, wordsMapAddress, wordsRequest } from "../model/words.js";
import { byId, showText } from "../ui/dom.js";
import { Part } from "../ui/part.js";

/**
 * @typedef {{track: {id: number, title: string, artists: {name: string}[]}, position: number,
 *   segments: number, start: number, end: number, score: number,
 *   tags: import("../model/words.js").Heard[]}} Row
 */

const CLOSE_SECONDS = 0.01;

export class WordsFound {
  /** @type {Row[]} */
  #rows = [];

  /**
   * @param {import("./words-page.js").WordsPage} page
   * @param {import("./path-sound.js").PathSound} sound
   */
  constructor(page, sound) {
    this.page = page;
    this.sound = sound;
    this.list = byId("words-found");
    this.part = new Part("words-found", () => this.#load());
    byId("words-more").addEventListener("click", () => {
      page.change({ limit: moreWords(page.choices.limit) });
    });
    this.list.addEventListener("click", ({ target }) => {
      const row = /** @type {Element} */ (target).closest(".alike-play")?.closest("li");
      if (row) this.#toggle([...this.list.children].indexOf(row));
    });
    sound.addEventListener("change", () => this.#mark());
  }

  async #load() {
    const { choices, layer } = this.page;
    byId("words-foot").hidden = byId("words-notes").hidden = true;
    if (choices.q === null) {
      this.page.understand([]);
      return "Write what the music should sound like, or add a tag and slide.";
    }
    let answer;
    try {
      [answer] = await Promise.all([
        getJson(wordsRequest(choices, layer.name), { slot: "words-found" }),
        this.page.options?.among.learnNames(),
      ]);
    } catch (error) {
      if (this.page.field?.input.tell(error)) return "Nothing was searched yet: the query has a mistake.";
      throw error;
    }
    this.page.field?.input.tell(null);
    const written = choices.q;
    const units = (/** @type {number} */ letters) => unitsAt(written, letters);
    this.page.understand(
      answer.terms.map((/** @type {import("../model/words.js").Term} */ term) => ({
        ...term,
        start: units(term.start),
        end: units(term.end),
      })),
    );
    this.#show(answer.results, answer.unknown);
    return this.#rows.length ? null : "Nothing among these tracks. Remove a condition to look among more.";
  }

  /**
   * @param {Row[]} rows
   * @param {Record<string, number[]>} unknown
   */
  #show(rows, unknown) {
    const { choices, layer } = this.page;
    this.#rows = rows;
    this.list.replaceChildren(...rows.map((row) => this.#make(row)));
    showText(byId("words-notes"), notes(choices, unknown));
    byId("words-foot").hidden = rows.length === 0;
    byId("words-more").hidden = rows.length < choices.limit || moreWords(choices.limit) === choices.limit;
    /** @type {HTMLAnchorElement} */ (byId("words-map")).href = wordsMapAddress(choices, layer.name);
    this.#mark();
  }

  /** @param {Row} row */
  #make({ track, tags, score, ...span }) {
    const template = /** @type {HTMLTemplateElement} */ (byId("alike-row"));
    const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (item.querySelector(`.alike-${name}`));
    const title = /** @type {HTMLAnchorElement} */ (part("title"));
    title.textContent = track.title;
    title.href = `/tracks/${track.id}`;
    part("artists").textContent = artistNames(track);
    part("why").textContent = standingText(tags);
    part("numbers").textContent = `${timeSpan(span.start, span.end)} · ${score.toFixed(2)}`;
    part("numbers").title = `The query is true to ${score.toFixed(2)} of 1`;
    const moment = this.page.choices.find === "moments" ? { position: span.position } : {};
    const links = document.createElement("p");
    links.className = "found-links";
    links.append(
      link("Search from here", searchAddress({ track: track.id, ...moment }), track.title),
      link("Show on the map", mapAddress(this.page.layer.name, [{ track, span }]), track.title),
    );
    part("about").append(links);
    return item;
  }

  /** @param {number} index */
  #toggle(index) {
    if (this.#sounding === index) return this.sound.stop();
    const { track, start, end } = this.#rows[index];
    this.sound.play([{ track: track.id, start, end }]);
  }

  /** The row that sounds, or -1. */
  get #sounding() {
    const { segment } = this.sound.player.state;
    if (this.sound.track === null || !segment) return -1;
    return this.#rows.findIndex(
      ({ track, start }) => track.id === segment.track && Math.abs(start - segment.start) < CLOSE_SECONDS,
    );
  }

  #mark() {
    const sounding = this.#sounding;
    this.#rows.forEach(({ track, start, end }, index) => {
      const row = this.list.children[index];
      row.toggleAttribute("data-sounds", index === sounding);
      const does = index === sounding ? "Stop" : "Play";
      row.querySelector(".alike-play")?.setAttribute("aria-label", `${does} ${track.title}, ${timeSpan(start, end)}`);
    });
  }
}

/**
 * @param {import("../model/words.js").WordSearch} choices
 * @param {Record<string, number[]>} unknown
 */
function notes({ spread }, unknown) {
  const order = spread === "0" ? "Best first." : "The best first, then others that differ among themselves.";
  const said = [`${order} “piano 98 %”: it stands above 98 % of the library with piano; “not”, below.`];
  const listed = Object.entries(unknown).map(([kind, ids]) => `${kind} ${ids.join(", ")}`);
  if (listed.length) said.push(`Not in this library, and left out: ${listed.join("; ")}.`);
  return said.join(" ");
}

/**
 * @param {string} text
 * @param {string} href
 * @param {string} of what, for those who hear the link alone
 */
function link(text, href, of) {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  element.setAttribute("aria-label", `${text}: ${of}`);
  return element;
}
