/** Of dots that are coloured by how much there is of something: only the best, so many of a hundred. */

import { byId } from "./dom.js";

export class BestQuestion {
  /** @param {import("../app/explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.slider = /** @type {HTMLInputElement} */ (byId("best"));
    this.slider.addEventListener("input", () => {
      const best = this.slider.valueAsNumber;
      explorer.change({ best: best < 100 ? best : null });
    });
    explorer.addEventListener("choices", () => this.#render());
    explorer.addEventListener("colour", () => this.#render());
  }

  #render() {
    const { choices, colours } = this.explorer;
    byId("best-part").hidden = !colours.ranked;
    const best = Math.min(choices.best ?? 100, 100);
    this.slider.value = String(best);
    const told = best < 100 ? `${best} %` : "100 %: all";
    this.slider.setAttribute("aria-valuetext", told);
    byId("best-told").textContent = told;
  }
}
