/** Taking music home: files of what is selected, and playlists that are kept. */

import { send } from "../api.js";
import { count } from "../model/format.js";
import { beyondLimit } from "../select/limit.js";
import { messageOf, wireDialogue } from "../ui/dialogues.js";
import { byId, showText } from "../ui/dom.js";
import { ExportDialogue } from "../ui/export-dialogue.js";
import { SavedPlaylists } from "./saved-playlists.js";
import { SelectionControls } from "./selection-controls.js";

export class Playlists {
  /** @type {import("../select/limit.js").Beyond | null} of what is to be kept */
  #beyond = null;

  /** @param {import("./selecting.js").Selecting} selecting */
  constructor(selecting) {
    this.selecting = selecting;
    this.export = new ExportDialogue();
    this.controls = new SelectionControls(selecting, {
      takeHome: () => this.#takeHome(),
      save: () => this.#openSave(),
    });
    this.saved = new SavedPlaylists(selecting, this.controls.queue, this.export);
    this.save = wireDialogue("save-dialog");
    byId("open-playlists").addEventListener("click", () => void this.saved.open());
    byId("save-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
  }

  #takeHome() {
    if (this.selecting.parts.length === 0) return;
    this.export.open(this.#about(), (kind, options) => {
      const selection = this.selecting.request();
      return send("POST", `playlists/export/?kind=${kind}`, { selection, ...options });
    });
  }

  #openSave() {
    const { selecting } = this;
    if (selecting.parts.length === 0) return;
    this.#beyond = beyondLimit(selecting.countStretches(), selecting.rows().length);
    showText(byId("save-error"), null);
    byId("save-about").textContent = this.#about();
    showText(byId("save-limit"), this.#beyond?.words ?? null);
    byId("save-whole-choice").hidden = !this.#beyond?.whole;
    this.#whole.checked = false;
    this.save.showModal();
    byId("save-name").focus();
  }

  get #whole() {
    return /** @type {HTMLInputElement} */ (byId("save-whole"));
  }

  /** What is to be kept, as the API is told. */
  #selection() {
    const { selecting } = this;
    if (this.#whole.checked) return { tracks: selecting.rows().map(({ track }) => track) };
    if (this.#beyond) throw new Error(this.#beyond.words);
    return selecting.request();
  }

  async #save() {
    const field = /** @type {HTMLInputElement} */ (byId("save-name"));
    showText(byId("save-error"), null);
    try {
      const content = { name: field.value.trim(), selection: this.#selection() };
      const playlist = await (await send("POST", "playlists/", content)).json();
      this.save.close();
      field.value = "";
      void this.saved.open(`“${playlist.name}” is saved.`);
    } catch (error) {
      showText(byId("save-error"), messageOf(error));
    }
  }

  /** What will be in it. */
  #about() {
    const rows = this.selecting.rows();
    const segments = rows.reduce((sum, { inside }) => sum + inside, 0);
    const what = this.selecting.empty ? "Everything that is shown" : "What is selected";
    return `${what}: ${count(rows.length, "track")}, ${count(segments, "segment")}.`;
  }
}
