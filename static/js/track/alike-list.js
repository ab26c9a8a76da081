/** A list of tracks or moments, such as sound alike, each with its button and its why. */

import { clock, timeSpan } from "../model/format.js";
import { loadTrack } from "../model/library.js";
import { previewOf } from "../model/previews.js";
import { whySentence } from "../model/why.js";
import { artistLinks, byId, linkTo } from "../ui/dom.js";
import { markPreviews, previewButtons, previewClicked } from "../ui/previews.js";
import { explain } from "../ui/stage.js";

/**
 * @typedef {{position: number, segments?: number, start: number, end: number}} Span
 * @typedef {{id: number, title: string, artists: {id: number, name: string}[]}} NamedTrack
 * @typedef {{track: NamedTrack, span: Span | null, distance?: number, seconds?: number | null,
 *   why?: import("../model/why.js").Why | null, unheard?: string | null}} Alike `span`: null for a
 *   whole track; `seconds` it lasts; why it cannot be played
 * @typedef {import("../model/previews.js").PreviewKind} PreviewKind
 */

const DIGITS = 3;

export class AlikeList {
  /** @type {Alike[]} */
  #rows = [];
  /** @type {{row: Alike, kind?: PreviewKind, segment: import("../player/player.js").Segment} | null}
   *   played last */
  #heard = null;

  /**
   * @param {string} id of its element
   * @param {import("./list-sound.js").ListSound} sound
   * @param {(item: HTMLElement, row: Alike) => void} [addMore] to a row's element
   */
  constructor(id, sound, addMore = () => {}) {
    this.list = byId(id);
    this.addMore = addMore;
    this.sound = sound;
    this.list.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest(".alike-play, [data-preview]");
      const item = button?.closest("li");
      if (item) void this.#toggle([...this.list.children].indexOf(item), previewClicked(target));
    });
    sound.addEventListener("other", () => this.#mark());
  }

  /** Whether somebody is about to choose from it. */
  get held() {
    return this.list.matches(":hover, :focus-within");
  }

  get size() {
    return this.#rows.length;
  }

  /** @param {Alike[]} rows */
  show(rows) {
    this.#rows = rows;
    this.list.replaceChildren(...rows.map(make));
    rows.forEach((row, i) => this.addMore(/** @type {HTMLElement} */ (this.list.children[i]), row));
    this.#mark();
  }

  /**
   * Has the keyboard go on from a row.
   *
   * @param {number} index of one that may be there
   */
  focus(index) {
    const item = this.list.children[index];
    /** @type {HTMLElement | null} */ (item?.querySelector("button:enabled, a"))?.focus();
  }

  /**
   * Plays the first of the rows that can be played, or the first after another.
   *
   * @param {Alike} [after]
   */
  playOn(after) {
    const from = after ? this.#rows.indexOf(after) + 1 : 0;
    const next = this.#rows.findIndex((row, index) => index >= from && !row.unheard);
    if (next >= 0 && (from > 0 || !after)) void this.#toggle(next);
  }

  /** The row that was played last. */
  get last() {
    return this.#heard?.row;
  }

  /**
   * @param {number} index
   * @param {PreviewKind} [kind] of passage, rather than the row as it is
   */
  async #toggle(index, kind) {
    const row = this.#rows[index];
    if (this.#sounds(row, kind)) return this.sound.leaveOther();
    try {
      const track = await loadTrack(row.track.id);
      const whole = { position: 0, start: 0, end: track.duration ?? 0 };
      const { position, start, end } = kind ? previewOf(track, kind) : (row.span ?? whole);
      const segment = { track: track.id, position, start, end };
      this.#heard = { row, kind, segment };
      this.sound.playOther(track, segment, { on: !kind && row.span === null });
    } catch (error) {
      const failure = byId(`${this.list.id}-failure`);
      failure.hidden = false;
      explain(failure, error);
    }
  }

  /**
   * @param {Alike} row
   * @param {PreviewKind} [kind]
   */
  #sounds(row, kind) {
    const heard = this.#heard;
    return heard?.row === row && heard.kind === kind && this.sound.other?.segment === heard.segment;
  }

  #mark() {
    this.#rows.forEach((row, index) => {
      const item = this.list.children[index];
      const sounds = this.#sounds(row);
      item.toggleAttribute("data-sounds", sounds);
      const button = /** @type {HTMLElement} */ (item.querySelector(".alike-play"));
      const from = row.span ? `, ${timeSpan(row.span.start, row.span.end)}` : "";
      button.setAttribute("aria-label", `${sounds ? "Stop" : "Play"} ${row.track.title}${from}`);
      markPreviews(item, (kind) => this.#sounds(row, kind));
    });
  }
}

/** @param {Alike} row */
function make({ track, span, distance, seconds, why, unheard }) {
  const template = /** @type {HTMLTemplateElement} */ (byId("alike-row"));
  const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (item.querySelector(`.alike-${name}`));
  part("title").replaceWith(linkTo(`/tracks/${track.id}`, track.title, "alike-title"));
  part("artists").replaceChildren(...artistLinks(track.artists));
  part("why").textContent = unheard ?? whySentence(why ?? null);
  /** @type {HTMLButtonElement} */ (part("play")).disabled = Boolean(unheard);
  if (!span && !unheard) part("numbers").before(previewButtons(track.title));
  const numbers = [
    span && timeSpan(span.start, span.end),
    seconds && clock(seconds),
    distance?.toFixed(DIGITS),
  ];
  part("numbers").textContent = numbers.filter(Boolean).join(" · ");
  if (distance !== undefined) {
    part("numbers").title = `Distance ${distance.toFixed(DIGITS)}: 0 is the same direction to the network`;
  }
  return item;
}
