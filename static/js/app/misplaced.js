/** Marks the dots that the layout has put among strangers, and says how many there are. */

import { getTable, isAbort } from "../api.js";
import { HIDDEN, LEFT_OUT } from "../map/flags.js";
import { bytesOfPoints } from "../map/segments.js";
import { css } from "../map/theme.js";
import { misplacedSentence } from "../model/sentences.js";
import { byId } from "../ui/dom.js";
import { MapNotes } from "../ui/map-notes.js";

/** Of a segment whose neighbourhood was not measured. */
const UNMEASURED = 255;
const SIZE = 5; // pixels from the middle of a mark to its ends

/**
 * @typedef {import("./pane.js").Pane} Pane
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

export class Misplaced {
  /** @type {Map<Pane, {points: PointSet, indices: number[], trust: Uint8Array}>} dots to be marked */
  #marks = new Map();
  /** @type {Map<Pane, PointSet>} that were asked about */
  #asked = new Map();

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.notes = new MapNotes(byId("misplaced-told"), explorer.panes);
    explorer.addEventListener("choices", () => this.#update());
    explorer.addEventListener("content", () => this.#update());
    explorer.addEventListener("filter", () => this.#count());
    for (const pane of explorer.panes) {
      pane.view.painters.add((context) => this.#paint(context, pane));
    }
  }

  #update() {
    const { choices, panes } = this.explorer;
    for (const pane of panes) {
      const points = pane.content?.points;
      if (!choices.trust || !points) {
        this.#asked.delete(pane);
        this.notes.say(pane, null);
      } else if (this.#asked.get(pane) !== points) {
        void this.#load(pane, points);
      }
      pane.view.repaint();
    }
  }

  /**
   * @param {Pane} pane
   * @param {PointSet} points
   */
  async #load(pane, points) {
    this.#asked.set(pane, points);
    this.#marks.delete(pane);
    this.notes.say(pane, null);
    const { projection, averages } = pane;
    if (averages) return this.notes.say(pane, "Averages are not measured: segments are.");
    if (!projection) return this.notes.say(pane, misplacedSentence(null));
    try {
      const address = projection.points.replace("/points/", "/trust/");
      const { columns, metadata } = await getTable(address, { slot: `trust ${pane.index}` });
      if (this.#asked.get(pane) !== points) return;
      const measured = /** @type {any} */ (columns);
      const trust = bytesOfPoints(points, measured, measured.trust, UNMEASURED);
      const threshold = Number(metadata.threshold);
      const indices = [];
      for (let i = 0; i < trust.length; i++) if (trust[i] < threshold) indices.push(i);
      this.#marks.set(pane, { points, indices, trust });
      this.#count();
      pane.view.repaint();
    } catch (error) {
      if (isAbort(error) || this.#asked.get(pane) !== points) return;
      this.#asked.delete(pane); // to be asked for again
      this.notes.say(pane, error instanceof Error ? error.message : "");
    }
  }

  /** Says how many of the dots that are shown are misplaced. */
  #count() {
    for (const [pane, { points, indices, trust }] of this.#marks) {
      const { content } = pane;
      if (!this.explorer.choices.trust || content?.points !== points) continue;
      const shown = (/** @type {number} */ index) => !(content.flags[index] & LEFT_OUT);
      const found = { misplaced: indices.filter(shown).length, measured: 0, all: 0 };
      for (let i = 0; i < trust.length; i++) {
        if (!shown(i)) continue;
        found.all++;
        if (trust[i] !== UNMEASURED) found.measured++;
      }
      this.notes.say(pane, misplacedSentence(found, pane.projection));
    }
  }

  /**
   * @param {import("../map/svg-context.js").Pen} context
   * @param {Pane} pane
   */
  #paint(context, pane) {
    const marks = this.#marks.get(pane);
    const { content, view } = pane;
    if (!marks || !this.explorer.choices.trust || content?.points !== marks.points) return;
    const { ink, background } = view.surface.colours;
    const [width, height] = [view.element.clientWidth, view.element.clientHeight];
    context.beginPath();
    for (const index of marks.indices) {
      if (content.flags[index] & HIDDEN) continue;
      const [x, y] = view.pixelOf(index);
      if (x < 0 || y < 0 || x > width || y > height) continue;
      context.moveTo(x - SIZE, y - SIZE);
      context.lineTo(x + SIZE, y + SIZE);
      context.moveTo(x + SIZE, y - SIZE);
      context.lineTo(x - SIZE, y + SIZE);
    }
    context.lineCap = "round";
    context.strokeStyle = css(background);
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = css(ink);
    context.lineWidth = 2;
    context.stroke();
  }
}
