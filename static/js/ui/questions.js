/** The four questions: what is shown, seen by whom, laid out how, coloured by what. */

import { AidsQuestion } from "./aids-question.js";
import { ColourQuestion } from "./colour-question.js";
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
      colour.render();
    });
  }
}
