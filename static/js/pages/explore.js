/** Starts the page of the map. */

import { Explorer } from "../app/explorer.js";
import { watchJobs } from "../app/jobs.js";
import { storage } from "../storage.js";
import { byId } from "../ui/dom.js";
import { wireShell } from "../ui/shell.js";

wireShell();
const explorer = new Explorer();
const { view } = explorer;

byId("zoom-in").addEventListener("click", () => view.zoomBy(1.5));
byId("zoom-out").addEventListener("click", () => view.zoomBy(1 / 1.5));
byId("zoom-reset").addEventListener("click", () => view.reset());
byId("canvas-hint-close").addEventListener("click", () => {
  storage.setItem("canvas-hint", "read");
  byId("canvas-hint").hidden = true;
});
document.documentElement.addEventListener("themechange", () => view.readTheme());

document.body.classList.remove("unstarted");
byId("loading").hidden = false;
void explorer.refresh();
watchJobs(() => explorer.refresh({ unasked: true }));
