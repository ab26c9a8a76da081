/** What a search finds, nearest first. */

import { getJson } from "../api.js";
import { UNLIKE, withStart } from "../model/blend.js";
import { thousands } from "../model/format.js";
import { isBlend, leftOut, mapAddress, meaningOf, more, requestOf, searchAddress } from "../model/search.js";
import { EVERYTHING, filterQuery } from "../model/track-filter.js";
import { AlikeList } from "../track/alike-list.js";
import { byId, showText } from "../ui/dom.js";
import { Part } from "../ui/part.js";

/** A search that starts from nothing else. */
const ALONE = { weight: 1, others: [] };

/** @typedef {import("../track/alike-list.js").Alike} Alike */

export class FoundPart {
  /** So many rows were there when more were asked for: the keyboard goes on after them. */
  #before = 0;

  /**
   * @param {import("./start-point.js").StartedPage & {options?: import("./options.js").SearchOptions, start?: import("./start-point.js").StartPoint,
   *   blend?: import("./blend-part.js").BlendPart}} page
   * @param {import("../track/sound.js").TrackSound} sound
   */
  constructor(page, sound) {
    this.page = page;
    this.sound = sound;
    this.list = new AlikeList("found", sound, (item, row) => this.#addMore(item, row));
    this.part = new Part("found", () => this.#load());
    byId("found-more").addEventListener("click", () => {
      this.#before = this.list.size;
      page.change({ limit: more(page.choices.limit) });
    });
  }

  async #load() {
    const { choices, layer } = this.page;
    const address = requestOf(choices, layer, this.sound.duration);
    byId("found-foot").hidden = true;
    const blended = isBlend(choices);
    byId("found-heading").textContent = blended ? "What sounds like the blend" : "What sounds like it";
    const [{ results, sample, unknown, starts, why_of: whyOf, asked }] = await Promise.all([
      getJson(address, { slot: "found" }),
      this.page.options?.among.learnNames(),
    ]);
    const moments = choices.find === "moments";
    if (asked) this.page.start?.tell(asked);
    /** @type {Alike[]} */
    const rows = results.map((/** @type {any} */ each) => ({ ...each, span: moments ? each : each.there }));
    this.list.show(rows);
    if (this.#before > 0) this.list.focus(Math.min(this.#before, rows.length - 1));
    this.#before = 0;
    const compared = blended ? ` Tags are compared with “${starts[whyOf].track.title}”.` : "";
    showText(byId("found-notes"), notes(choices, sample, unknown) + compared);
    byId("found-foot").hidden = rows.length === 0;
    byId("found-more").hidden = rows.length < choices.limit || more(choices.limit) === choices.limit;
    if (rows.length === 0) return nothing(choices);
    /** @type {HTMLAnchorElement} */ (byId("found-map")).href = mapAddress(layer.name, rows, choices.file);
    return null;
  }

  /**
   * @param {HTMLElement} item
   * @param {Alike} row
   */
  #addMore(item, row) {
    const { choices, layer } = this.page;
    const part = document.createElement("p");
    part.className = "found-links";
    const begin = { layer: layer.name, file: null, track: row.track.id, limit: undefined };
    const onwards = searchAddress({ ...choices, ...ALONE, ...begin, ...startOn(row.span) });
    part.append(
      link("Search from here", onwards, row.track.title),
      link("Show on the map", mapAddress(layer.name, [row], choices.file), row.track.title),
    );
    // A file has no place among the library's tracks to be added to.
    if (!choices.file) {
      part.append(this.#adding("More like this", row, 1), this.#adding("Less like this", row, UNLIKE));
    }
    item.querySelector(".alike-about")?.append(part);
    const numbers = /** @type {HTMLElement} */ (item.querySelector(".alike-numbers"));
    numbers.title = `Distance: ${meaningOf(choices.metric)}`;
  }

  /**
   * A button that has the search start from what was found as well: relevance feedback.
   *
   * @param {string} text
   * @param {Alike} row
   * @param {number} weight
   */
  #adding(text, row, weight) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = text;
    button.setAttribute("aria-label", `${text}: ${row.track.title}`);
    button.addEventListener("click", () => {
      this.page.change({ others: withStart(this.page.choices.others, asStart(row, weight)) });
      this.page.blend?.showAdded(row.track.title);
    });
    return button;
  }
}

/**
 * What was found, as one more start.
 *
 * @param {Alike} row
 * @param {number} weight
 */
function asStart({ track, span }, weight) {
  const first = span?.position ?? null;
  const last = span && first !== null ? first + (span.segments ?? 1) - 1 : null;
  return { track: track.id, first, last, weight };
}

/**
 * Where a search starts that goes on from what was found.
 *
 * @param {Alike["span"]} span
 */
function startOn(span) {
  const nowhere = { position: null, start: null, end: null };
  if (!span) return nowhere;
  if ((span.segments ?? 1) === 1) return { ...nowhere, position: span.position };
  return { ...nowhere, start: Math.floor(span.start), end: Math.ceil(span.end) };
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

/**
 * @param {import("../model/search.js").Search} choices
 * @param {{segments: number, of: number} | null} sample
 * @param {Record<string, number[]>} unknown
 */
function notes({ metric, spread }, sample, unknown) {
  const order = spread === "0" ? "Nearest first." : "The nearest first, then others that differ among themselves.";
  const said = [`${order} Distance: ${meaningOf(metric)}.`];
  if (sample) said.push(`Among ${thousands(sample.segments)} of ${thousands(sample.of)} segments, drawn by lot.`);
  const listed = Object.entries(unknown ?? {}).map(([kind, ids]) => `${kind} ${ids.join(", ")}`);
  if (listed.length) said.push(`Not in this library, and left out: ${listed.join("; ")}.`);
  return said.join(" ");
}

/** @param {import("../model/search.js").Search} choices */
function nothing(choices) {
  const { find, file } = choices;
  if (filterQuery({ ...EVERYTHING, ...choices })) {
    return `Nothing among these tracks. ${leftOut(choices)}Remove a condition to look among more.`;
  }
  if (file) return find === "tracks" ? "Nothing: the file is silent." : "Nothing: this moment is silent.";
  if (choices.without.some((same) => same !== "track")) return `Nothing by others. ${leftOut(choices)}Leave out less to look among all tracks.`;
  return "Nothing: this moment is silent, or there is no other track to compare it with.";
}
