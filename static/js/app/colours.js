/** What dots are coloured by: the same on every map of the page. */

import { isAbort } from "../api.js";
import { resolveColour } from "../model/choices.js";
import { heardBy, kindOf } from "../model/colour-choice.js";
import { sequentialPalette } from "../model/colours.js";
import { byId } from "../ui/dom.js";
import { renderLegend, renderLegendFailure, renderRamp } from "../ui/legend.js";
import { loadColouring, plainColouring } from "./colouring.js";

export class Colours {
  /** @type {Set<number>} slots whose dots are switched off in the legend */
  hidden = new Set();
  #chosen = plainColouring();
  /** @type {import("./colouring.js").Colouring | null} of another feature, instead of the chosen */
  #lent = null;
  /** What is there, or on its way: asked for again only when it differs. */
  #key = "";
  /** What the chosen colouring shows, as in `Choices.colour`. */
  #shown = "";
  /** Why the chosen colours could not be had. */
  #failure = "";

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

  /**
   * Colours dots as another feature wants, until it gives the chosen colours back with null.
   *
   * @param {import("./colouring.js").Colouring | null} colouring
   */
  lend(colouring) {
    if (colouring === this.#lent) return;
    this.#lent = colouring;
    this.hidden.clear();
    this.#paint();
  }

  /** What the colours mean; null before they have come. */
  get legend() {
    const { legend, ends } = this.#colouring;
    if (ends) return { ends, palette: sequentialPalette() };
    return legend && { entries: legend.filter(({ slot }) => !this.hidden.has(slot)) };
  }

  /** What dots are coloured by, for people; empty before the colours have come. */
  get name() {
    return this.#colouring.name;
  }

  get #colouring() {
    return this.#lent ?? this.#chosen;
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
      const loaded = await loadColouring(colour, entries, entry, tags);
      if (key !== this.#key) return; // another is wanted by now
      this.#chosen = loaded;
    } catch (error) {
      if (isAbort(error) || key !== this.#key) return;
      this.#key = "";
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#renderLegend();
      return;
    }
    this.#failure = "";
    if (this.#shown !== colour) this.hidden.clear();
    this.#shown = colour;
    this.#paint();
  }

  #paint() {
    this.#renderLegend();
    for (const pane of this.explorer.panes) {
      const slots = pane.content ? this.slotsOf(pane.dots) : new Uint8Array();
      pane.view.colour(slots, this.#colouring.palette);
    }
    this.explorer.dispatchEvent(new Event("colour"));
  }

  #renderLegend() {
    const legend = byId("legend");
    const { ends, legend: values } = this.#colouring;
    if (this.#failure && !this.#lent) {
      renderLegendFailure(legend, this.#failure, () => void this.#show());
    } else if (ends) renderRamp(legend, ends);
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
