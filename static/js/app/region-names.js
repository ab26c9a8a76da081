/** Names of dense regions, written over the dots. */

import { getTable, isAbort } from "../api.js";
import { drawnPlaces } from "../map/plane.js";
import { extentOf } from "../map/geometry.js";
import { namedRegions, placedNames } from "../map/regions.js";
import { bytesOfPoints } from "../map/segments.js";
import { css } from "../map/theme.js";
import { byId } from "../ui/dom.js";
import { MapNotes } from "../ui/map-notes.js";

/** What the API writes for a segment in which no tag stands out. */
const NO_TAG = 255;
const FONT = "600 14px system-ui, sans-serif";
const LINE = 16; // pixels
/** Names follow filters after this long, so that moving a slider is not slowed down. */
const SETTLE_MS = 120;

/**
 * @typedef {import("./pane.js").Pane} Pane
 * @typedef {{tags: string[], tagOfPoint: Uint8Array, regions: import("../map/regions.js").Region[]}}
 *   Names of what is on a map
 */

export class RegionNames {
  /** @type {Map<Pane, Names>} */
  #names = new Map();
  /** @type {Map<Pane, import("../map/geometry.js").PointSet>} that names were asked for */
  #asked = new Map();
  #timer = 0;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.notes = new MapNotes(byId("names-told"), explorer.panes);
    explorer.addEventListener("content", (event) => {
      const { pane } = /** @type {CustomEvent<{pane: Pane}>} */ (event).detail;
      // The same points may be shown otherwise, as along logarithmic axes: their tags stay.
      if (this.#asked.get(pane) !== pane.content?.points) this.#names.delete(pane);
      this.#update();
    });
    explorer.addEventListener("choices", () => this.#update());
    explorer.addEventListener("filter", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#find(), SETTLE_MS);
    });
    for (const pane of explorer.panes) {
      pane.view.painters.add((context) => this.#paint(context, pane));
    }
  }

  #update() {
    for (const pane of this.explorer.panes) {
      const points = pane.content?.points;
      const wanted = this.explorer.choices.names && points && !pane.averages;
      if (!wanted) this.notes.say(pane, null);
      else if (this.#asked.get(pane) !== points) void this.#load(pane, points);
      pane.view.repaint();
    }
  }

  /**
   * @param {Pane} pane
   * @param {import("../map/geometry.js").PointSet} points
   */
  async #load(pane, points) {
    this.#asked.set(pane, points);
    try {
      const address = `layers/${pane.entry.layer.name}/labels/`;
      const { columns, metadata } = await getTable(address, { slot: `names ${pane.index}` });
      if (this.#asked.get(pane) !== points || pane.content?.points !== points) return;
      this.notes.say(pane, null);
      const labels = /** @type {any} */ (columns);
      const tagOfPoint = bytesOfPoints(points, labels, labels.tag, NO_TAG);
      this.#names.set(pane, { tags: JSON.parse(metadata.tags), tagOfPoint, regions: [] });
      this.#find();
    } catch (error) {
      if (isAbort(error) || this.#asked.get(pane) !== points) return;
      this.#asked.delete(pane); // the next change asks again
      const message = error instanceof Error ? error.message : "";
      if (this.explorer.choices.names) this.notes.say(pane, `No names of regions. ${message}`);
    }
  }

  /** Finds the regions of what is visible. */
  #find() {
    for (const [pane, names] of this.#names) {
      if (!pane.content) continue;
      const { points, flags, log = [false, false] } = pane.content;
      const drawn = drawnPlaces(points, log);
      const extent = extentOf(drawn.x, drawn.y);
      const regions = namedRegions(drawn, flags, names.tagOfPoint, names.tags, extent);
      names.regions = regions.map((region) => ({
        ...region,
        x: log[0] ? 10 ** region.x : region.x,
        y: log[1] ? 10 ** region.y : region.y,
      }));
      pane.view.repaint();
    }
  }

  /**
   * @param {import("../map/svg-context.js").Pen} context
   * @param {Pane} pane
   */
  #paint(context, pane) {
    const names = this.#names.get(pane);
    if (!names || !this.explorer.choices.names || pane.view.moving) return;
    const { view } = pane;
    context.font = FONT;
    const placed = placedNames(names.regions, (x, y) => view.pixelOfData(x, y), {
      width: view.element.clientWidth,
      height: view.element.clientHeight,
      zoom: view.zoomFactor,
      lineHeight: LINE,
      widthOf: (name) => context.measureText(name).width,
    });
    const { ink, background } = view.surface.colours;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 5;
    context.strokeStyle = css(background);
    context.fillStyle = css(ink);
    for (const { name, x, y } of placed) {
      context.strokeText(name, x, y);
      context.fillText(name, x, y);
    }
  }
}
