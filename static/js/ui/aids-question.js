/** What helps to read the map: switched on and off. */

import { byId } from "./dom.js";

const AIDS = /** @type {const} */ (["names", "near", "trust"]);

export class AidsQuestion {
  /** @param {import("../app/explorer.js").Explorer} explorer */
  constructor(explorer) {
    const boxes = AIDS.map((name) => {
      const box = /** @type {HTMLInputElement} */ (byId(`aid-${name}`));
      box.addEventListener("change", () => explorer.change({ [name]: box.checked }));
      return /** @type {const} */ ([name, box]);
    });
    explorer.addEventListener("choices", () => {
      for (const [name, box] of boxes) box.checked = explorer.choices[name];
    });
  }
}
