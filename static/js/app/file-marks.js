/** A file that somebody searches by, on the maps: dropped there, marked, heard, and left again. */

import { getJson, isAbort } from "../api.js";
import { markAt, paintMarks, placed } from "../map/marks.js";
import { asTrack, fileAddress, FILE_ID, hearingBy, placesSentence } from "../model/file-query.js";
import { rememberFile } from "../model/library.js";
import { searchAddress } from "../model/search.js";
import { byId } from "../ui/dom.js";
import { MapNotes } from "../ui/map-notes.js";
import { DroppedFile } from "./dropped-file.js";
import { askToHear } from "./send-file.js";

/** How far from a mark one may point, in pixels. */
const REACH = { mouse: 10, touch: 24 };

/**
 * @typedef {import("./pane.js").Pane} Pane
 * @typedef {import("../model/file-query.js").FileQuery} FileQuery
 */

export class FileMarks {
  /** @type {FileQuery | null} of the token in the address */
  #query = null;
  /** @type {string | null} that was asked for */
  #token = null;
  /** @type {Map<Pane, {key: string, marks: import("../map/marks.js").Mark[]}>} */
  #marks = new Map();
  /** @type {{pane: Pane, position: number} | null} */
  #pointed = null;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.notes = new MapNotes(byId("file-told"), explorer.panes);
    this.dropped = new DroppedFile(
      () => this.#network(),
      (query) => {
        this.#take(query);
        explorer.change({ file: query.token });
      },
    );
    explorer.addEventListener("choices", () => void this.#update());
    explorer.addEventListener("content", () => void this.#update());
    byId("file-remove").addEventListener("click", () => explorer.change({ file: null }));
    for (const pane of explorer.panes) this.#wire(pane);
  }

  /** Of the first map, if it can listen. */
  #network() {
    const entry = this.explorer.panes[0].content ? this.explorer.panes[0].entry : null;
    if (!entry?.model.weights_present) {
      throw new Error("The network of this map cannot listen here: choose another under “Seen by”.");
    }
    return entry.model.name;
  }

  /** @param {FileQuery} query as it is known now */
  #take(query) {
    this.#token = query.token;
    this.#query = query;
    rememberFile(asTrack(query));
  }

  async #update() {
    const { file } = this.explorer.choices;
    byId("file-hint").hidden = file === null;
    if (file !== this.#token) {
      this.#token = file;
      this.#query = null;
      this.#clear();
      if (file) await this.#load(file);
    }
    if (!this.#query) return;
    await Promise.all(this.explorer.panes.map((pane) => this.#place(pane)));
  }

  /** @param {string} token */
  async #load(token) {
    try {
      const query = await getJson(`queries/${token}/`);
      if (this.#token === token) this.#take(query);
    } catch (error) {
      if (this.#token !== token) return;
      this.dropped.explain(error instanceof Error ? error.message : String(error));
      this.explorer.change({ file: null }, { step: false });
    }
  }

  #clear() {
    this.#pointed = null;
    for (const pane of this.#marks.keys()) this.notes.say(pane, null);
    this.#marks.clear();
    for (const { view } of this.explorer.panes) view.repaint();
  }

  /**
   * Asks where the file lies on what a map shows, once.
   *
   * @param {Pane} pane
   */
  async #place(pane) {
    const query = this.#query;
    if (!pane.content || !pane.shown || !query) return;
    const { entry, projection, x, y } = pane.shown;
    const { name } = entry.layer;
    const where = projection ? `projections/${projection.id}` : `layers/${name}`;
    const key = `queries/${query.token}/${where}/points/?x=${x}&y=${y}&averages=${pane.averages !== null}`;
    if (this.#marks.get(pane)?.key === key) return;
    this.#marks.set(pane, { key, marks: [] });
    this.notes.say(pane, `“${query.name}” …`);
    const current = () => this.#query?.token === query.token && this.#marks.get(pane)?.key === key;
    try {
      await this.#ensureHeard(query, entry.model);
      const { points, average, exact } = await getJson(key.replace(/&averages=\w+$/, ""));
      if (!current()) return;
      const whole = { ...average, position: 0, start: 0, end: query.duration ?? 0 };
      const marks = (pane.averages ? [whole] : points).filter((/** @type {any} */ point) => point.x !== null);
      this.#marks.set(pane, { key, marks });
      this.notes.say(pane, placesSentence(query, marks.length, { exact, whole: pane.averages !== null }));
      const link = /** @type {HTMLAnchorElement} */ (byId("file-page"));
      link.href = fileAddress(query.token, this.explorer.panes[0].entry.layer.name);
    } catch (error) {
      if (!isAbort(error) && current()) {
        const why = error instanceof Error ? error.message : String(error);
        this.notes.say(pane, `“${query.name}” is not on this map. ${why}`);
      }
    }
    pane.view.repaint();
  }

  /**
   * @param {FileQuery} query
   * @param {import("../model/catalogue.js").Model} model
   */
  async #ensureHeard(query, model) {
    const hearing = hearingBy(query, model.name);
    if (hearing?.state === "done") return;
    if (!model.weights_present) throw new Error("This network cannot listen here.");
    if (hearing?.state !== "queued" && hearing?.state !== "running") await askToHear(query.token, model.name);
    const heard = await this.dropped.hear(query.token, model.name);
    if (this.#token === heard.token) this.#take(heard);
  }

  /** @param {Pane} pane */
  #wire(pane) {
    const { view } = pane;
    const { element } = view;
    view.painters.add((context) => {
      const position = this.#pointed?.pane === pane ? this.#pointed.position : -1;
      paintMarks(context, view, this.#placesOn(pane), position);
    });
    // Before the dots' own listeners: marks lie over them.
    element.addEventListener(
      "pointermove",
      (event) => {
        if (event.pointerType === "touch" || event.buttons !== 0) return;
        this.#point(pane, this.#markUnder(pane, event), event);
      },
      { capture: true },
    );
    element.addEventListener("pointerleave", () => this.#leave());
    element.addEventListener("click", (event) => this.#click(pane, event), { capture: true });
  }

  /** @param {Pane} pane */
  #placesOn(pane) {
    const marks = this.#marks.get(pane)?.marks ?? [];
    if (marks.length === 0 || !pane.shown) return [];
    return placed(pane.view, marks, pane.shown.log);
  }

  /**
   * @param {Pane} pane
   * @param {MouseEvent} event
   */
  #markUnder(pane, event) {
    const places = this.#placesOn(pane);
    if (places.length === 0) return null;
    const { left, top } = pane.view.element.getBoundingClientRect();
    const touch = "pointerType" in event && event.pointerType === "touch";
    return markAt(places, [event.clientX - left, event.clientY - top], touch ? REACH.touch : REACH.mouse);
  }

  /**
   * @param {Pane} pane
   * @param {ReturnType<typeof markAt<{mark: import("../map/marks.js").Mark, pixel: [number, number]}>>} found
   * @param {Event} event that is not for the dots where there is a mark
   */
  #point(pane, found, event) {
    if (!found) return this.#leave();
    event.stopImmediatePropagation();
    const { mark, pixel } = found;
    if (this.#pointed?.pane === pane && this.#pointed.position === mark.position) return;
    pane.view.hover(-1);
    this.#pointed = { pane, position: mark.position };
    pane.view.element.classList.add("on-dot");
    this.explorer.listening.hoverMark(pane, {
      segment: { track: FILE_ID, ...mark },
      title: this.#query?.name ?? "",
      kind: "Your file",
      place: pixel,
    });
    pane.view.repaint();
  }

  #leave() {
    if (!this.#pointed) return;
    const { pane } = this.#pointed;
    this.#pointed = null;
    this.explorer.listening.hoverMark(pane, null);
    pane.view.repaint();
  }

  /**
   * Leads to what sounds like the moment; where clicks play, it plays.
   *
   * @param {Pane} pane
   * @param {MouseEvent} event
   */
  #click(pane, event) {
    const found = this.#markUnder(pane, event);
    if (!found || !this.#query) return;
    const touch = "pointerType" in event && event.pointerType === "touch";
    this.#point(pane, found, event);
    event.stopImmediatePropagation();
    const { listening } = this.explorer;
    if (touch || listening.playsOnClick) return listening.pickMark({ track: FILE_ID, ...found.mark });
    const { position } = found.mark;
    const moment = pane.averages ? {} : { position };
    location.assign(searchAddress({ file: this.#query.token, layer: pane.entry.layer.name, ...moment }));
  }
}
