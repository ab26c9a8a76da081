/** Which dots of the other map are the same moments. */

import { UNMATCHED } from "../map/flags.js";
import { linkSegments } from "../model/overlap.js";

/**
 * @typedef {import("./pane.js").Pane} Pane
 * @typedef {import("../model/overlap.js").Links} PaneLinks
 */

export class Links {
  /** @type {Map<Pane, {points: object, others: object, links: PaneLinks}>} by the pane they lead from */
  #known = new Map();

  /** @param {import("./explorer.js").Explorer} explorer with two maps */
  constructor(explorer) {
    this.panes = explorer.panes;
    explorer.addEventListener("content", () => this.#greyTails());
  }

  /** @param {Pane} pane */
  otherOf(pane) {
    return this.panes[1 - pane.index];
  }

  /**
   * The dots of the other map that overlap a dot in time.
   *
   * @param {Pane} pane
   * @param {number} index
   * @returns {number[]} indices, ascending
   */
  twins(pane, index) {
    const links = this.#from(pane);
    if (!links || index < 0) return [];
    const [first, end] = [links.first[index], links.end[index]];
    return Array.from({ length: end - first }, (_, i) => first + i);
  }

  /**
   * @param {Pane} pane
   * @returns {PaneLinks | null} null where a map is not there yet
   */
  #from(pane) {
    const other = this.otherOf(pane);
    const [points, others] = [pane.content?.points, other.content?.points];
    if (!points || !others) return null;
    const known = this.#known.get(pane);
    if (known?.points === points && known.others === others) return known.links;
    const links = linkSegments(points, timingOf(pane), others, timingOf(other));
    this.#known.set(pane, { points, others, links });
    return links;
  }

  /** Moments that the other network did not hear are grey: ends of tracks, or whole tracks. */
  #greyTails() {
    for (const pane of this.panes) {
      const links = this.#from(pane);
      if (links) pane.setFlag(UNMATCHED, (index) => links.first[index] === links.end[index]);
    }
  }
}

/** @param {Pane} pane */
function timingOf(pane) {
  const { hop_seconds: hop, segment_seconds: length } = pane.entry.layer;
  return { hop, length };
}
