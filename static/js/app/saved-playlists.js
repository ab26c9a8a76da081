/** The playlists that are kept: on the map, played, renamed, put in order, taken home, deleted. */

import { getJson, getList, request, send } from "../api.js";
import { count } from "../model/format.js";
import { messageOf, wireDialogue } from "../ui/dialogues.js";
import { byId, showText } from "../ui/dom.js";
import { PlaylistEditor } from "../ui/playlist-editor.js";

/**
 * @typedef {{track: number, start: number | null, end: number | null, title: string,
 *   artists: string[], duration: number | null}} Item
 * @typedef {{id: number, name: string, description: string, item_count: number}} Playlist
 * @typedef {{id: number, name: string, description: string, items: Item[]}} Detail
 */

export class SavedPlaylists {
  /** @type {Playlist[]} */
  #playlists = [];
  /** @type {Detail | null} that can be brought back */
  #deleted = null;

  /**
   * @param {import("./selecting.js").Selecting} selecting
   * @param {import("./queue.js").Queue} queue
   * @param {import("../ui/export-dialogue.js").ExportDialogue} exporting
   */
  constructor(selecting, queue, exporting) {
    this.selecting = selecting;
    this.queue = queue;
    this.exporting = exporting;
    this.dialogue = wireDialogue("playlists-dialog");
    this.list = byId("playlists-list");
    this.editor = new PlaylistEditor(
      (id, change) => this.#change(id, change),
      (track, kind) => void this.#try(() => selecting.explorer.listening.preview(track, kind)),
    );
    this.list.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      const row = /** @type {HTMLElement | null} */ (button?.closest("[data-id]"));
      const playlist = this.#playlists.find(({ id }) => String(id) === row?.dataset.id);
      if (button && playlist) void this.#try(() => this.#do(button.dataset.do ?? "", playlist));
    });
    byId("playlist-back").addEventListener("click", () => void this.open());
    byId("playlists-undo").addEventListener("click", () => void this.#try(() => this.#bringBack()));
  }

  /** @param {string | null} [message] what was done just now */
  async open(message = null) {
    if (!this.dialogue.open) this.dialogue.showModal();
    await this.#try(() => this.#showAll(message));
  }

  /** @param {string | null} message */
  async #showAll(message) {
    this.#playlists = await getList("playlists/?page_size=500");
    this.editor.hide();
    this.list.hidden = false;
    byId("playlist-back").hidden = true;
    byId("playlists-title").textContent = "Saved playlists";
    byId("playlists-title").focus();
    byId("playlists-empty").hidden = this.#playlists.length > 0;
    this.list.replaceChildren(...this.#playlists.map(makeRow));
    byId("playlists-undo").hidden = this.#deleted === null;
    byId("playlists-status").hidden = message === null;
    byId("playlists-message").textContent = message ?? "";
  }

  /**
   * @param {string} command
   * @param {Playlist} playlist
   */
  async #do(command, { id, name, item_count: items }) {
    if (command === "export") return this.#export(id, name, items);
    /** @type {Detail} */
    const detail = await getJson(`playlists/${id}/`);
    if (command === "edit") return this.#edit(detail);
    if (command === "delete") return this.#delete(detail);
    this.dialogue.close();
    if (command === "show") this.selecting.selectStretches(detail.items);
    else this.queue.play(detail.items.map(stretchOf));
  }

  /**
   * @param {number} id
   * @param {string} name
   * @param {number} items
   */
  #export(id, name, items) {
    this.exporting.open(`“${name}”: ${count(items, "item")}.`, (kind, options) => {
      const query = Object.entries({ kind, ...options }).filter(([, value]) => value !== "");
      return request(`playlists/${id}/export/?${new URLSearchParams(query.map(([k, v]) => [k, String(v)]))}`);
    });
  }

  /** @param {Detail} detail */
  #edit(detail) {
    this.list.hidden = byId("playlists-status").hidden = true;
    byId("playlist-back").hidden = false;
    byId("playlists-title").textContent = detail.name;
    this.editor.show(detail);
  }

  /**
   * @param {number} id
   * @param {{name: string} | {items: Item[]}} change
   */
  #change(id, change) {
    return this.#try(async () => {
      const { name } = await (await send("PATCH", `playlists/${id}/`, change)).json();
      byId("playlists-title").textContent = name;
    });
  }

  /** @param {Detail} detail */
  async #delete(detail) {
    await send("DELETE", `playlists/${detail.id}/`);
    this.#deleted = detail;
    await this.#showAll(`“${detail.name}” is deleted.`);
    byId("playlists-undo").focus();
  }

  async #bringBack() {
    if (!this.#deleted) return;
    const { name, description, items } = this.#deleted;
    await send("POST", "playlists/", { name, description, items });
    this.#deleted = null;
    await this.#showAll(`“${name}” is back.`);
  }

  /**
   * Does something, or says in the dialogue why it cannot be done.
   *
   * @param {() => void | Promise<void>} action
   * @returns {Promise<boolean>} whether it is done
   */
  async #try(action) {
    const place = byId("playlists-error");
    showText(place, null);
    try {
      await action();
      return true;
    } catch (error) {
      showText(place, messageOf(error));
      place.scrollIntoView({ block: "nearest" });
      return false;
    }
  }
}

/** @param {Playlist} playlist */
function makeRow({ id, name, item_count: items }) {
  const template = /** @type {HTMLTemplateElement} */ (byId("playlist-row"));
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  row.dataset.id = String(id);
  const part = (/** @type {string} */ selector) => /** @type {Element} */ (row.querySelector(selector));
  part(".playlist-title").textContent = name;
  part(".playlist-about").textContent = count(items, "item");
  for (const button of row.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.textContent}: ${name}`);
  }
  return row;
}

/** @param {Item} item */
function stretchOf({ track, start, end }) {
  return { track, start: start ?? 0, end: end ?? Infinity };
}
