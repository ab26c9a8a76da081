/** Buttons and keys for selecting, and the list of what is selected. */

import { pathBetween } from "../model/journey.js";
import { positionAt, searchAddress } from "../model/search.js";
import { noNames, sortRows } from "../select/rows.js";
import { byId, showText } from "../ui/dom.js";
import { isTaken } from "../ui/keys.js";
import { SelectionPanel } from "../ui/selection-panel.js";
import { Queue } from "./queue.js";
import { loadNames } from "./track-names.js";

/**
 * @typedef {import("../select/drawing.js").Tool} Tool
 * @typedef {import("../select/drawing.js").Mode} Mode
 * @typedef {import("../ui/selection-panel.js").Command} Command
 * @typedef {import("./queue.js").Stretch} Stretch
 */

const TOOLS = /** @type {const} */ (["lasso", "rectangle"]);
const MODES = /** @type {const} */ (["replace", "add", "subtract"]);

const NOT_SHOWN = "What is selected is not among what is shown. Clear the filter to see it.";
const NONE_OF_TWO = "Nothing is selected this way, or the filter hides it. Try “either map”.";

export class SelectionControls {
  /** @type {Tool | null} */
  #tool = null;
  /** @type {Mode} */
  #mode = "replace";
  #updateRequested = false;
  #names = noNames();
  /** How many tracks there were when the names were asked for. */
  #named = 0;

  /**
   * @param {import("./selecting.js").Selecting} selecting
   * @param {{takeHome: () => void, save: () => void}} dialogues open a dialogue each
   */
  constructor(selecting, dialogues) {
    this.selecting = selecting;
    this.dialogues = dialogues;
    const { listening } = selecting.explorer;
    this.queue = new Queue(listening.player, (message) => this.#tellFailure(message));
    this.panel = new SelectionPanel({
      onCommand: (command) => this.#do(command),
      onOrder: () => this.#update(),
      onPlay: (track) => this.queue.play(this.#stretchesOf([track])),
      onPreview: (track, kind) => void this.#preview(track, kind),
      onRemove: (track) => selecting.removeTrack(track),
      searchFrom: (row) => this.#searchFrom(row),
    });
    listening.player.addEventListener("change", () => this.#markPlaying());
    selecting.addEventListener("change", () => {
      this.#makeRoom();
      this.#requestUpdate();
    });
    selecting.addEventListener("failure", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      this.#tellFailure(`The selection could not be worked out. ${detail?.message ?? ""}`);
    });
    this.#wireTools();
    byId("select-all").addEventListener("click", () => this.#do("all"));
    byId("take-home").addEventListener("click", () => this.#do("playlist"));
    byId("save-shown").addEventListener("click", () => this.#do("save"));
    byId("undo-selection").addEventListener("click", () => this.#do("undo"));
    byId("selection-failure-close").addEventListener("click", () => this.#tellFailure(null));
    document.addEventListener("keydown", (event) => {
      if (isForPage(event) && this.#onKey(event)) event.preventDefault();
    });
  }

  #wireTools() {
    for (const tool of TOOLS) {
      byId(`tool-${tool}`).addEventListener("click", () => {
        this.#tool = this.#tool === tool ? null : tool;
        this.#showTools();
      });
    }
    for (const mode of MODES) {
      byId(`mode-${mode}`).addEventListener("click", () => {
        this.#mode = mode;
        this.#showTools();
      });
    }
    byId("tool-undo").addEventListener("click", () => this.#do("undo"));
    this.#showTools();
  }

  #showTools() {
    for (const tool of TOOLS) press(`tool-${tool}`, this.#tool === tool);
    for (const mode of MODES) press(`mode-${mode}`, this.#mode === mode);
    byId("draw-modes").hidden = this.#tool === null;
    byId("maps").classList.toggle("drawing", this.#tool !== null);
    this.selecting.draw(this.#tool, this.#mode);
  }

  /** @param {Command | "all"} command */
  #do(command) {
    const { current } = this.selecting;
    if (command === "all") current.selection.selectAll();
    else if (command === "invert") current.selection.invert();
    else if (command === "undo") this.selecting.undo();
    else if (command === "clear") this.selecting.clear();
    else if (command === "playlist") this.dialogues.takeHome();
    else if (command === "save") this.dialogues.save();
    else this.queue.play(this.#stretchesOf(this.#sorted().map(({ track }) => track)));
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key means something here
   */
  #onKey({ key, ctrlKey, metaKey, altKey }) {
    const { selecting } = this;
    if (altKey) return false;
    if (ctrlKey || metaKey) {
      if (key === "a") this.#do("all");
      else if (key === "z") this.#do("undo");
      else return false;
      return true;
    }
    if (key === "Escape") return selecting.escape();
    if (key === "i") this.#do("invert");
    else if (key === "s") selecting.togglePointed(false);
    else if (key === "S") selecting.togglePointed(true);
    else return false;
    return true;
  }

  /** The list takes room from the map: at once, for else the map would be drawn twice. */
  #makeRoom() {
    const { empty, explorer } = this.selecting;
    if (this.panel.element.hidden === empty) return;
    this.panel.element.hidden = empty;
    explorer.surface.measure();
  }

  /** The list follows when the map has shown a selection. */
  #requestUpdate() {
    if (this.#updateRequested) return;
    this.#updateRequested = true;
    requestAnimationFrame(() => {
      setTimeout(() => {
        this.#updateRequested = false;
        this.#update();
      });
    });
  }

  #update() {
    const { selecting } = this;
    const { empty, undoable } = selecting;
    byId("undo-selection").hidden = !empty || !undoable;
    /** @type {HTMLButtonElement} */ (byId("tool-undo")).disabled = !undoable;
    if (empty) return this.panel.hide();
    void this.#learnNames();
    const twoMaps = this.selecting.panes.length > 1;
    const rows = this.#sorted();
    this.panel.show(rows, this.#names, undoable, twoMaps ? NONE_OF_TWO : NOT_SHOWN);
    const first = selecting.panes[0].pane; // which may still be on its way while the other is there
    this.panel.offerPath(first.content && pathBetween(rows, first.entry.layer));
    this.#markPlaying();
  }

  /** @param {import("../select/mask.js").Row} row whose first selected moment is searched from */
  #searchFrom({ track, start }) {
    const panes = this.selecting.explorer.panes.filter((pane) => pane.content);
    const { layer } = panes[0].entry; // what is selected lies on a map
    return searchAddress({ layer: layer.name, track, position: positionAt(layer, start, 0) });
  }

  #sorted() {
    const order = /** @type {import("../select/rows.js").Order} */ (this.panel.order.value);
    return sortRows(this.selecting.rows(), order, this.#names);
  }

  /**
   * @param {number[]} tracks in their order
   * @returns {Stretch[]}
   */
  #stretchesOf(tracks) {
    const stretches = this.selecting.stretches();
    return tracks.flatMap((track) => (stretches.get(track) ?? []).map((each) => ({ track, ...each })));
  }

  /**
   * @param {number} track
   * @param {import("../model/previews.js").PreviewKind} kind
   */
  async #preview(track, kind) {
    try {
      await this.selecting.explorer.listening.preview(track, kind);
    } catch (error) {
      this.#tellFailure(error instanceof Error ? error.message : "");
    }
  }

  async #learnNames() {
    const { tracks } = this.selecting.explorer.library;
    if (tracks === this.#named) return;
    this.#named = tracks;
    try {
      this.#names = await loadNames();
      this.#update();
    } catch (error) {
      this.#named = 0;
      const message = error instanceof Error ? error.message : "";
      this.#tellFailure(`The names of the tracks could not be loaded. ${message}`);
    }
  }

  #markPlaying() {
    const { phase, segment } = this.selecting.explorer.listening.player.state;
    const sounds = phase === "playing" || phase === "loading";
    this.panel.markPlaying(sounds && segment ? segment.track : null);
  }

  /** @param {string | null} message */
  #tellFailure(message) {
    byId("selection-failure").hidden = message === null;
    showText(byId("selection-failure-message"), message);
  }
}

/**
 * @param {string} id
 * @param {boolean} pressed
 */
function press(id, pressed) {
  byId(id).setAttribute("aria-pressed", String(pressed));
}

/**
 * Whether a key is pressed on the page itself, and not in a field, a list, or over it.
 *
 * @param {KeyboardEvent} event
 */
function isForPage({ key, target, defaultPrevented }) {
  if (defaultPrevented || isTaken(key)) return false;
  const element = /** @type {Element} */ (target);
  const elsewhere = "input:not([type=range], [type=radio], [type=checkbox]), select, textarea";
  return !element.closest?.(elsewhere);
}
