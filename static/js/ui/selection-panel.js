/** The list of selected tracks beside the map; on narrow screens a sheet from below. */

import { clock, count, thousands } from "../model/format.js";
import { noNames } from "../select/rows.js";
import { byId, showText } from "./dom.js";
import { previewButtons, previewClicked } from "./previews.js";

/**
 * @typedef {import("../select/mask.js").Row} Row
 * @typedef {import("../select/rows.js").Names} Names
 * @typedef {import("../select/rows.js").Order} Order
 * @typedef {import("../model/previews.js").PreviewKind} PreviewKind
 * @typedef {"play-all" | "playlist" | "save" | "invert" | "undo" | "clear"} Command
 * @typedef {{onCommand: (command: Command) => void, onOrder: () => void,
 *   onPlay: (track: number) => void, onPreview: (track: number, kind: PreviewKind) => void,
 *   onRemove: (track: number) => void, searchFrom: (row: Row) => string}} Events the last gives the
 *   address of a search by sound
 */

/** Rows that are made at a time: ten thousand at once would hold up the page. */
const PAGE = 100;

export class SelectionPanel {
  /** @type {Row[]} in their order */
  #rows = [];
  #made = 0;
  /** @type {Names} */
  #names = noNames();

  /** @param {Events} events */
  constructor(events) {
    this.events = events;
    this.element = byId("selection");
    this.list = byId("selection-list");
    this.order = /** @type {HTMLSelectElement} */ (byId("selection-order"));
    this.order.addEventListener("change", events.onOrder);
    for (const button of this.element.querySelectorAll("button[data-command]")) {
      const { command } = /** @type {HTMLElement} */ (button).dataset;
      button.addEventListener("click", () => events.onCommand(/** @type {Command} */ (command)));
    }
    byId("selection-more").addEventListener("click", () => this.#makeMore());
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.#wireSheet();
  }

  hide() {
    this.element.hidden = true;
    this.#setOpen(false);
    byId("selection-open").hidden = true;
    this.#rows = [];
    this.list.replaceChildren();
  }

  /**
   * @param {Row[]} rows in their order
   * @param {Names} names
   * @param {boolean} undoable
   * @param {string} whyNone said where there are no rows
   */
  show(rows, names, undoable, whyNone) {
    this.element.hidden = false;
    const segments = rows.reduce((sum, { inside }) => sum + inside, 0);
    const summary = `${count(rows.length, "track")} · ${count(segments, "segment")}`;
    byId("selection-count").textContent = summary;
    byId("selection-open").hidden = false;
    byId("selection-open-count").textContent = thousands(rows.length);
    /** @type {HTMLButtonElement} */ (byId("selection-undo")).disabled = !undoable;
    showText(byId("selection-none"), rows.length === 0 ? whyNone : null);
    this.#rows = rows;
    this.#names = names;
    this.#remake();
  }

  /** @param {string | null} address of the path between two tracks */
  offerPath(address) {
    const link = /** @type {HTMLAnchorElement} */ (byId("selection-path"));
    link.hidden = address === null;
    if (address) link.href = address;
  }

  /** @param {number | null} track that sounds */
  markPlaying(track) {
    for (const row of this.list.children) {
      const own = Number(/** @type {HTMLElement} */ (row).dataset.track) === track;
      if (own) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  /** Makes the rows anew; the one that has the focus gives it to the one in its place. */
  #remake() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const place = focused ? [...this.list.children].findIndex((row) => row.contains(focused)) : -1;
    this.list.replaceChildren();
    this.#made = 0;
    this.#makeMore();
    if (place < 0 || !focused) return;
    const row = this.list.children[Math.min(place, this.list.children.length - 1)];
    const same = /** @type {HTMLElement | null} */ (row?.querySelector(`.${focused.classList[1]}`));
    (same ?? byId("selection-title")).focus();
  }

  #makeMore() {
    const rows = this.#rows.slice(this.#made, this.#made + PAGE);
    this.#made += rows.length;
    this.list.append(...rows.map((row) => this.#make(row)));
    const rest = this.#rows.length - this.#made;
    byId("selection-more").hidden = rest === 0;
    byId("selection-more").textContent = `Show ${Math.min(rest, PAGE)} more of ${thousands(rest)}`;
  }

  /** @param {Row} row */
  #make(row) {
    const template = /** @type {HTMLTemplateElement} */ (byId("selection-row"));
    const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (item.querySelector(`.row-${name}`));
    const title = this.#names.titles.texts.get(row.track) || `Track ${row.track}`;
    item.dataset.track = String(row.track);
    const link = /** @type {HTMLAnchorElement} */ (part("title"));
    link.textContent = link.title = title;
    link.href = `/tracks/${row.track}`;
    const inside = `${row.inside} of ${row.shown}`;
    const artist = this.#names.artists.texts.get(row.track);
    const start = `from ${clock(row.start)}`;
    part("about").textContent = [inside, start, artist].filter(Boolean).join(" · ");
    part("about").title = `${row.inside} of its ${count(row.shown, "segment")}, ${start}`;
    part("play").setAttribute("aria-label", `Play ${title}`);
    /** @type {HTMLAnchorElement} */ (part("similar")).href = this.events.searchFrom(row);
    part("similar").setAttribute("aria-label", `Find moments similar to ${title}, ${start}`);
    part("similar").before(previewButtons(title));
    part("remove").setAttribute("aria-label", `Remove ${title}`);
    return item;
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const element = /** @type {Element} */ (target);
    const row = /** @type {HTMLElement | null} */ (element.closest("[data-track]"));
    if (!row) return;
    const track = Number(row.dataset.track);
    const preview = previewClicked(target);
    if (preview) this.events.onPreview(track, preview);
    else if (element.closest(".row-play")) this.events.onPlay(track);
    else if (element.closest(".row-remove")) this.events.onRemove(track);
  }

  #wireSheet() {
    const opener = byId("selection-open");
    opener.addEventListener("click", () => {
      this.#setOpen(true);
      byId("selection-close").focus();
    });
    const close = () => {
      this.#setOpen(false);
      opener.focus();
    };
    byId("selection-close").addEventListener("click", close);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.element.classList.contains("open")) return;
      event.stopPropagation(); // closes the sheet, and leaves what is selected
      close();
    });
    byId("maps").addEventListener("pointerdown", () => this.#setOpen(false));
  }

  /** @param {boolean} open */
  #setOpen(open) {
    this.element.classList.toggle("open", open);
    byId("selection-open").setAttribute("aria-expanded", String(open));
  }
}
