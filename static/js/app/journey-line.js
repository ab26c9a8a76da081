/** The path of the address, drawn on every map of the page. */

import { paintJourney, stopsOn } from "../map/journey.js";
import { count } from "../model/format.js";
import { byId, showText } from "../ui/dom.js";

export class JourneyLine {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("choices", () => this.#update());
    explorer.addEventListener("content", () => this.#update());
    byId("journey-remove").addEventListener("click", () => explorer.change({ journey: [] }));
  }

  get #journey() {
    return this.explorer.choices.journey;
  }

  #update() {
    const wanted = this.#journey.length > 0;
    byId("journey").hidden = !wanted;
    showText(byId("journey-told"), this.#sentence());
    for (const { view } of this.explorer.panes) {
      if (!wanted && !view.painters.has(this.#paint)) continue;
      if (wanted) view.painters.add(this.#paint);
      else view.painters.delete(this.#paint);
      view.repaint();
    }
  }

  /** @param {import("./pane.js").Pane["content"]} content */
  #stopsOn(content) {
    return content ? stopsOn(this.#journey, content.points, content.hop) : [];
  }

  #sentence() {
    const { length } = this.#journey;
    const { content } = this.explorer.panes[0];
    const missing = content ? length - this.#stopsOn(content).length : 0;
    const left = missing > 0 ? ` ${missing} of them ${missing === 1 ? "is" : "are"} not on this map.` : "";
    return `A path of ${count(length, "stop")}, from 1 to ${length}.${left}`;
  }

  /** @type {import("../map/view.js").Painter} */
  #paint = (context, view) => {
    paintJourney(context, view, this.#stopsOn(view.content));
  };
}
