/** One playlist: its name, and its items in their order. */

import { clock, timeSpan } from "../model/format.js";
import { byId } from "./dom.js";
import { previewButtons, previewClicked } from "./previews.js";

/**
 * @typedef {import("../app/saved-playlists.js").Item} Item
 * @typedef {import("../app/saved-playlists.js").Detail} Detail
 */

/** Items that are made at a time. */
const PAGE = 100;

export class PlaylistEditor {
  /** @type {Detail | null} */
  #playlist = null;
  /** How many items are to be seen. */
  #made = PAGE;

  /**
   * @param {(id: number, change: {name: string} | {items: Item[]}) => Promise<boolean>} onChange
   *   answers whether the change is kept
   * @param {(track: number, kind: import("../model/previews.js").PreviewKind) => void} onPreview
   */
  constructor(onChange, onPreview) {
    this.onChange = onChange;
    this.onPreview = onPreview;
    this.items = byId("playlist-items");
    this.name = /** @type {HTMLInputElement} */ (byId("playlist-name"));
    byId("playlist-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#playlist) void this.onChange(this.#playlist.id, { name: this.name.value.trim() });
    });
    byId("playlist-more").addEventListener("click", () => {
      this.#made += PAGE;
      this.#render();
    });
    this.items.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      const row = button?.closest("li");
      if (!button || !row) return;
      const index = [...this.items.children].indexOf(row);
      const kind = previewClicked(button);
      const item = this.#playlist?.items[index];
      if (kind && item) this.onPreview(item.track, kind);
      else void this.#move(index, button.dataset.do ?? "");
    });
  }

  /** @param {Detail} playlist */
  show(playlist) {
    this.#playlist = playlist;
    this.#made = PAGE;
    this.name.value = playlist.name;
    byId("playlist-edit").hidden = false;
    this.#render();
    this.name.focus();
  }

  hide() {
    this.#playlist = null;
    byId("playlist-edit").hidden = true;
  }

  /**
   * @param {number} index
   * @param {string} command "up", "down" or "remove"
   */
  async #move(index, command) {
    const playlist = this.#playlist;
    if (!playlist) return;
    const before = playlist.items;
    const [item, rest] = [before[index], before.toSpliced(index, 1)];
    const to = command === "up" ? index - 1 : command === "down" ? index + 1 : -1;
    playlist.items = to < 0 ? rest : rest.toSpliced(to, 0, item);
    this.#render();
    this.#focus(to < 0 ? Math.min(index, rest.length - 1) : to, command);
    if (await this.onChange(playlist.id, { items: playlist.items })) return;
    playlist.items = before;
    this.#render();
  }

  /**
   * The same button goes with the item that was moved.
   *
   * @param {number} index
   * @param {string} command
   */
  #focus(index, command) {
    const row = this.items.children[index];
    const button = /** @type {HTMLButtonElement | null} */ (row?.querySelector(`[data-do=${command}]`));
    if (button && !button.disabled) button.focus();
    else if (row) /** @type {HTMLElement} */ (row.querySelector("button:not(:disabled)")).focus();
    else this.name.focus();
  }

  #render() {
    const items = this.#playlist?.items ?? [];
    this.items.replaceChildren(...items.slice(0, this.#made).map((item, i) => makeItem(item, i, items.length)));
    const rest = items.length - this.#made;
    byId("playlist-more").hidden = rest <= 0;
    byId("playlist-more").textContent = `Show ${Math.min(rest, PAGE)} more of ${rest}`;
  }
}

/**
 * @param {Item} item
 * @param {number} index
 * @param {number} length of the playlist
 */
function makeItem(item, index, length) {
  const template = /** @type {HTMLTemplateElement} */ (byId("playlist-item"));
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const part = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (row.querySelector(selector));
  part(".item-buttons").before(previewButtons(item.title));
  part(".item-title").textContent = item.title;
  part(".item-about").textContent = aboutItem(item);
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll(".item-buttons button"))) {
    button.setAttribute("aria-label", `${button.title}: ${item.title}`);
  }
  /** @type {HTMLButtonElement} */ (part("[data-do=up]")).disabled = index === 0;
  /** @type {HTMLButtonElement} */ (part("[data-do=down]")).disabled = index === length - 1;
  return row;
}

/** @param {Item} item */
function aboutItem({ artists, start, end, duration }) {
  const whole = start === null && end === null;
  const length = duration === null ? "" : clock(duration);
  const stretch =
    end === null ? `${clock(start ?? 0)}–${length || "end"}` : timeSpan(start ?? 0, end);
  return [artists.join(", "), whole ? length : stretch].filter(Boolean).join(" · ");
}
