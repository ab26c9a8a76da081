/** Taking music home: files of what is selected, and playlists that are kept. */

import { send } from "../api.js";
import { count } from "../model/format.js";
import { beyondLimit } from "../select/limit.js";
import { byId } from "../ui/dom.js";
import { ExportDialogue } from "../ui/export-dialogue.js";
import { SaveDialogue } from "../ui/save-dialogue.js";
import { SavedPlaylists } from "./saved-playlists.js";
import { SelectionControls } from "./selection-controls.js";

export class Playlists {
  /** @param {import("./selecting.js").Selecting} selecting */
  constructor(selecting) {
    this.selecting = selecting;
    this.export = new ExportDialogue();
    this.controls = new SelectionControls(selecting, {
      takeHome: () => this.#takeHome(),
      save: () => this.#openSave(),
    });
    this.saved = new SavedPlaylists(selecting, this.controls.queue, this.export);
    this.save = new SaveDialogue((name) => void this.saved.open(`“${name}” is saved.`));
    byId("open-playlists").addEventListener("click", () => void this.saved.open());
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
    const beyond = beyondLimit(selecting.countStretches(), selecting.rows().length);
    const content = (/** @type {boolean} */ whole) => {
      if (whole) return { selection: { tracks: selecting.rows().map(({ track }) => track) } };
      if (beyond) throw new Error(beyond.words);
      return { selection: selecting.request() };
    };
    this.save.open(this.#about(), content, beyond);
  }

  /** What will be in it. */
  #about() {
    const rows = this.selecting.rows();
    const segments = rows.reduce((sum, { inside }) => sum + inside, 0);
    const what = this.selecting.empty ? "Everything that is shown" : "What is selected";
    return `${what}: ${count(rows.length, "track")}, ${count(segments, "segment")}.`;
  }
}
