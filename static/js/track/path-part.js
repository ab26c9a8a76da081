/** Where the track lies on a map: its segments in the order of time, before grey context. */

import { assignFlag, DIMMED } from "../map/flags.js";
import { pointAt, trackRange } from "../map/geometry.js";
import { paintTrajectories } from "../map/trajectories.js";
import { MapView } from "../map/view.js";
import { sequentialPalette } from "../model/colours.js";
import { byId } from "../ui/dom.js";
import { renderRamp } from "../ui/legend.js";
import { PageMap } from "./page-map.js";
import { nearestOf, timeSlots } from "./path.js";

/** @typedef {import("../map/geometry.js").PointSet} PointSet */

/** Only the track's own dots are pointed at. */
class PathView extends MapView {
  /** @type {[number, number]} the track's points */
  range = [0, 0];

  /**
   * @param {[number, number]} pixel
   * @param {number} reach pixels
   */
  pick(pixel, reach) {
    return nearestOf(this.range, (index) => this.pixelOf(index), pixel, reach);
  }
}

export class PathPart {
  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {import("../model/choices.js").PaneChoices} choices of the page of the map
   */
  constructor(sound, choices) {
    this.sound = sound;
    const events = {
      onHover: (/** @type {number} */ index) => byId("map").classList.toggle("on-dot", index >= 0),
      onPick: (/** @type {number} */ index) => this.#play(index),
      onDraw: () => this.#mark(),
    };
    this.map = new PageMap(
      "path",
      choices,
      (surface) => (this.view = new PathView(byId("map"), surface, events)),
      (points) => this.#lookOf(points),
    );
    this.map.view.painters.add(paintTrajectories);
    this.#takeKeys();
    sound.addEventListener("place", () => this.#mark());
    renderRamp(byId("path-ramp"), ["start", "end"]);
  }

  /** @param {PointSet} points of a map */
  #lookOf(points) {
    const range = trackRange(points.track, this.sound.track.id);
    if (range[0] === range[1]) return "This map was made before the track was there, or without it.";
    if (this.view) this.view.range = range;
    const flags = new Uint8Array(points.track.length);
    assignFlag(flags, DIMMED, (index) => index < range[0] || index >= range[1]);
    return { flags, slots: timeSlots(points.track.length, range), palette: sequentialPalette() };
  }

  #mark() {
    const { content } = this.map.view;
    if (!content) return;
    const { track, seconds } = this.sound;
    this.map.view.mark(pointAt(content.points, track.id, seconds, content.hop));
  }

  /** @param {number} index of the track's, or -1 */
  #play(index) {
    const { content } = this.map.view;
    if (index >= 0 && content) this.sound.playFrom(content.points.position[index] * content.hop);
  }

  /** What elsewhere goes from dot to dot, here goes along the track. */
  #takeKeys() {
    this.map.view.element.addEventListener(
      "keydown",
      (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !this.sound.press(event.key)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { capture: true },
    );
  }
}
