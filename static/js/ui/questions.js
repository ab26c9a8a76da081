/** The four questions: what is shown, seen by whom, laid out how, coloured by what. */

import { AidsQuestion } from "./aids-question.js";
import { ColourQuestion } from "./colour-question.js";
import { byId } from "./dom.js";
import { MapQuestions } from "./map-questions.js";
import { TracksQuestion } from "./tracks-question.js";

export class Questions {
  /** @param {import("../app/explorer.js").Explorer} explorer */
  constructor(explorer) {
    const tracks = new TracksQuestion(explorer);
    const maps = explorer.panes.map((pane) => new MapQuestions(pane));
    const colour = new ColourQuestion(explorer);
    new AidsQuestion(explorer);
    explorer.addEventListener("choices", () => {
      tracks.render();
      for (const questions of maps) questions.render();
      tellOnce(explorer.panes);
      colour.render();
    });
  }
}

/**
 * What is the same of both maps is said once.
 *
 * @param {import("../app/pane.js").Pane[]} panes
 */
function tellOnce(panes) {
  if (panes.length < 2) return;
  const [first, second] = [byId("axes-sentence"), byId("axes-sentence2")];
  second.hidden = first.textContent === second.textContent;
}
