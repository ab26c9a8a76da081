/** Starts the page of two maps. */

import { Disagreement } from "../app/disagreement.js";
import { LinkedPointing } from "../app/linked-pointing.js";
import { Links } from "../app/links.js";
import { startPage } from "../app/start.js";
import { TakenChoice } from "../ui/taken-choice.js";

startPage(["map", "map2"], (explorer) => {
  const links = new Links(explorer);
  new LinkedPointing(explorer, links);
  new Disagreement(explorer);
  new TakenChoice(explorer);
});
