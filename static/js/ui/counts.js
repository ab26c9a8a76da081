/** How much of the library is on the map. */

import { count, thousands } from "../model/format.js";
import { byId } from "./dom.js";

/**
 * @param {{segments: number, tracks: number}} visible
 * @param {number} all segments of the map
 * @param {number} tracks in the library
 */
export function showCounts(visible, all, tracks) {
  const segments =
    visible.segments === all
      ? count(all, "segment")
      : `${thousands(visible.segments)} of ${count(all, "segment")}`;
  byId("shown").textContent = `${segments} · ${thousands(visible.tracks)} of ${count(tracks, "track")}`;
  byId("nothing-fits").hidden = visible.segments > 0 || all === 0;
}
