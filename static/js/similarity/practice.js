/** Practice: questions without end, each with what the network finds once it is answered. */

import { abandon, getJson, send } from "../api.js";
import { buildCatalogue, entryToCompareBy } from "../model/catalogue.js";
import { parsePractice, practiceAddress, verdictSentence } from "../model/trial.js";
import { byId, fillSelect } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { Trial } from "./trial.js";
import { VerdictDetails } from "./verdict-details.js";

/** @typedef {import("../model/catalogue.js").Entry} Entry */

export class Practice {
  choices = parsePractice(location.search);
  /** @type {Entry[]} */
  #entries = [];

  /** @param {string} rater */
  constructor(rater) {
    this.rater = rater;
    this.trial = new Trial((answer) => this.#answer(answer));
    this.details = new VerdictDetails();
    this.part = new Part("trial", () => this.#load());
    this.strategy = /** @type {HTMLSelectElement} */ (byId("test-strategy"));
    this.layer = /** @type {HTMLSelectElement} */ (byId("test-layer"));
    this.other = /** @type {HTMLSelectElement} */ (byId("test-other"));
    byId("test-options").addEventListener("submit", (event) => event.preventDefault());
    byId("test-options").addEventListener("change", () => this.#change());
    for (const id of ["trial-other", "verdict-next"]) {
      byId(id).addEventListener("click", () => this.next());
    }
  }

  show() {
    void this.part.show();
  }

  /** Asks another question. */
  next() {
    byId("verdict").hidden = true;
    this.trial.deck.stop();
    void this.part.show();
  }

  /** The layers that are compared; the second where two are. */
  get #layers() {
    const first = entryToCompareBy(this.#entries, this.choices.layer);
    const others = this.#entries.filter((entry) => entry !== first);
    const named = others.find(({ layer }) => layer.name === this.choices.other);
    const foreign = others.filter(({ model }) => model !== first.model);
    return { first, other: named ?? foreign.find(({ layer }) => layer.key === first.layer.key) ?? others[0] };
  }

  async #load() {
    if (this.#entries.length === 0) {
      const entries = buildCatalogue(await getJson("models/"), []);
      this.#entries = entries.filter(({ layer }) => layer.segments > 0);
      if (this.#entries.length === 0) return "No network has listened to any music yet: there is nothing to ask.";
    }
    this.#render();
    const { first, other } = this.#layers;
    const { strategy } = this.choices;
    const body = { strategy, layer: first.layer.name, other_layer: strategy === "models" ? other?.layer.name : null };
    const response = await send("POST", "listening/questions/", body, { slot: "question" });
    this.trial.ask(await response.json());
    return null;
  }

  #change() {
    const [layer, other] = [this.layer.value, this.other.value];
    const strategy = /** @type {any} */ (this.strategy.value);
    this.choices = { strategy, layer, other: strategy === "models" && other !== layer ? other : null };
    history.replaceState(null, "", practiceAddress(this.choices));
    abandon("question");
    this.next();
  }

  #render() {
    const { first, other } = this.#layers;
    const options = this.#entries.map((entry) => ({ value: entry.layer.name, label: titleOf(entry) }));
    fillSelect(this.layer, options, first.layer.name);
    const others = options.filter(({ value }) => value !== first.layer.name);
    fillSelect(this.other, others, other?.layer.name ?? "");
    this.strategy.value = this.choices.strategy;
    byId("test-other-field").hidden = this.choices.strategy !== "models";
  }

  /** @param {import("./trial.js").Answer} answer */
  async #answer(answer) {
    const { trial } = this;
    const address = `listening/questions/${trial.question?.id}/answers/`;
    const response = await send("POST", address, { ...answer, rater: this.rater });
    const told = await response.json();
    trial.deck.stop();
    const names = /** @type {[string, string]} */ (
      [told.layer, told.other_layer].map((name) => this.#nameOf(name))
    );
    const placeOf = (/** @type {number} */ number) => trial.placeOf(number);
    const marks = new Map([[placeOf(told.nearest), "nearest to the network"]]);
    if (told.nearest_other !== null) {
      marks.set(placeOf(told.nearest), `nearest to ${names[0]}`);
      const place = placeOf(told.nearest_other);
      marks.set(place, [marks.get(place), `nearest to ${names[1]}`].filter(Boolean).join("; "));
    }
    trial.close(marks);
    const title = byId("verdict-title");
    title.textContent = verdictSentence(told, placeOf, names);
    this.details.show(told, placeOf, names, trial.question?.apart ?? "artist");
    byId("verdict").hidden = false;
    title.focus();
    byId("verdict").scrollIntoView({ block: "nearest" });
  }

  /** @param {string} name of a layer */
  #nameOf(name) {
    const entry = this.#entries.find(({ layer }) => layer.name === name);
    return entry ? titleOf(entry) : name;
  }
}

/** @param {Entry} entry */
function titleOf({ model, layer }) {
  return `${model.display_name} (${layer.display_name})`;
}
