/** What dots are coloured by: the same on every map of the page. */

import { isAbort } from "../api.js";
import { resolveColour } from "../model/choices.js";
import { heardBy, kindOf } from "../model/colour-choice.js";
import { byId } from "../ui/dom.js";
import { renderLegend, renderLegendFailure, renderRamp } from "../ui/legend.js";
import { loadColouring, plainColouring } from "./colouring.js";

export class Colours {
  /** @type {Set<number>} slots whose dots are switched off in the legend */
  hidden = new Set();
  #colouring = plainColouring();
  /** What is shown, or on its way: asked for again only when it differs. */
  #key = "";
  #shown = "";

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("choices", () => void this.#show());
  }

  /**
   * One slot of the palette a point.
   *
   * @param {import("./colouring.js").Dots} dots
   */
  slotsOf(dots) {
    return this.#colouring.slots(dots);
  }

  async #show() {
    const { choices, entries, panes, tags, library } = this.explorer;
    const entry = panes[0].wanted?.entry;
    if (!entry) return;
    const colour = resolveColour(choices, entries, entry, tags, library);
    const network = kindOf(colour) === "heard" ? heardBy(colour, entries, entry).layer.name : "";
    const key = `${colour} ${network} ${entry.layer.segments} ${library.tracks}`;
    if (key === this.#key) return;
    this.#key = key;
    try {
      this.#colouring = await loadColouring(colour, entries, entry, tags);
    } catch (error) {
      if (isAbort(error)) return;
      this.#key = "";
      const message = error instanceof Error ? error.message : "";
      renderLegendFailure(byId("legend"), message, () => void this.#show());
      return;
    }
    if (this.#shown !== colour) this.hidden.clear();
    this.#shown = colour;
    this.#renderLegend();
    for (const pane of panes) {
      const slots = pane.content ? this.slotsOf(pane.dots) : new Uint8Array();
      pane.view.colour(slots, this.#colouring.palette);
    }
    this.explorer.dispatchEvent(new Event("colour"));
  }

  #renderLegend() {
    const legend = byId("legend");
    const { ends, legend: values } = this.#colouring;
    if (ends) renderRamp(legend, ends);
    else renderLegend(legend, values ?? [], this.hidden, (slot) => this.#toggle(slot));
  }

  /** Switches every value of the legend on. */
  showAll() {
    if (this.hidden.size === 0) return;
    this.hidden.clear();
    this.#renderLegend();
  }

  /** @param {number} slot of the palette */
  #toggle(slot) {
    if (!this.hidden.delete(slot)) this.hidden.add(slot);
    this.explorer.visibility.update();
  }
}
