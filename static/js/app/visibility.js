/** Which dots are hidden, and how many are shown. */

import { countVisible, HIDDEN } from "../map/flags.js";
import { count, thousands } from "../model/format.js";
import { byId } from "../ui/dom.js";

export class Visibility {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    explorer.addEventListener("content", () => this.update());
    explorer.addEventListener("colour", () => this.update());
  }

  /** To be called when other dots are to be hidden. */
  update() {
    const { hidden } = this.explorer.colours;
    for (const pane of this.explorer.panes) {
      const { content } = pane;
      if (content) pane.setFlag(HIDDEN, (index) => hidden.has(content.slots[index]));
    }
    this.#showCounts();
    this.explorer.dispatchEvent(new Event("filter"));
  }

  #showCounts() {
    const { content } = this.explorer.panes[0];
    if (!content) return;
    const all = content.points.track.length;
    const visible = countVisible(content.points.track, content.flags);
    const segments =
      visible.segments === all
        ? count(all, "segment")
        : `${thousands(visible.segments)} of ${count(all, "segment")}`;
    byId("shown").textContent =
      `${segments} · ${thousands(visible.tracks)} of ${count(this.explorer.library.tracks, "track")}`;
  }
}
