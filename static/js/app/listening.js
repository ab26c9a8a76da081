/** Between map and player: pointing at dots, hearing them, and saying what they are. */

import { isAbort } from "../api.js";
import { assignRange, PLAYED, SELECTED } from "../map/flags.js";
import { pointAt, trackRange } from "../map/geometry.js";
import { artistNames, timeSpan } from "../model/format.js";
import { knownTrack, loadTags, loadTrack, titleOf } from "../model/library.js";
import { Heard } from "../player/heard.js";
import { Player } from "../player/player.js";
import { Card } from "../ui/card.js";
import { byId, showText } from "../ui/dom.js";
import { PlayerBar } from "../ui/player-bar.js";

/** Sound starts, and tags are asked for, once the pointer has rested on a dot this long. */
const REST_MS = 80;

/** What browsers may take for a gesture that allows sound; which do differs between them. */
const GESTURES = ["pointerdown", "pointerup", "touchend", "click", "keydown"];

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
  #heard = new Heard();
  /** @type {Segment | null} that the player's bar tells of */
  #told = null;

  constructor() {
    this.card = new Card();
    this.player = new Player(loadTrack);
    this.bar = new PlayerBar({
      onToggle: () => this.#toggle(),
      onKeepPlaying: () => this.#keepPlaying(),
      onSeek: (seconds) => this.#keepPlaying(seconds),
      onVolume: (volume) => (this.player.volume = volume),
      onMode: (mode) => this.#setMode(mode),
    });
    this.player.addEventListener("change", () => this.#onPlayer());
    for (const gesture of GESTURES) {
      document.addEventListener(gesture, () => this.player.unlock(), { capture: true });
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

  /** To be called when the map was drawn anew: dots may be elsewhere. */
  mapDrawn() {
    if (this.#hovered >= 0 && this.view) this.card.place(this.view.pixelOf(this.#hovered));
  }

  /** To be called when the map shows other points, whose flags are all clear. */
  mapChanged() {
    const content = this.view?.content;
    if (!content) return;
    this.#selected = NOTHING;
    this.#moveCard();
    for (const { track, seconds } of this.#heard) this.#markHeard(track, seconds);
    this.#markTrack();
  }

  /** What is pointed at has a new place, and maybe another index, on a newer map. */
  #moveCard() {
    const index = this.view?.hovered ?? -1;
    if (index < 0) return;
    this.#hovered = index;
    void this.#describe(index, this.#segmentOf(index));
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
    try {
      const [tags] = await Promise.all([
        this.#tagsOf(segment, "card"),
        loadTrack(segment.track).then(() => this.#showCard(index, segment, null)),
      ]);
      this.#showCard(index, segment, tags);
      if (this.#hovered === index) this.card.announce();
    } catch (error) {
      if (isAbort(error) || this.#hovered !== index || !this.view) return;
      const message = error instanceof Error ? error.message : "";
      const content = { title: "Not to be had", artist: message, time: "", tags: null };
      this.card.show(content, this.view.pixelOf(index));
      this.card.announce();
    }
  }

  /**
   * @param {Segment} segment
   * @param {"card" | "bar"} where the tags are shown: one does not abort the other's request
   */
  async #tagsOf(segment, where) {
    try {
      return await loadTags(this.#shown().model.name, segment, where);
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

  /** @param {number} [seconds] into the track; the moment that is heard where it is left out */
  #keepPlaying(seconds) {
    const { segment } = this.player.state;
    const track = segment && knownTrack(segment.track);
    if (track?.audio) this.player.keepPlaying(track, seconds);
  }

  /** @param {import("../ui/player-bar.js").PlayOn} mode */
  #setMode(mode) {
    this.#mode = mode;
    if (mode === "off") this.player.stop();
  }

  #onPlayer() {
    const { state } = this.player;
    showText(byId("sound-hint"), state.phase === "locked" ? "Click once to turn sound on" : null);
    const { segment } = state;
    if (!segment) return;
    this.bar.showState(state, knownTrack(segment.track));
    if (state.phase === "loading" || segment !== this.#told) void this.#showInBar(segment);
    if (state.phase === "playing") {
      this.#remember(segment);
      this.#follow();
    }
    this.#markTrack();
  }

  /** @param {Segment} segment */
  async #showInBar(segment) {
    this.#told = segment;
    try {
      const track = await loadTrack(segment.track);
      if (this.player.state.segment !== segment) return;
      this.bar.showTrack(track, segment);
      this.bar.showState(this.player.state, track);
      const tags = await this.#tagsOf(segment, "bar");
      if (this.player.state.segment === segment) this.bar.showTags(tags);
    } catch {
      // The player says what went wrong.
    }
  }

  /** Keeps place and map up with what is heard, once a frame while there is sound. */
  #follow() {
    const { state, seconds } = this.player;
    if (state.phase !== "playing" || !state.segment) return;
    const { track, start } = state.segment;
    this.bar.showPlace(seconds);
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#follow());
    const content = this.view?.content;
    if (!content) return;
    const index = pointAt(content.points, track, seconds, content.hop);
    this.view?.mark(index);
    if (!state.streaming || index < 0) return;
    const segment = this.#segmentOf(index);
    if (segment.start !== start) this.player.follow(segment);
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
    this.#heard.add({ track, seconds: start });
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
