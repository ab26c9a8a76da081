/** A part of a page that waits for data of its own. */

import { isAbort } from "../api.js";
import { byId, showText } from "./dom.js";
import { explain } from "./stage.js";

/** What loads faster is not worth a word. */
const SOON_MS = 300;

export class Part {
  #timer = 0;

  /**
   * @param {string} id of what is shown once it is there; its section has a `.part-state`, and
   *   `<id>-failure` with a button
   * @param {() => Promise<string | null>} load fills the part; or says why there is nothing
   */
  constructor(id, load) {
    this.load = load;
    this.content = byId(id);
    this.failure = byId(`${id}-failure`);
    const section = /** @type {HTMLElement} */ (this.content.closest("section"));
    this.state = /** @type {HTMLElement} */ (section.querySelector(".part-state"));
    this.failure.querySelector("button")?.addEventListener("click", () => void this.show());
  }

  /** Loads and shows it, or says what went wrong, with a way to try again. */
  async show() {
    clearTimeout(this.#timer);
    this.failure.hidden = true;
    this.#timer = window.setTimeout(() => showText(this.state, "Loading…"), SOON_MS);
    try {
      const instead = await this.load();
      clearTimeout(this.#timer);
      showText(this.state, instead);
      this.content.hidden = instead !== null;
    } catch (error) {
      if (isAbort(error)) return; // a newer request says what comes of it
      clearTimeout(this.#timer);
      this.state.hidden = this.content.hidden = true;
      this.failure.hidden = false;
      explain(this.failure, error);
    }
  }
}
