/** The page of the listening test: practice, or the set that its address names. */

import { actOf, NONE } from "../model/trial.js";
import { byId } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { Practice } from "./practice.js";
import { rater } from "./rater.js";
import { QuestionSet } from "./set.js";

export class SimilarityPage {
  constructor() {
    const own = rater();
    const slug = new URLSearchParams(location.search).get("set");
    this.test = slug === null ? new Practice(own) : new QuestionSet(slug, own);
    this.keys = new KeysDialog();
    byId("test-rater").textContent = own;
    wireKeys((key) => this.#press(key));
  }

  show() {
    this.test.show();
  }

  /** @param {string} key */
  #press(key) {
    const act = actOf(key);
    if (!act) return false;
    const { trial } = this.test;
    if (act.do === "hear") trial.deck.toggle(act.place);
    else if (act.do === "choose" && trial.deck.last) trial.choose(String(trial.deck.last));
    else if (act.do === "none") trial.choose(NONE);
    else if (act.do === "answer" && trial.open) void trial.answer();
    else if (act.do === "answer") this.test.next();
    else if (act.do === "stop") trial.deck.stop();
    else if (act.do === "keys") this.keys.open();
    return true;
  }
}
