/** What dots are coloured by: the same on every map of the page. */

import { ApiError, isAbort } from "../api.js";
import { resolveColour } from "../model/choices.js";
import { heardBy, kindOf } from "../model/colour-choice.js";
import { leastOfBest, sequentialPalette } from "../model/colours.js";
import { byId } from "../ui/dom.js";
import { renderLegend, renderLegendFailure, renderRamp } from "../ui/legend.js";
import { loadColouring, plainColouring } from "./colouring.js";

export class Colours {
  /** @type {Set<number>} slots whose dots are switched off in the legend: see `Choices.off` */
  hidden = new Set();
  /** What was last chosen to be off, and to be coloured by, which it belongs to. */
  #off = /** @type {number[]} */ ([]);
  #wanted = "";
  #chosen = plainColouring();
  /** @type {import("./colouring.js").Colouring | null} of another feature, instead of the chosen */
  #lent = null;
  /** What is there, or on its way: asked for again only when it differs. */
  #key = "";
  /** What the chosen colouring shows, as in `Choices.colour`. */
  #shown = "";
  /** @type {unknown} why the chosen colours could not be had */
  failure = null;

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

  /** Whether dots may be shown that have the most of it alone. */
  get ranked() {
    return this.#colouring.ranked ?? false;
  }

  /**
   * The lowest slot of a map's dots that is shown.
   *
   * @param {Uint8Array} slots
   */
  leastOf(slots) {
    const { best } = this.explorer.choices;
    return this.ranked && best !== null && best < 100 ? leastOfBest(slots, best) : 0;
  }

  async #show() {
    const { choices, entries, panes, tags, library } = this.explorer;
    const entry = panes[0].wanted?.entry;
    if (!entry) return;
    const colour = resolveColour(choices, entries, entry, tags, library);
    const left = this.#wanted !== "" && this.#wanted !== colour && this.#off === choices.off;
    [this.#wanted, this.#off] = [colour, choices.off];
    if (left && choices.off.length > 0) return this.explorer.change({ off: [] });
    if (this.#shown === colour && this.#switchOff()) {
      this.#renderLegend();
      this.explorer.visibility.update();
    }
    const heard = ["heard", "words"].includes(kindOf(colour));
    const network = heard ? heardBy(colour, entries, entry).layer.name : "";
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
      this.failure = error;
      this.#paint(); // as before, or plain
      return;
    }
    this.failure = null;
    this.#shown = colour;
    this.#paint();
  }

  /**
   * Takes over what was chosen to be off, of the values that there are.
   *
   * @returns {boolean} whether anything changed
   */
  #switchOff() {
    const { off } = this.explorer.choices;
    const slots = (this.#colouring.legend ?? []).map(({ slot }) => slot);
    const wanted = slots.filter((slot) => off.includes(slot));
    const same = wanted.length === this.hidden.size && wanted.every((slot) => this.hidden.has(slot));
    this.hidden.clear();
    for (const slot of wanted) this.hidden.add(slot);
    return !same;
  }

  #paint() {
    this.#switchOff();
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
    const mistake = this.failure instanceof ApiError && this.failure.code === "query"; // told beside it
    if (this.failure && !mistake && !this.#lent) {
      const message = this.failure instanceof Error ? this.failure.message : String(this.failure);
      renderLegendFailure(legend, message, () => void this.#show());
    } else if (ends) renderRamp(legend, ends);
    else renderLegend(legend, values ?? [], this.hidden, (slot) => this.#toggle(slot));
  }

  /** @param {number} slot of the palette */
  #toggle(slot) {
    // At once, so that the legend is left as it is, and the focus in it.
    if (!this.hidden.delete(slot)) this.hidden.add(slot);
    this.explorer.change({ off: [...this.hidden].sort((a, b) => a - b) });
    this.explorer.visibility.update();
  }
}
