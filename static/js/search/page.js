/** The page of searches by sound: where one starts, how it looks, and what is found. */

import { getJson, getList } from "../api.js";
import { buildCatalogue, entryToCompareBy } from "../model/catalogue.js";
import { fileAddress } from "../model/file-query.js";
import { artistNames } from "../model/format.js";
import { knownTrack, loadDetail, titleOf } from "../model/library.js";
import { parseSearch, positionAt, searchAddress } from "../model/search.js";
import { TrackSound } from "../track/sound.js";
import { WaveformPart } from "../track/waveform-part.js";
import { byId } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { Part } from "../ui/part.js";
import { DroppedFile } from "../app/dropped-file.js";
import { BlendPart } from "./blend-part.js";
import { FoundPart } from "./found-part.js";
import { SearchOptions } from "./options.js";
import { StartPoint } from "./start-point.js";
import { wireTrackField } from "./track-field.js";

/** @typedef {import("../model/search.js").Search} Search */

export class SearchPage {
  choices = parseSearch(location.search);

  constructor() {
    this.keys = new KeysDialog();
    // Another track is another document: back and forward load it by themselves.
    wireTrackField("start-track", (track) => {
      const begin = { track, position: null, start: null, end: null };
      location.assign(searchAddress({ ...this.choices, ...begin }));
    });
    new DroppedFile(
      () => this.#network(),
      ({ token }, model) => location.assign(fileAddress(token, this.#layerOf(model))),
    );
    this.part = new Part("search-body", () => this.#load());
  }

  /** The network that hears a file which is dropped here: that of the search, if it can. */
  async #network() {
    const entries = this.entries?.length ? this.entries : buildCatalogue(await getJson("models/"), []);
    const listening = entries.filter(({ model, layer }) => model.weights_present && layer.segments > 0);
    if (listening.length === 0) throw new Error("No network can listen here.");
    return entryToCompareBy(listening, this.choices.layer).model.name;
  }

  /**
   * The layer that was searched, where it is of this network.
   *
   * @param {string} model
   */
  #layerOf(model) {
    const entry = this.entries?.length ? entryToCompareBy(this.entries, this.choices.layer) : null;
    return entry?.model.name === model ? entry.layer.name : null;
  }

  /** Asks for what the page needs, and shows each part as it comes. */
  show() {
    if (this.choices.track !== null) return void this.part.show();
    byId("search-empty").hidden = false;
  }

  async #load() {
    const asked = [
      loadDetail(/** @type {number} */ (this.choices.track)),
      getJson("models/"),
      getList("tags/?page_size=500"),
    ];
    const [track, models, tags] = await Promise.all(asked);
    this.#show(track, models, tags);
    return null;
  }

  /**
   * @param {import("../track/page.js").TrackDetail} track
   * @param {import("../model/catalogue.js").Model[]} models
   * @param {import("../model/colour-choice.js").Tag[]} tags
   */
  #show(track, models, tags) {
    const heardBy = track.extractions.filter(({ state }) => state === "done").map(({ model }) => model);
    const entries = buildCatalogue(models, []).filter(
      ({ model, layer }) => heardBy.includes(model.name) && layer.segments > 0,
    );
    const heard = entries.length > 0;
    byId("search-unheard").hidden = heard;
    byId("start-buttons").hidden = byId("search-parts").hidden = !heard;
    this.entries = entries;
    this.sound = new TrackSound(track);
    const waveform = new WaveformPart(this.sound);
    wireKeys((key) => this.#press(key));
    void waveform.part.show();
    this.start = new StartPoint(this, this.sound);
    const link = /** @type {HTMLAnchorElement} */ (byId("start-title"));
    link.textContent = titleOf(track);
    link.href = `/tracks/${track.id}`;
    byId("start-artists").textContent = artistNames(track);
    if (!heard) return;
    this.options = new SearchOptions(this, tags);
    this.blend = new BlendPart(this, this.sound);
    this.found = new FoundPart(this, this.sound);
    addEventListener("popstate", () => {
      this.choices = parseSearch(location.search);
      this.#render();
    });
    this.#render();
    this.start.goThere();
  }

  /** The layer that is searched; there is one. */
  get layer() {
    return entryToCompareBy(this.entries ?? [], this.choices.layer).layer;
  }

  /**
   * Searches otherwise, as a step that leads back.
   *
   * @param {Partial<Search>} change
   */
  change(change) {
    const before = this.layer;
    this.choices = { ...this.choices, ...change };
    const { position } = this.choices;
    if (change.layer) {
      // The same seconds, as another network counts.
      const at = (/** @type {number | null} */ place, /** @type {number} */ duration) =>
        place === null ? null : positionAt(this.layer, place * before.hop_seconds, duration);
      this.choices.position = at(position, this.sound?.duration ?? 0);
      this.choices.others = this.choices.others.map((other) => {
        const duration = knownTrack(other.track)?.duration ?? 0;
        return { ...other, first: at(other.first, duration), last: at(other.last, duration) };
      });
    }
    const address = searchAddress(this.choices);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.#render();
  }

  #render() {
    const { layer } = this;
    this.sound?.tellOf({ hop: layer.hop_seconds, length: layer.segment_seconds, tags: () => [] });
    this.start?.render();
    this.blend?.render();
    this.options?.render();
    void this.found?.part.show();
  }

  /** @param {string} key */
  #press(key) {
    if (key !== "?") return this.sound?.press(key) ?? false;
    this.keys.open();
    return true;
  }
}
