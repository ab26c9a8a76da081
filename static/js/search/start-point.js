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
    /** @type {{start: number, end: number} | null} what was compared: whole segments, in seconds */
    this.compared = null;
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
    const kind = this.#span().position === null ? "the stretch" : "the moment";
    byId("start-kind").textContent = kind;
    this.tell(null);
  }

  /**
   * Shows what a search compares: a stretch is of whole segments, so that its edges move a little.
   *
   * @param {{start: number, end: number} | null} compared null before it is known
   */
  tell(compared) {
    this.compared = compared;
    const { start, end } = compared ?? this.#span();
    byId("start-span").textContent = timeSpan(start, end);
    this.#showMark();
  }

  #showMark() {
    if (!this.page.entries?.length) return;
    const { start, end } = this.compared ?? this.#span();
    const { duration } = this.sound;
    this.mark.hidden = !duration;
    this.mark.style.left = `${(100 * start) / duration}%`;
    this.mark.style.width = `${(100 * (end - start)) / duration}%`;
  }
}
