/** Lines from the dot that is pointed at to its true nearest neighbours, wherever they lie. */

import { getJson, isAbort } from "../api.js";
import { HIDDEN } from "../map/flags.js";
import { indexOfSegment } from "../map/segments.js";
import { css } from "../map/theme.js";
import { byId, showText } from "../ui/dom.js";

/** They are asked for once the pointer has rested on a dot this long, as sound is. */
const REST_MS = 80;
const NEIGHBOURS = 12;
/** Of the ring around a neighbour, and of the gap that it encloses, in pixels. */
const RING = 1.5;
const GAP = 2.5;

/** @typedef {import("./pane.js").Pane} Pane */

export class TrueNeighbours {
  #timer = 0;
  /** @type {{pane: Pane, from: number, to: number[]} | null} indices of points, nearest first */
  #shown = null;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("hover", (event) => {
      const { pane, index } = /** @type {CustomEvent} */ (event).detail;
      this.#hover(pane, index);
    });
    explorer.addEventListener("content", () => this.#clear());
    explorer.addEventListener("choices", () => {
      if (explorer.choices.near) return;
      this.#clear();
      showText(byId("near-told"), null);
    });
    for (const pane of explorer.panes) {
      pane.view.painters.add((context) => {
        if (this.#shown?.pane === pane) this.#paint(context, pane);
      });
    }
  }

  /**
   * @param {Pane} pane
   * @param {number} index or -1
   */
  #hover(pane, index) {
    clearTimeout(this.#timer);
    this.#clear();
    if (index < 0 || !this.explorer.choices.near || pane.averages) return;
    this.#timer = window.setTimeout(() => void this.#ask(pane, index), REST_MS);
  }

  /**
   * @param {Pane} pane
   * @param {number} index
   */
  async #ask(pane, index) {
    const points = pane.content?.points;
    if (!points) return;
    const query = new URLSearchParams({
      track: String(points.track[index]),
      position: String(points.position[index]),
      limit: String(NEIGHBOURS),
    });
    if (pane.projection) query.set("projection", String(pane.projection.id));
    let near;
    try {
      const address = `layers/${pane.entry.layer.name}/neighbours/?${query}`;
      near = await getJson(address, { slot: "neighbours" });
    } catch (error) {
      if (isAbort(error) || !this.explorer.choices.near) return;
      const message = error instanceof Error ? error.message : "";
      showText(byId("near-told"), `No true neighbours. ${message}`);
      return;
    }
    showText(byId("near-told"), null);
    if (pane.view.hovered !== index || pane.content?.points !== points) return;
    const found = near.map((/** @type {{track: number, position: number}} */ each) =>
      indexOfSegment(points, each.track, each.position),
    );
    this.#show(pane, index, found);
  }

  /**
   * @param {Pane} pane
   * @param {number} from
   * @param {number[]} found -1 where a neighbour is not on the map
   */
  #show(pane, from, found) {
    const { flags } = /** @type {import("../map/view.js").MapContent} */ (pane.content);
    const to = found.filter((index) => index >= 0 && !(flags[index] & HIDDEN));
    this.#shown = { pane, from, to };
    pane.view.repaint();
  }

  #clear() {
    if (!this.#shown) return;
    const { view } = this.#shown.pane;
    this.#shown = null;
    view.repaint();
  }

  /**
   * @param {import("../map/svg-context.js").Pen} context
   * @param {Pane} pane
   */
  #paint(context, { view }) {
    if (!this.#shown) return;
    const { from, to } = this.#shown;
    const { ink, background } = view.surface.colours;
    const [x, y] = view.pixelOf(from);
    const lines = to.map((index) => view.pixelOf(index));
    // Light below dark, so that lines are seen over dots of any colour.
    for (const [colour, width] of /** @type {const} */ ([[css(background), 4], [css(ink), 1.5]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      lines.forEach(([toX, toY], rank) => {
        context.globalAlpha = 0.9 - (0.5 * rank) / NEIGHBOURS;
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(toX, toY);
        context.stroke();
      });
    }
    context.globalAlpha = 1;
    to.forEach((index, i) => paintRinged(context, view, index, lines[i]));
  }
}

/**
 * A dot over all others, with a ring.
 *
 * @param {import("../map/svg-context.js").Pen} context
 * @param {import("../map/view.js").MapView} view
 * @param {number} index of the dot
 * @param {[number, number]} pixel of its centre
 */
function paintRinged(context, view, index, [x, y]) {
  const { columns, palette, radius, ink, background } = view.frame();
  const at = columns.slot[index] * 4;
  const [red, green, blue] = palette.subarray(at, at + 3);
  const discs = /** @type {const} */ ([
    [radius + GAP + RING, css(ink)],
    [radius + GAP, css(background)],
    [radius, css([red, green, blue])],
  ]);
  for (const [size, colour] of discs) {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
  }
}
