/** What the pages with maps have in common: the maps, the questions about them, and their aids. */

import { byId } from "../ui/dom.js";
import { FindField } from "../ui/find-field.js";
import { wireHints } from "../ui/hints.js";
import { Questions } from "../ui/questions.js";
import { wireShell } from "../ui/shell.js";
import { Explorer } from "./explorer.js";
import { FileMarks } from "./file-marks.js";
import { watchJobs } from "./jobs.js";
import { JourneyLine } from "./journey-line.js";
import { Keys } from "./keys.js";
import { Misplaced } from "./misplaced.js";
import { NewLayout } from "./new-layout.js";
import { Paths } from "./paths.js";
import { Playlists } from "./playlists.js";
import { RegionNames } from "./region-names.js";
import { SavePicture } from "./save-picture.js";
import { Selecting } from "./selecting.js";
import { TrueNeighbours } from "./true-neighbours.js";
import { ZoomAddress } from "./zoom-address.js";

/**
 * @param {string[]} maps ids of the maps' elements
 * @param {(explorer: Explorer) => void} [addFeatures] of this page alone
 */
export function startPage(maps, addFeatures) {
  wireShell();
  wireHints();
  const explorer = new Explorer(maps.map((id) => byId(id)));
  new Questions(explorer);
  new Paths(explorer);
  new JourneyLine(explorer);
  new SavePicture(explorer);
  new TrueNeighbours(explorer);
  new RegionNames(explorer);
  new Misplaced(explorer);
  // The dialogue is left out where nobody is to know how a layout is made.
  if (document.getElementById("new-layout")) new NewLayout(explorer);
  new Playlists(new Selecting(explorer));
  new FileMarks(explorer);
  new ZoomAddress(explorer);
  new Keys(explorer, new FindField(explorer));
  addFeatures?.(explorer);
  wireTools(explorer);

  document.body.classList.remove("unstarted");
  byId("loading").hidden = false;
  void explorer.refresh();
  watchJobs(
    () => explorer.refresh({ unasked: true }),
    () => explorer.library.may_work,
  );
}

/** @param {Explorer} explorer */
function wireTools({ panes, surface }) {
  const zoomAll = (/** @type {number} */ factor) => {
    for (const { view } of panes) view.zoomBy(factor);
  };
  byId("zoom-in").addEventListener("click", () => zoomAll(1.5));
  byId("zoom-out").addEventListener("click", () => zoomAll(1 / 1.5));
  byId("zoom-reset").addEventListener("click", () => {
    for (const { view } of panes) view.reset();
  });
  document.documentElement.addEventListener("themechange", () => surface.readTheme());
}
