/** The page of one track: what is known of it, how it sounds, and where it lies. */

import { getJson } from "../api.js";
import { buildCatalogue } from "../model/catalogue.js";
import { writeAddress } from "../model/choices.js";
import { count } from "../model/format.js";
import { whyUnheard } from "../player/player.js";
import { byId, showText } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { explain } from "../ui/stage.js";
import { AlikePart } from "./alike-part.js";
import { mapChoices, mapQuery } from "./map-choices.js";
import { PathPart } from "./path-part.js";
import { SectionsPart } from "./sections-part.js";
import { TrackSound } from "./sound.js";
import { TagsPart } from "./tags-part.js";
import { WaveformPart } from "./waveform-part.js";

/**
 * @typedef {import("../model/catalogue.js").Model} Model
 * @typedef {{model: string, state: string, reason: string, segments: number}} Extraction
 * @typedef {import("../model/library.js").Track & {extractions: Extraction[],
 *   state_reason: string}} TrackDetail
 */

const DONE = "done";

const STATES = new Map([
  ["pending", "waiting for its turn"],
  ["running", "listening now"],
  ["skipped", "left out"],
  ["failed", "failed"],
]);

export class TrackPage {
  constructor() {
    this.id = Number(byId("track").dataset.id);
    const choices = mapChoices();
    this.choices = choices.panes[0];
    /** @type {HTMLAnchorElement} */ (byId("to-map")).search = mapQuery() || writeAddress(choices);
    this.keys = new KeysDialog();
    const failure = byId("track-failure");
    failure.querySelector("button")?.addEventListener("click", () => void this.show());
  }

  /** Asks for what there is, and shows each part as it comes. */
  async show() {
    const failure = byId("track-failure");
    failure.hidden = true;
    try {
      const [track, models, projections] = await Promise.all([
        getJson(`tracks/${this.id}/`),
        getJson("models/"),
        getJson("projections/"),
      ]);
      this.#show(track, models, projections);
    } catch (error) {
      failure.hidden = false;
      explain(failure, error);
    }
  }

  /**
   * @param {TrackDetail} track
   * @param {Model[]} models
   * @param {import("../model/catalogue.js").Projection[]} projections
   */
  #show(track, models, projections) {
    const unheard = track.audio ? null : [whyUnheard(track), track.state_reason];
    showText(byId("unheard"), unheard && unheard.filter(Boolean).join(" "));
    showNetworks(track.extractions, models);

    const heardBy = track.extractions.filter(({ state }) => state === DONE).map(({ model }) => model);
    const entries = buildCatalogue(models, projections).filter(({ model }) =>
      heardBy.includes(model.name),
    );
    const sound = new TrackSound(track);
    const waveform = new WaveformPart(sound);
    const tags = new TagsPart(sound);
    tags.entries = entries.filter(({ layer }) => layer.kind === "taggram" && layer.segments > 0);
    const path = new PathPart(sound, this.choices);
    path.map.entries = entries;
    const sections = new SectionsPart(sound, path.map.view);
    sections.entries = entries;
    const alike = new AlikePart(sound, this.choices.layer);
    alike.entries = entries;
    wireKeys((key) => this.#press(sound, key));
    for (const { part } of [waveform, tags, path.map]) void part.show();
    sections.show();
    alike.show();
  }

  /**
   * @param {TrackSound} sound
   * @param {string} key
   */
  #press(sound, key) {
    if (key !== "?") return sound.press(key);
    this.keys.open();
    return true;
  }
}

/**
 * @param {Extraction[]} extractions
 * @param {Model[]} models
 */
function showNetworks(extractions, models) {
  const names = new Map(models.map((model) => [model.name, model.display_name]));
  const parts = extractions.flatMap(({ model, state, reason, segments }) => {
    const term = document.createElement("dt");
    term.textContent = names.get(model) ?? model;
    const value = document.createElement("dd");
    const said = [STATES.get(state) ?? state, reason].filter(Boolean).join(": ");
    value.textContent = state === DONE ? count(segments, "segment") : said;
    return [term, value];
  });
  byId("networks").replaceChildren(...parts);
  byId("networks-none").hidden = extractions.length > 0;
}
