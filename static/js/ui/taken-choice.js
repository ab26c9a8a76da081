/** Which of two maps' selections is taken: one click for each way. */

import { byId } from "./dom.js";

export class TakenChoice {
  /** @param {import("../app/explorer.js").Explorer} explorer with two maps */
  constructor(explorer) {
    const radios = /** @type {HTMLInputElement[]} */ ([...byId("taken").querySelectorAll("input")]);
    for (const radio of radios) {
      radio.addEventListener("change", () => {
        explorer.change({ taken: /** @type {typeof explorer.choices.taken} */ (radio.value) });
      });
    }
    explorer.addEventListener("choices", () => {
      for (const radio of radios) radio.checked = radio.value === explorer.choices.taken;
    });
  }
}
