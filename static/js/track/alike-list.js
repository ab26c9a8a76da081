/** A list of tracks or moments that sound alike, each with its button and its why. */

import { artistNames, timeSpan } from "../model/format.js";
import { loadTrack } from "../model/library.js";
import { whySentence } from "../model/why.js";
import { byId } from "../ui/dom.js";
import { explain } from "../ui/stage.js";

/**
 * @typedef {{position: number, segments?: number, start: number, end: number}} Span
 * @typedef {{id: number, title: string, artists: {name: string}[]}} NamedTrack
 * @typedef {{track: NamedTrack, span: Span | null, distance: number,
 *   why: import("../model/why.js").Why | null}} Alike `span`: null for a whole track
 */

const DIGITS = 3;

export class AlikeList {
  /** @type {Alike[]} */
  #rows = [];
  /** @type {{row: Alike, segment: import("../player/player.js").Segment} | null} played last */
  #heard = null;

  /**
   * @param {string} id of its element
   * @param {import("./sound.js").TrackSound} sound
   * @param {(item: HTMLElement, row: Alike) => void} [addMore] to a row's element
   */
  constructor(id, sound, addMore = () => {}) {
    this.list = byId(id);
    this.addMore = addMore;
    this.sound = sound;
    this.list.addEventListener("click", ({ target }) => {
      const item = /** @type {Element} */ (target).closest(".alike-play")?.closest("li");
      if (item) void this.#toggle([...this.list.children].indexOf(item));
    });
    sound.addEventListener("other", () => this.#mark());
  }

  /** Whether somebody is about to choose from it. */
  get held() {
    return this.list.matches(":hover, :focus-within");
  }

  /** @param {Alike[]} rows */
  show(rows) {
    this.#rows = rows;
    this.list.replaceChildren(...rows.map(make));
    rows.forEach((row, i) => this.addMore(/** @type {HTMLElement} */ (this.list.children[i]), row));
    this.#mark();
  }

  /** @param {number} index */
  async #toggle(index) {
    const row = this.#rows[index];
    if (this.#sounds(row)) return this.sound.leaveOther();
    try {
      const track = await loadTrack(row.track.id);
      const whole = { position: 0, start: 0, end: track.duration ?? 0 };
      const { position, start, end } = row.span ?? whole;
      const segment = { track: track.id, position, start, end };
      this.#heard = { row, segment };
      this.sound.playOther(track, segment, { on: row.span === null });
    } catch (error) {
      const failure = byId(`${this.list.id}-failure`);
      failure.hidden = false;
      explain(failure, error);
    }
  }

  /** @param {Alike} row */
  #sounds(row) {
    return this.#heard?.row === row && this.sound.other?.segment === this.#heard.segment;
  }

  #mark() {
    this.#rows.forEach((row, index) => {
      const item = this.list.children[index];
      const sounds = this.#sounds(row);
      item.toggleAttribute("data-sounds", sounds);
      const button = /** @type {HTMLElement} */ (item.querySelector(".alike-play"));
      const from = row.span ? `, ${timeSpan(row.span.start, row.span.end)}` : "";
      button.setAttribute("aria-label", `${sounds ? "Stop" : "Play"} ${row.track.title}${from}`);
    });
  }
}

/** @param {Alike} row */
function make({ track, span, distance, why }) {
  const template = /** @type {HTMLTemplateElement} */ (byId("alike-row"));
  const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (item.querySelector(`.alike-${name}`));
  const link = /** @type {HTMLAnchorElement} */ (part("title"));
  link.textContent = track.title;
  link.href = `/tracks/${track.id}`;
  part("artists").textContent = artistNames(track);
  part("why").textContent = whySentence(why);
  const time = span ? `${timeSpan(span.start, span.end)} · ` : "";
  part("numbers").textContent = `${time}${distance.toFixed(DIGITS)}`;
  part("numbers").title = `Distance ${distance.toFixed(DIGITS)}: 0 is the same direction to the network`;
  return item;
}
