/** Where sections begin: lines over the loudness, rings on the path. */

import { pointAt } from "../map/geometry.js";
import { css } from "../map/theme.js";
import { byId } from "../ui/dom.js";

const RADIUS = 7; // pixels of a ring

/** @typedef {import("../model/sections.js").Section} Section */

export class SectionMarks {
  /** @type {Section[]} */
  #sections = [];

  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {import("../map/view.js").MapView} map on which the track's path lies
   */
  constructor(sound, map) {
    this.sound = sound;
    this.map = map;
    map.painters.add((context) => this.#paint(context));
    sound.addEventListener("length", () => this.#showLines());
  }

  /** @param {Section[]} sections none where there is one alone */
  show(sections) {
    this.#sections = sections;
    this.#showLines();
    this.map.repaint();
  }

  #showLines() {
    const timeline = byId("waveform-timeline");
    timeline.querySelectorAll(".section-line").forEach((line) => line.remove());
    const { duration } = this.sound;
    if (!duration) return;
    const lines = this.#sections.slice(1).map(({ start }) => {
      const line = document.createElement("div");
      line.className = "section-line";
      line.style.left = `${(100 * start) / duration}%`;
      return line;
    });
    timeline.append(...lines);
  }

  /** @param {import("../map/svg-context.js").Pen} context */
  #paint(context) {
    const { content, surface } = this.map;
    if (!content || this.#sections.length === 0) return;
    context.beginPath();
    for (const { start } of this.#sections) {
      const index = pointAt(content.points, this.sound.track.id, start, content.hop);
      if (index < 0) continue;
      const [x, y] = this.map.pixelOf(index);
      context.moveTo(x + RADIUS, y);
      context.arc(x, y, RADIUS, 0, 2 * Math.PI);
    }
    const { ink, background } = surface.colours;
    context.strokeStyle = css(background);
    context.lineWidth = 5;
    context.stroke();
    context.strokeStyle = css(ink);
    context.lineWidth = 2;
    context.stroke();
  }
}
