/** How much of the library is on the map. */

import { count, thousands } from "../model/format.js";
import { byId } from "./dom.js";

/**
 * @param {{segments: number, tracks: number}} visible
 * @param {number} all dots of the map
 * @param {"segment" | "average"} noun what a dot is
 * @param {number} tracks in the library
 */
export function showCounts(visible, all, noun, tracks) {
  const dots =
    visible.segments === all
      ? count(all, noun)
      : `${thousands(visible.segments)} of ${count(all, noun)}`;
  byId("shown").textContent = `${dots} · ${thousands(visible.tracks)} of ${count(tracks, "track")}`;
  byId("nothing-fits").hidden = visible.segments > 0 || all === 0;
}
