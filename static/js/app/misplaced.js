/** Marks the dots that the layout has put among strangers, and says how many there are. */

import { getTable, isAbort } from "../api.js";
import { HIDDEN } from "../map/flags.js";
import { bytesOfPoints } from "../map/segments.js";
import { css } from "../map/theme.js";
import { misplacedSentence } from "../model/sentences.js";
import { byId, showText } from "../ui/dom.js";

/** Of a segment whose neighbourhood was not measured. */
const UNMEASURED = 255;
const SIZE = 5; // pixels from the middle of a mark to its ends

/**
 * @typedef {import("./pane.js").Pane} Pane
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 */

export class Misplaced {
  /** @type {Map<Pane, {points: PointSet, indices: number[]}>} dots to be marked */
  #marks = new Map();
  /** @type {Map<Pane, PointSet>} that were asked about */
  #asked = new Map();

  /** @type {Map<Pane, string>} what is said of each map */
  #sentences = new Map();

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("choices", () => this.#update());
    explorer.addEventListener("content", () => this.#update());
    for (const pane of explorer.panes) {
      pane.view.painters.add((context) => this.#paint(context, pane));
    }
  }

  #update() {
    const { choices, panes } = this.explorer;
    if (!choices.trust) {
      showText(byId("misplaced-told"), null);
      this.#asked.clear();
    }
    for (const pane of panes) {
      const points = pane.content?.points;
      if (choices.trust && points && !pane.averages && this.#asked.get(pane) !== points) {
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
    const { projection } = pane;
    if (!projection) {
      this.#say(pane, misplacedSentence(null));
      return;
    }
    try {
      const address = projection.points.replace("/points/", "/trust/");
      const { columns, metadata } = await getTable(address, { slot: `trust ${pane.index}` });
      if (pane.content?.points !== points) return;
      const measured = /** @type {any} */ (columns);
      const trust = bytesOfPoints(points, measured, measured.trust, UNMEASURED);
      const threshold = Number(metadata.threshold);
      const indices = [];
      let known = 0;
      for (let i = 0; i < trust.length; i++) {
        if (trust[i] !== UNMEASURED) known++;
        if (trust[i] < threshold) indices.push(i);
      }
      this.#marks.set(pane, { points, indices });
      this.#say(pane, misplacedSentence({ misplaced: indices.length, measured: known, all: trust.length }));
      pane.view.repaint();
    } catch (error) {
      this.#asked.delete(pane);
      if (isAbort(error)) return;
      this.#say(pane, error instanceof Error ? error.message : "");
    }
  }

  /**
   * @param {Pane} pane
   * @param {string} sentence
   */
  #say(pane, sentence) {
    this.#sentences.set(pane, sentence);
    const { choices, panes } = this.explorer;
    const lines = panes.map((each) => this.#sentences.get(each)).filter(Boolean);
    const named = lines.length > 1 ? lines.map((line, i) => `Map ${i + 1}: ${line}`) : lines;
    showText(byId("misplaced-told"), choices.trust ? named.join(" ") : null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
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
