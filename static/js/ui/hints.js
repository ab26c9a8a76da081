/** What is told once, quietly, over the map, until it is closed. */

import { storage } from "../storage.js";
import { byId } from "./dom.js";

/** Wires what closes the hints. */
export function wireHints() {
  byId("canvas-hint-close").addEventListener("click", () => {
    storage.setItem("canvas-hint", "read");
    byId("canvas-hint").hidden = true;
  });
  byId("address-hint-close").addEventListener("click", () => {
    byId("address-hint").hidden = true;
  });
}

/** @param {boolean} byCanvas whether the map is drawn without WebGL2 */
export function tellHowItIsDrawn(byCanvas) {
  byId("canvas-hint").hidden = !byCanvas || storage.getItem("canvas-hint") === "read";
}

/**
 * Says which parts of the address were left out.
 *
 * @param {string[]} names of parameters
 */
export function showAddressHint(names) {
  byId("address-hint").hidden = names.length === 0;
  byId("address-hint-names").textContent = [...new Set(names)].join(", ");
}
