/** Where a file is dropped or chosen: sends it, has it heard, and says how far it is. */

import { isAbort } from "../api.js";
import { askToHear, followHearing, forgetFile, sendFile } from "../app/send-file.js";
import { clock } from "../model/format.js";
import { fileAddress, hearingSentence, limitsSentence, refusal } from "../model/file-query.js";
import { byId, fillSelect, showText } from "../ui/dom.js";
import { wireFileDrop } from "../ui/file-drop.js";

/** @typedef {import("../model/file-query.js").FileQuery} FileQuery */

export class FileSender {
  #abort = new AbortController();
  /** @type {(() => void) | null} what "Try again" does */
  #again = null;
  /** @type {string | null} of the file that is being heard */
  #token = null;

  /**
   * @param {{models: {name: string, display_name: string}[], model: string,
   *   limits: import("../model/file-query.js").Limits}} known networks that can listen, and the
   *   one that does unless another is chosen
   * @param {(query: FileQuery, model: string) => void} onSent
   */
  constructor({ models, model, limits }, onSent) {
    this.limits = limits;
    this.onSent = onSent;
    this.model = /** @type {HTMLSelectElement} */ (byId("file-model"));
    const options = models.map(({ name, display_name: label }) => ({ value: name, label }));
    fillSelect(this.model, options, model);
    byId("file-drop").hidden = models.length === 0;
    byId("file-unheard").hidden = models.length > 0;
    byId("file-drop").addEventListener("submit", (event) => event.preventDefault());
    byId("file-limits").textContent = limitsSentence(limits);
    byId("file-cancel").addEventListener("click", () => void this.#cancel());
    byId("file-again").addEventListener("click", () => this.#again?.());
    const input = /** @type {HTMLInputElement} */ (byId("file-input"));
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = ""; // so that the same file can be chosen again
      if (file) void this.send(file);
    });
    if (models.length > 0) wireFileDrop((file) => void this.send(file));
    this.#showKept();
  }

  /** @param {File} file */
  async send(file) {
    const no = refusal(file, this.limits);
    if (no) return this.#fail(no, null);
    const signal = this.#begin();
    this.#tell(`Sending “${file.name}”…`, 0);
    try {
      const onProgress = (/** @type {number} */ share) => this.#tell(`Sending “${file.name}”…`, share);
      const query = await sendFile(file, this.model.value, { signal, onProgress });
      this.onSent(query, this.model.value);
    } catch (error) {
      this.#failed(error, () => void this.send(file));
    }
  }

  /**
   * Waits until a network has heard a file that is there; null where it does not come to that,
   * which is said here.
   *
   * @param {string} token
   * @param {string} model
   * @returns {Promise<FileQuery | null>}
   */
  async follow(token, model) {
    const signal = this.#begin();
    this.#token = token;
    try {
      const heard = await followHearing(
        token,
        model,
        (query, hearing) => this.#tell(hearingSentence(query, hearing), hearing?.fraction ?? null),
        signal,
      );
      this.#end();
      return heard;
    } catch (error) {
      const again = async () => {
        try {
          await askToHear(token, model);
          location.reload();
        } catch (failure) {
          this.#failed(failure, null);
        }
      };
      this.#failed(error, () => void again());
      return null;
    }
  }

  #begin() {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#token = null;
    byId("file-failure").hidden = true;
    byId("file-drop").hidden = true;
    return this.#abort.signal;
  }

  async #cancel() {
    this.#abort.abort();
    const token = this.#token;
    this.#end();
    if (!token) return;
    await forgetFile(token).catch(() => {}); // it is gone after an hour anyway
    location.assign("/search/file");
  }

  #end() {
    this.#token = null;
    byId("file-progress").hidden = true;
    byId("file-drop").hidden = false;
  }

  /**
   * @param {string} text
   * @param {number | null} share done; null where nobody knows
   */
  #tell(text, share) {
    byId("file-progress").hidden = false;
    if (byId("file-progress-text").textContent !== text) byId("file-progress-text").textContent = text;
    const bar = /** @type {HTMLProgressElement} */ (byId("file-progress-bar"));
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  }

  /**
   * @param {unknown} error
   * @param {(() => void) | null} again
   */
  #failed(error, again) {
    if (isAbort(error)) return;
    this.#end();
    this.#fail(error instanceof Error ? error.message : String(error), again);
  }

  /**
   * @param {string} message
   * @param {(() => void) | null} again
   */
  #fail(message, again) {
    this.#again = again;
    byId("file-failure").hidden = false;
    byId("file-failure-message").textContent = message;
    byId("file-again").hidden = !again;
  }

  /** @param {string} message of what a person asked for in vain */
  explain(message) {
    this.#fail(message, null);
  }

  #showKept() {
    const { kept } = this.limits;
    byId("file-kept").hidden = kept.length === 0;
    const items = kept.map(({ token, name, duration }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = fileAddress(token);
      showText(link, duration === null ? name : `${name} (${clock(duration)})`);
      item.append(link);
      return item;
    });
    byId("file-kept-list").replaceChildren(...items);
  }
}
