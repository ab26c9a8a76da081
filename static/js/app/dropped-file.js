/** A file that is dropped on a page of another kind: sent and heard meanwhile, in a line of its own. */

import { getJson, isAbort } from "../api.js";
import { hearingSentence, refusal } from "../model/file-query.js";
import { byId } from "../ui/dom.js";
import { wireFileDrop } from "../ui/file-drop.js";
import { followHearing, forgetFile, sendFile } from "./send-file.js";

/** @typedef {import("../model/file-query.js").FileQuery} FileQuery */

export class DroppedFile {
  #abort = new AbortController();
  /** @type {string | null} of the file that is being heard */
  #token = null;

  /**
   * @param {() => Promise<string> | string} model the network that is to hear it; rejects where
   *   none can
   * @param {(query: FileQuery, model: string) => void} onHeard
   */
  constructor(model, onHeard) {
    this.model = model;
    this.onHeard = onHeard;
    this.bar = /** @type {HTMLProgressElement} */ (byId("dropped-bar"));
    wireFileDrop((file) => void this.#send(file));
    byId("dropped-close").addEventListener("click", () => this.#close());
  }

  /** @param {File} file */
  async #send(file) {
    this.#close();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const model = await this.model();
      const no = refusal(file, await getJson("queries/"));
      if (no) throw new Error(no);
      const onProgress = (/** @type {number} */ share) => this.#tell(`Sending “${file.name}”…`, share);
      onProgress(0);
      const { token } = await sendFile(file, model, { signal, onProgress });
      this.#token = token;
      this.onHeard(await this.hear(token, model), model);
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * Waits until a network has heard a file that is there.
   *
   * @param {string} token
   * @param {string} model
   * @returns {Promise<FileQuery>}
   */
  async hear(token, model) {
    const { signal } = this.#abort;
    const query = await followHearing(
      token,
      model,
      (latest, hearing) => this.#tell(hearingSentence(latest, hearing), hearing?.fraction ?? null),
      signal,
    );
    this.#token = null;
    byId("dropped").hidden = true;
    return query;
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#token = null;
    if (isAbort(error)) return;
    this.explain(error instanceof Error ? error.message : String(error));
  }

  /** @param {string} message of what was wanted in vain */
  explain(message) {
    this.#tell(message, null);
    this.bar.hidden = true;
    byId("dropped-close").textContent = "Close";
  }

  /** What is under way is no longer wanted, or what was said has been read. */
  #close() {
    this.#abort.abort();
    if (this.#token) void forgetFile(this.#token).catch(() => {}); // gone after an hour anyway
    this.#token = null;
    byId("dropped").hidden = true;
  }

  /**
   * @param {string} text
   * @param {number | null} share done; null where nobody knows
   */
  #tell(text, share) {
    byId("dropped").hidden = false;
    if (byId("dropped-text").textContent !== text) byId("dropped-text").textContent = text;
    byId("dropped-close").textContent = "Cancel";
    this.bar.hidden = false;
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
  }
}
