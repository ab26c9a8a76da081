/** Keeps in the address where one has zoomed to on each map, so that a shared one shows the same. */

import { place } from "../model/keys.js";

/** Dragging writes once it rests. */
const REST_MS = 400;
const { write } = place("at");

/** @typedef {import("./pane.js").Pane} Pane */

export class ZoomAddress {
  /** @type {Map<Pane, string>} what is seen of each map, as the address has it */
  #seen = new Map();
  #timer = 0;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("content", (event) => {
      this.#follow(/** @type {CustomEvent<{pane: Pane}>} */ (event).detail.pane);
    });
    explorer.addEventListener("choices", () => {
      for (const pane of explorer.panes) {
        if (write(this.#wanted(pane)) !== (this.#seen.get(pane) ?? "")) this.#follow(pane);
      }
    });
    explorer.addEventListener("zoom", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#write(), REST_MS);
    });
  }

  /** @param {Pane} pane */
  #wanted(pane) {
    return this.explorer.choices.panes[pane.index].at;
  }

  /** @param {Pane} pane shows what the address says */
  #follow(pane) {
    if (!pane.content) return;
    const wanted = this.#wanted(pane);
    const text = write(wanted);
    if (text === write(pane.view.place)) return;
    this.#seen.set(pane, text);
    pane.view.goToPlace(wanted);
  }

  #write() {
    const { choices, panes } = this.explorer;
    const places = panes.map((pane) => (pane.content ? pane.view.place : this.#wanted(pane)));
    const changed = panes.filter((pane, i) => write(places[i]) !== write(this.#wanted(pane)));
    panes.forEach((pane, i) => this.#seen.set(pane, write(places[i])));
    if (changed.length === 0) return;
    const own = choices.panes.map((each, i) => ({ ...each, at: places[i] }));
    this.explorer.change({ panes: own }, { step: false });
  }
}
