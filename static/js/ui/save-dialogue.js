/** Asks for a name under which a playlist is kept. */

import { send } from "../api.js";
import { messageOf, wireDialogue } from "./dialogues.js";
import { byId, showText } from "./dom.js";

/**
 * @typedef {(whole: boolean) => {selection: object} | {items: object[]}} Content what is in it, as the
 *   API is told; `whole`: of whole tracks
 */

export class SaveDialogue {
  /** @type {Content} */
  #content = () => ({ items: [] });

  /** @param {(name: string) => void} onSaved */
  constructor(onSaved) {
    this.onSaved = onSaved;
    this.dialogue = wireDialogue("save-dialog");
    this.name = /** @type {HTMLInputElement} */ (byId("save-name"));
    this.whole = /** @type {HTMLInputElement} */ (byId("save-whole"));
    byId("save-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
  }

  /**
   * @param {string} about what will be in it
   * @param {Content} content
   * @param {import("../select/limit.js").Beyond | null} [beyond] what a playlist can hold
   */
  open(about, content, beyond = null) {
    this.#content = content;
    showText(byId("save-error"), null);
    byId("save-about").textContent = about;
    showText(byId("save-limit"), beyond?.words ?? null);
    byId("save-whole-choice").hidden = !beyond?.whole;
    this.whole.checked = false;
    this.dialogue.showModal();
    this.name.focus();
  }

  async #save() {
    showText(byId("save-error"), null);
    try {
      const content = { name: this.name.value.trim(), ...this.#content(this.whole.checked) };
      const playlist = await (await send("POST", "playlists/", content)).json();
      this.dialogue.close();
      this.name.value = "";
      this.onSaved(playlist.name);
    } catch (error) {
      showText(byId("save-error"), messageOf(error));
    }
  }
}
