/** Which file of a playlist, with which paths; and the download of it. */

import { restore } from "../model/kept-form.js";
import { storage } from "../storage.js";
import { messageOf, wireDialogue } from "./dialogues.js";
import { byId, download, showText } from "./dom.js";

/**
 * @typedef {"m3u8" | "csv" | "parquet"} Kind
 * @typedef {{paths: string, root: string, windows: boolean, times: boolean}} Options
 * @typedef {(kind: Kind, options: Options) => Promise<Response>} Load
 */

const STORAGE_KEY = "playlist-file";

export class ExportDialogue {
  /** @type {Load} */
  #load = () => Promise.reject(new Error("Nothing to load."));

  constructor() {
    this.dialogue = wireDialogue("export-dialog");
    this.form = /** @type {HTMLFormElement} */ (byId("export-form"));
    this.#restore();
    this.form.addEventListener("change", () => this.#showParts());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#download();
    });
  }

  /**
   * @param {string} about what will be in the file
   * @param {Load} load
   */
  open(about, load) {
    this.#load = load;
    byId("export-about").textContent = about;
    showText(byId("export-error"), null);
    this.#showParts();
    this.dialogue.showModal();
  }

  async #download() {
    const button = /** @type {HTMLButtonElement} */ (byId("export-download"));
    showText(byId("export-error"), null);
    button.disabled = true;
    try {
      const { kind, ...options } = this.#chosen();
      const response = await this.#load(kind, options);
      download(await response.blob(), fileName(response) ?? `selection.${kind}`);
      this.#remember();
      this.dialogue.close();
    } catch (error) {
      showText(byId("export-error"), messageOf(error));
    } finally {
      button.disabled = false;
    }
  }

  #chosen() {
    const data = new FormData(this.form);
    const [kind, times] = String(data.get("kind")).split("-");
    const paths = String(data.get("paths"));
    return {
      kind: /** @type {Kind} */ (kind),
      times: times !== undefined,
      paths,
      root: paths === "rooted" ? String(data.get("root")).trim() : "",
      windows: paths !== "absolute" && data.get("windows") === "on",
    };
  }

  /** Only another folder has to be named, and paths of this computer are as they are. */
  #showParts() {
    const { paths } = this.#chosen();
    byId("export-root").hidden = paths !== "rooted";
    byId("export-windows").hidden = paths === "absolute";
  }

  #remember() {
    const values = Object.fromEntries(new FormData(this.form));
    storage.setItem(STORAGE_KEY, JSON.stringify(values));
  }

  #restore() {
    restore([...this.form.querySelectorAll("input")], readStored());
  }
}

/** @returns {Record<string, unknown>} */
function readStored() {
  try {
    return JSON.parse(storage.getItem(STORAGE_KEY) ?? "{}") ?? {};
  } catch {
    return {}; // written by another version
  }
}

/** @param {Response} response */
function fileName(response) {
  const header = response.headers.get("Content-Disposition") ?? "";
  const coded = /filename\*=utf-8''([^;]+)/i.exec(header);
  if (coded) return decodeURIComponent(coded[1]);
  return /filename="([^"]+)"/.exec(header)?.[1];
}
