/** Where a search starts: a moment or a stretch of the track, marked on its waveform. */

import { timeSpan } from "../model/format.js";
import { positionAt, startOf, withEdge } from "../model/search.js";
import { byId } from "../ui/dom.js";

/**
 * @typedef {Pick<import("./page.js").SearchPage, "choices" | "layer" | "entries" | "change">}
 *   StartedPage a search that starts from a place in what is heard
 */

export class StartPoint {
  /**
   * @param {StartedPage} page
   * @param {import("../track/sound.js").TrackSound} sound
   */
  constructor(page, sound) {
    this.page = page;
    this.sound = sound;
    this.mark = document.createElement("div");
    this.mark.className = "start-mark";
    byId("waveform-timeline").prepend(this.mark);
    byId("start-here").addEventListener("click", () => {
      const position = positionAt(page.layer, sound.seconds, sound.duration);
      page.change({ position, start: null, end: null });
    });
    byId("stretch-from").addEventListener("click", () => this.#setEdge("start"));
    byId("stretch-to").addEventListener("click", () => this.#setEdge("end"));
    sound.addEventListener("length", () => this.#showMark());
  }

  /** @param {"start" | "end"} edge at the place where one is */
  #setEdge(edge) {
    const { seconds, duration } = this.sound;
    this.page.change({ position: null, ...withEdge(this.page.choices, edge, seconds, duration) });
  }

  /** Has the player wait where the search starts. */
  goThere() {
    this.sound.goTo(this.#span().start);
  }

  #span() {
    return startOf(this.page.choices, this.page.layer, this.sound.duration);
  }

  render() {
    const { position, start, end } = this.#span();
    byId("start-kind").textContent = position === null ? "the stretch" : "the moment";
    byId("start-span").textContent = timeSpan(start, end);
    this.#showMark();
  }

  #showMark() {
    if (!this.page.entries?.length) return;
    const { start, end } = this.#span();
    const { duration } = this.sound;
    this.mark.hidden = !duration;
    this.mark.style.left = `${(100 * start) / duration}%`;
    this.mark.style.width = `${(100 * (end - start)) / duration}%`;
  }
}
