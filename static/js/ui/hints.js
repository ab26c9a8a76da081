/** What is told once, quietly, over the map, until it is closed. */

import { storage } from "../storage.js";
import { byId } from "./dom.js";

/** Wires what closes the hints. */
export function wireHints() {
  byId("canvas-hint-close").addEventListener("click", () => {
    storage.setItem("canvas-hint", byId("canvas-sample").hidden ? "read" : SAMPLE_READ);
    byId("canvas-hint").hidden = true;
  });
  byId("address-hint-close").addEventListener("click", () => {
    byId("address-hint").hidden = true;
  });
  byId("address-room-close").addEventListener("click", () => {
    roomRead = true;
    byId("address-room").hidden = true;
  });
}

/** That only a part is drawn is told, though the rest of the hint was closed before. */
const SAMPLE_READ = "sample read";

/** @param {import("../map/view.js").MapView} view */
export function tellHowItIsDrawn({ surface, every }) {
  const known = storage.getItem("canvas-hint");
  const read = known === SAMPLE_READ || (known === "read" && every === 1);
  byId("canvas-hint").hidden = surface.layer.kind !== "canvas" || read;
  byId("canvas-sample").hidden = every === 1;
  byId("canvas-every").textContent = String(every);
}

let roomRead = false;

/** @param {boolean} enough whether all that is chosen is in the address */
export function tellAddressRoom(enough) {
  if (enough) roomRead = false;
  byId("address-room").hidden = enough || roomRead;
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
