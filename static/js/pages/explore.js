/** Starts the page of the map. */

import { Explorer } from "../app/explorer.js";
import { watchJobs } from "../app/jobs.js";
import { Playlists } from "../app/playlists.js";
import { Selecting } from "../app/selecting.js";
import { byId } from "../ui/dom.js";
import { wireHints } from "../ui/hints.js";
import { Questions } from "../ui/questions.js";
import { wireShell } from "../ui/shell.js";

wireShell();
wireHints();
const explorer = new Explorer([byId("map")]);
new Questions(explorer);
new Playlists(new Selecting(explorer));
const { surface } = explorer;
const [{ view }] = explorer.panes;

byId("zoom-in").addEventListener("click", () => view.zoomBy(1.5));
byId("zoom-out").addEventListener("click", () => view.zoomBy(1 / 1.5));
byId("zoom-reset").addEventListener("click", () => view.reset());
document.documentElement.addEventListener("themechange", () => surface.readTheme());

document.body.classList.remove("unstarted");
byId("loading").hidden = false;
void explorer.refresh();
watchJobs(() => explorer.refresh({ unasked: true }));
