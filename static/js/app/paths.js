/** Tracks as paths through their segments, in the order of time, over the dots. */

import { paintTrajectories } from "../map/trajectories.js";
import { count } from "../model/format.js";
import { byId, showText } from "../ui/dom.js";
import { renderRamp } from "../ui/legend.js";

export class Paths {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    renderRamp(byId("paths-ramp"), ["start of a track", "end"]);
    explorer.addEventListener("choices", () => this.#update());
  }

  #update() {
    const wanted = this.explorer.choices.show === "paths";
    byId("paths-legend").hidden = !wanted;
    for (const { view } of this.explorer.panes) {
      if (wanted === view.painters.has(this.#paint)) continue;
      if (wanted) view.painters.add(this.#paint);
      else view.painters.delete(this.#paint);
      view.redraw();
    }
  }

  /** @type {import("../map/view.js").Painter} */
  #paint = (context, view) => {
    const omitted = paintTrajectories(context, view);
    if (view !== this.explorer.panes[0].view) return;
    const left = `${count(omitted, "track")} left out: so many paths cannot be drawn. Show fewer.`;
    showText(byId("paths-omitted"), omitted > 0 ? left : null);
  };
}
