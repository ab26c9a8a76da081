/** The page of searches by a file: sent, heard, played, and compared with the library. */

import { ApiError, getJson, getList, send } from "../api.js";
import { askToHear, forgetFile } from "../app/send-file.js";
import { buildCatalogue, entryToCompareBy } from "../model/catalogue.js";
import { asTrack, fileAddress, hearingBy, lifeSentence } from "../model/file-query.js";
import { mapAddress, parseSearch, positionAt, searchAddress } from "../model/search.js";
import { TrackSound } from "../track/sound.js";
import { WaveformPart } from "../track/waveform-part.js";
import { byId, showText } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { Part } from "../ui/part.js";
import { FileSender } from "./file-sender.js";
import { FoundPart } from "./found-part.js";
import { SearchOptions } from "./options.js";
import { StartPoint } from "./start-point.js";

/**
 * @typedef {import("../model/search.js").Search} Search
 * @typedef {import("../model/file-query.js").FileQuery} FileQuery
 */

export class FilePage {
  choices = parseSearch(location.search);
  /** @type {import("../model/catalogue.js").Entry[]} layers of networks that can listen */
  entries = [];
  /** @type {FileQuery | null} */
  query = null;
  /** @type {FileSender | undefined} */
  sender;
  #mayWork = false;
  /** @type {import("../model/colour-choice.js").Tag[]} */
  #tags = [];

  constructor() {
    this.keys = new KeysDialog();
    this.part = new Part("file-body", () => this.#load());
    wireKeys((key) => this.#press(key));
    byId("file-keep").addEventListener("click", () => void this.#keep());
    byId("file-forget").addEventListener("click", () => void this.#forget());
  }

  /** Asks for what the page needs, and shows each part as it comes. */
  show() {
    void this.part.show();
  }

  /** The layer that is searched; there is one. */
  get layer() {
    return this.#entry.layer;
  }

  get #entry() {
    return entryToCompareBy(this.entries, this.choices.layer);
  }

  async #load() {
    const [models, limits, library, tags] = await Promise.all([
      getJson("models/"),
      getJson("queries/"),
      getJson("library/"),
      getList("tags/?page_size=500"),
    ]);
    this.#mayWork = library.may_work;
    this.#tags = tags;
    this.entries = buildCatalogue(models, []).filter(
      ({ model, layer }) => model.weights_present && layer.segments > 0,
    );
    const listening = [...new Map(this.entries.map(({ model }) => [model.name, model])).values()];
    const model = listening.length > 0 ? this.#entry.model.name : "";
    this.sender ??= new FileSender({ models: listening, model, limits }, (query, by) => {
      const layer = this.choices.layer && by === model ? this.choices.layer : this.#layerOf(by);
      location.assign(fileAddress(query.token, layer));
    });
    if (!this.choices.file || listening.length === 0) return "";
    return this.#showFile(this.choices.file);
  }

  /** @param {string} model */
  #layerOf(model) {
    const own = this.entries.filter((entry) => entry.model.name === model);
    return entryToCompareBy(own, null).layer.name;
  }

  /** @param {string} token */
  async #showFile(token) {
    try {
      await this.#ensureHeard(token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.sender?.explain(error.message);
      return "";
    }
    if (!this.query) return "";
    this.#showQuery(this.query);
    return null;
  }

  /**
   * Has the network of the layer listen, unless it has.
   *
   * @param {string} token
   */
  async #ensureHeard(token) {
    const { name } = this.#entry.model;
    /** @type {FileQuery} */
    const query = await getJson(`queries/${token}/`);
    const hearing = hearingBy(query, name);
    if (hearing?.state === "done") {
      this.query = query;
      return true;
    }
    if (!hearing) await askToHear(token, name);
    const heard = (await this.sender?.follow(token, name)) ?? null;
    this.query = heard ?? this.query;
    return heard !== null;
  }

  /** @param {FileQuery} query that was heard */
  #showQuery(query) {
    byId("start-title").textContent = query.name;
    this.#showLife(query);
    this.sound = new TrackSound(asTrack(query));
    const waveform = new WaveformPart(this.sound, `queries/${query.token}/waveform/`);
    void waveform.part.show();
    this.start = new StartPoint(this, this.sound);
    this.options = new SearchOptions(this, this.#tags);
    this.found = new FoundPart(this, this.sound);
    addEventListener("popstate", () => {
      this.choices = parseSearch(location.search);
      this.#render();
    });
    this.#render();
  }

  /** @param {FileQuery} query */
  #showLife(query) {
    byId("file-life").textContent = lifeSentence(query);
    byId("file-keep").hidden = !this.#mayWork || query.expires_at === null;
    byId("file-forget").textContent = query.expires_at === null ? "Delete" : "Forget it now";
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
    if (change.layer && position !== null) {
      // The same second, as another network counts.
      const seconds = position * before.hop_seconds;
      this.choices.position = positionAt(this.layer, seconds, this.sound?.duration ?? 0);
    }
    const address = searchAddress(this.choices);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
    if (change.layer) void this.#hearAndRender();
    else this.#render();
  }

  async #hearAndRender() {
    try {
      if (this.choices.file && (await this.#ensureHeard(this.choices.file))) this.#render();
    } catch (error) {
      this.sender?.explain(error instanceof Error ? error.message : String(error));
    }
  }

  #render() {
    const { layer, choices } = this;
    const whole = choices.find === "tracks";
    byId("file-start").hidden = whole;
    byId("waveform-timeline").classList.toggle("without-start", whole);
    const map = /** @type {HTMLAnchorElement} */ (byId("file-map"));
    map.href = mapAddress(layer.name, [], choices.file);
    this.sound?.tellOf({ hop: layer.hop_seconds, length: layer.segment_seconds, tags: () => [] });
    this.start?.render();
    this.options?.render();
    void this.found?.part.show();
  }

  async #keep() {
    await this.#say(async () => {
      const answer = await send("POST", `queries/${this.choices.file}/kept/`);
      this.query = await answer.json();
      if (this.query) this.#showLife(this.query);
    });
  }

  async #forget() {
    await this.#say(async () => {
      if (this.choices.file) await forgetFile(this.choices.file);
      location.assign("/search/file");
    });
  }

  /** @param {() => Promise<void>} work whose failure is told beside its button */
  async #say(work) {
    showText(byId("file-message"), null);
    try {
      await work();
    } catch (error) {
      showText(byId("file-message"), error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} key */
  #press(key) {
    if (key !== "?") return this.sound?.press(key) ?? false;
    this.keys.open();
    return true;
  }
}
