/** Between map and player: pointing at dots, hearing them, and saying what they are. */

import { isAbort } from "../api.js";
import { assignRange, PLAYED, SELECTED } from "../map/flags.js";
import { pointAt, trackRange } from "../map/geometry.js";
import { artistNames, timeSpan } from "../model/format.js";
import { knownTrack, loadTags, loadTrack, titleOf } from "../model/library.js";
import { Player } from "../player/player.js";
import { Card } from "../ui/card.js";
import { byId, showText } from "../ui/dom.js";
import { PlayerBar } from "../ui/player-bar.js";

/** Sound starts, and tags are asked for, once the pointer has rested on a dot this long. */
const REST_MS = 80;

/** @type {[number, number]} a range of no points */
const NOTHING = [0, 0];

/**
 * @typedef {import("../player/player.js").Segment} Segment
 * @typedef {import("../map/view.js").MapView} MapView
 * @typedef {import("../model/catalogue.js").Entry} Entry
 */

export class Listening {
  /** @type {MapView | null} */
  view = null;
  /** @type {Entry | null} the layer that is on the map */
  entry = null;
  /** @type {import("../ui/player-bar.js").PlayOn} */
  #mode = "hover";
  #timer = 0;
  #hovered = -1;
  #frame = 0;
  #selected = NOTHING;
  /** @type {{track: number, seconds: number}[]} moments heard since the page was opened */
  #heard = [];

  constructor() {
    this.card = new Card();
    this.player = new Player(loadTrack);
    this.bar = new PlayerBar({
      onToggle: () => this.#toggle(),
      onKeepPlaying: () => this.#keepPlaying(),
      onVolume: (volume) => (this.player.volume = volume),
      onMode: (mode) => this.#setMode(mode),
    });
    this.player.addEventListener("change", () => this.#onPlayer());
    for (const gesture of ["pointerdown", "keydown"]) {
      document.addEventListener(gesture, () => this.#unlock(), { capture: true });
    }
  }

  /**
   * The pointer is on another dot, or on none.
   *
   * @param {number} index or -1
   */
  hover(index) {
    clearTimeout(this.#timer);
    this.#hovered = index;
    this.view?.element.classList.toggle("on-dot", index >= 0);
    const { streaming } = this.player.state;
    if (index < 0) {
      this.card.hide();
      if (this.#mode === "hover" && !streaming) this.player.stop();
      return;
    }
    const segment = this.#segmentOf(index);
    this.#showCard(index, segment, null);
    this.#timer = window.setTimeout(() => {
      void this.#describe(index, segment);
      if (this.#mode === "hover" && !streaming) void this.player.play(segment);
    }, REST_MS);
  }

  /**
   * A dot was clicked, tapped, or chosen by key.
   *
   * @param {number} index or -1
   */
  pick(index) {
    if (index < 0 || this.#mode === "off") return;
    clearTimeout(this.#timer);
    const segment = this.#segmentOf(index);
    void this.#describe(index, segment);
    void this.player.play(segment);
  }

  /** To be called when the map shows other points, whose flags are all clear. */
  mapChanged() {
    const content = this.view?.content;
    if (!content) return;
    this.#selected = NOTHING;
    for (const { track, seconds } of this.#heard) this.#markHeard(track, seconds);
    this.#markTrack();
  }

  /** @param {number} index */
  #segmentOf(index) {
    const { points, hop } = this.#content();
    const { layer } = this.#shown();
    const start = points.position[index] * hop;
    const track = points.track[index];
    const position = points.position[index];
    return { track, position, start, end: start + layer.segment_seconds };
  }

  /**
   * @param {number} index
   * @param {Segment} segment
   */
  async #describe(index, segment) {
    const tags = this.#tagsOf(segment);
    try {
      await loadTrack(segment.track);
      this.#showCard(index, segment, null);
      this.#showCard(index, segment, await tags);
    } catch (error) {
      if (isAbort(error) || this.#hovered !== index || !this.view) return;
      const message = error instanceof Error ? error.message : "";
      const content = { title: "Not to be had", artist: message, time: "", tags: null };
      this.card.show(content, this.view.pixelOf(index));
    }
  }

  /** @param {Segment} segment */
  async #tagsOf(segment) {
    try {
      return await loadTags(this.#shown().model.name, segment);
    } catch (error) {
      if (isAbort(error)) throw error;
      return []; // the card is of use without them
    }
  }

  /**
   * @param {number} index
   * @param {Segment} segment
   * @param {string[] | null} tags
   */
  #showCard(index, segment, tags) {
    const track = knownTrack(segment.track);
    if (this.#hovered !== index || !this.view) return;
    const content = {
      title: track ? titleOf(track) : "…",
      artist: track ? artistNames(track) : "",
      time: timeSpan(segment.start, segment.end),
      tags,
    };
    this.card.show(content, this.view.pixelOf(index));
  }

  #toggle() {
    const { phase, segment } = this.player.state;
    if (phase === "playing" || phase === "loading") this.player.stop();
    else if (segment) void this.player.play(segment);
  }

  #keepPlaying() {
    const { segment } = this.player.state;
    const track = segment && knownTrack(segment.track);
    if (!track?.audio) return;
    void this.player.keepPlaying(track);
    this.#follow();
  }

  /** @param {import("../ui/player-bar.js").PlayOn} mode */
  #setMode(mode) {
    this.#mode = mode;
    if (mode === "off") this.player.stop();
  }

  #unlock() {
    if (!this.player.locked) return;
    this.player.unlock();
    const { phase, segment } = this.player.state;
    if (phase === "locked" && segment) void this.player.play(segment);
  }

  #onPlayer() {
    const { state } = this.player;
    showText(byId("sound-hint"), state.phase === "locked" ? "Click once to turn sound on" : null);
    const { segment } = state;
    if (!segment) return;
    this.bar.showState(state, knownTrack(segment.track));
    if (state.phase === "loading") void this.#showInBar(segment);
    if (state.phase === "playing") {
      this.#remember(segment);
      this.#follow();
    }
    this.#markTrack();
  }

  /** @param {Segment} segment */
  async #showInBar(segment) {
    try {
      const track = await loadTrack(segment.track);
      if (this.player.state.segment !== segment) return;
      this.bar.showTrack(track, segment);
      this.bar.showState(this.player.state, track);
      const tags = await this.#tagsOf(segment);
      if (this.player.state.segment === segment) this.bar.showTags(tags);
    } catch {
      // The player says what went wrong.
    }
  }

  /** Keeps place and map up with what is heard, once a frame while there is sound. */
  #follow() {
    const { state, seconds } = this.player;
    if (state.phase !== "playing" || !state.segment) return;
    const { track } = state.segment;
    this.bar.showPlace(seconds, knownTrack(track)?.duration ?? null);
    const content = this.view?.content;
    if (content) this.view?.mark(pointAt(content.points, track, seconds, content.hop));
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  /** All dots of the track that is heard stand out. */
  #markTrack() {
    const content = this.view?.content;
    if (!content) return;
    const { phase, segment } = this.player.state;
    const sounding = phase === "playing" || phase === "loading";
    if (!sounding) this.view?.mark(-1);
    const range = segment && sounding ? trackRange(content.points.track, segment.track) : NOTHING;
    assignRange(content.flags, SELECTED, false, ...this.#selected);
    assignRange(content.flags, SELECTED, true, ...range);
    this.#selected = range;
    this.view?.flagsChanged();
  }

  /** @param {Segment} segment */
  #remember({ track, start }) {
    this.#heard.push({ track, seconds: start });
    this.#markHeard(track, start);
  }

  /**
   * @param {number} track
   * @param {number} seconds
   */
  #markHeard(track, seconds) {
    const { points, flags, hop } = this.#content();
    const index = pointAt(points, track, seconds, hop);
    if (index >= 0) assignRange(flags, PLAYED, true, index, index + 1);
  }

  #content() {
    return /** @type {import("../map/view.js").MapContent} */ (this.view?.content);
  }

  #shown() {
    return /** @type {Entry} */ (this.entry);
  }
}
