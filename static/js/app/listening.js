/** Between map and player: pointing at dots, hearing them, and saying what they are. */

import { isAbort } from "../api.js";
import { assignRange, HEARD, PLAYED } from "../map/flags.js";
import { pointAt, trackRange } from "../map/geometry.js";
import { FILE_ID } from "../model/file-query.js";
import { artistNames, timeSpan } from "../model/format.js";
import { knownTrack, loadTags, loadTrack, titleOf } from "../model/library.js";
import { previewOf } from "../model/previews.js";
import { Heard } from "../player/heard.js";
import { unlockByGesture } from "../player/gestures.js";
import { Player } from "../player/player.js";
import { Card } from "../ui/card.js";
import { byId, showText } from "../ui/dom.js";
import { PlayerBar } from "../ui/player-bar.js";

/** Sound starts, and tags are asked for, once the pointer has rested on a dot this long. */
const REST_MS = 80;

/** Seconds: the end of any track. */
const WHOLE = 1e6;

/** @type {[number, number]} a range of no points */
const NOTHING = [0, 0];

/**
 * @typedef {import("../player/player.js").Segment} Segment
 * @typedef {import("./pane.js").Pane} Pane
 */

export class Listening {
  /** @type {import("../ui/player-bar.js").PlayOn} */
  #mode = "hover";
  #timer = 0;
  #hovered = -1;
  #frame = 0;
  /** @type {number | null} where the track was stopped that kept playing, in seconds */
  #stoppedAt = null;
  /** @type {Map<Pane, [number, number]>} dots of the track that is heard */
  #sounding = new Map();
  #heard = new Heard();
  /** @type {Segment | null} that the player's bar tells of */
  #told = null;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.panes = explorer.panes;
    /** The map that was pointed at last. */
    this.pane = this.panes[0];
    explorer.addEventListener("content", (event) => {
      this.#mapChanged(/** @type {CustomEvent<{pane: Pane}>} */ (event).detail.pane);
    });
    this.card = new Card();
    this.player = new Player(loadTrack);
    this.bar = new PlayerBar({
      onToggle: () => this.toggle(),
      onKeepPlaying: () => this.#keepPlaying(),
      onSeek: (seconds) => this.#keepPlaying(seconds),
      onVolume: (volume) => (this.player.volume = volume),
      onMode: (mode) => this.#setMode(mode),
    });
    this.player.addEventListener("change", () => this.#onPlayer());
    unlockByGesture(this.player);
  }

  /**
   * The pointer is on another dot, or on none.
   *
   * @param {Pane} pane
   * @param {number} index or -1
   */
  hover(pane, index) {
    clearTimeout(this.#timer);
    this.pane = pane;
    this.#hovered = index;
    pane.view.element.classList.toggle("on-dot", index >= 0);
    const { streaming } = this.player.state;
    if (index < 0) {
      this.card.hide();
      if (this.#mode === "hover" && !streaming) this.player.stop();
      return;
    }
    this.#stoppedAt = null;
    const segment = this.#segmentOf(index);
    this.#showCard(index, segment, null);
    this.#timer = window.setTimeout(() => {
      void this.#describe(index, segment);
      if (this.#mode === "hover" && !streaming) void this.player.play(segment);
    }, REST_MS);
  }

  /**
   * Something else than a dot is pointed at, or nothing any more.
   *
   * @param {Pane} pane
   * @param {{segment: Segment, title: string, kind: string, place: [number, number]} | null} mark
   *   `place`: of its middle, in the map
   */
  hoverMark(pane, mark) {
    if (!mark) return this.hover(pane, -1);
    clearTimeout(this.#timer);
    this.pane = pane;
    this.#hovered = -1;
    this.#stoppedAt = null;
    const { segment, title, kind, place } = mark;
    const { offsetLeft, offsetTop } = pane.view.element;
    const time = timeSpan(segment.start, segment.end);
    this.card.show({ title, artist: kind, time, tags: null }, [place[0] + offsetLeft, place[1] + offsetTop]);
    this.#timer = window.setTimeout(() => {
      this.card.announce();
      if (this.#mode === "hover" && !this.player.state.streaming) void this.player.play(segment);
    }, REST_MS);
  }

  /** Whether a click is what plays. */
  get playsOnClick() {
    return this.#mode === "click";
  }

  /** @param {Segment} segment that a click on something else than a dot plays */
  pickMark(segment) {
    if (this.#mode === "off") return;
    clearTimeout(this.#timer);
    void this.player.play(segment);
  }

  /**
   * A dot was clicked, tapped, or chosen by key.
   *
   * @param {Pane} pane
   * @param {number} index or -1
   */
  pick(pane, index) {
    if (index < 0 || this.#mode === "off") return;
    clearTimeout(this.#timer);
    this.#stoppedAt = null;
    this.pane = pane;
    const segment = this.#segmentOf(index);
    void this.#describe(index, segment);
    void this.player.play(segment);
  }

  /**
   * Plays what introduces a track; stops it where it sounds.
   *
   * @param {number} track
   * @param {import("../model/previews.js").PreviewKind} kind
   */
  async preview(track, kind) {
    const wanted = previewOf(await loadTrack(track), kind);
    const { phase, segment } = this.player.state;
    const sounds = phase === "playing" || phase === "loading";
    const same = segment?.track === track && segment.start === wanted.start && segment.end === wanted.end;
    this.#stoppedAt = null;
    if (sounds && same) this.player.stop();
    else void this.player.play(wanted);
  }

  /**
   * To be called when a map was drawn anew: dots may be elsewhere.
   *
   * @param {Pane} pane
   */
  mapDrawn(pane) {
    if (pane === this.pane && this.#hovered >= 0) this.card.place(this.#place(this.#hovered));
  }

  /**
   * The map shows other points, whose flags are all clear.
   *
   * @param {Pane} pane
   */
  #mapChanged(pane) {
    this.#sounding.delete(pane);
    if (pane === this.pane) this.#moveCard();
    for (const { track, seconds } of this.#heard) markHeard(pane, track, seconds);
    this.#markTrack();
  }

  /** What is pointed at has a new place, and maybe another index, on a newer map. */
  #moveCard() {
    const index = this.pane.view.hovered;
    if (index < 0) return;
    this.#hovered = index;
    void this.#describe(index, this.#segmentOf(index));
  }

  /** @param {number} index */
  #segmentOf(index) {
    const { points, hop } = contentOf(this.pane);
    const { layer } = this.pane.entry;
    const position = this.pane.averages?.typical[index] ?? points.position[index];
    const start = position * hop;
    const track = points.track[index];
    return { track, position, start, end: start + layer.segment_seconds };
  }

  /**
   * @param {number} index
   * @param {Segment} segment
   */
  async #describe(index, segment) {
    try {
      const [tags] = await Promise.all([
        this.#tagsOf(this.pane.averages ? { ...segment, start: 0, end: WHOLE } : segment, "card"),
        loadTrack(segment.track).then(() => this.#showCard(index, segment, null)),
      ]);
      this.#showCard(index, segment, tags);
      if (this.#hovered === index) this.card.announce();
    } catch (error) {
      if (isAbort(error) || this.#hovered !== index) return;
      const message = error instanceof Error ? error.message : "";
      const content = { title: "Not to be had", artist: message, time: "", tags: null };
      this.card.show(content, this.#place(index));
      this.card.announce();
    }
  }

  /**
   * @param {Segment} segment
   * @param {"card" | "bar"} where the tags are shown: one does not abort the other's request
   */
  async #tagsOf(segment, where) {
    if (segment.track === FILE_ID) return []; // the library knows nothing of it
    try {
      return await loadTags(this.pane.entry.model.name, segment, where);
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
    if (this.#hovered !== index) return;
    const content = {
      title: track ? titleOf(track) : "…",
      artist: track ? artistNames(track) : "",
      time: this.pane.meaningOf(index) ?? timeSpan(segment.start, segment.end),
      tags,
    };
    this.card.show(content, this.#place(index));
  }

  /**
   * Stops what sounds; else goes on where a track was stopped, plays what is pointed at, or what was
   * heard last.
   */
  toggle() {
    const { phase, segment, streaming } = this.player.state;
    if (phase === "playing" || phase === "loading") {
      this.#stoppedAt = streaming ? this.player.seconds : null;
      this.player.stop();
    } else if (this.#stoppedAt !== null) this.#keepPlaying(this.#stoppedAt);
    else if (this.#hovered >= 0) void this.player.play(this.#segmentOf(this.#hovered));
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
      this.bar.showSearch(segment, this.pane.entry.layer.name);
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
    for (const { view, content } of this.panes) {
      if (content) view.mark(pointAt(content.points, track, seconds, content.hop));
    }
    const { content } = this.pane;
    const index = content ? pointAt(content.points, track, seconds, content.hop) : -1;
    if (!state.streaming || index < 0) return;
    const segment = this.#segmentOf(index);
    if (segment.start !== start) this.player.follow(segment);
  }

  /** All dots of the track that is heard stand out. */
  #markTrack() {
    const { phase, segment } = this.player.state;
    const sounding = phase === "playing" || phase === "loading";
    for (const pane of this.panes) {
      const { view, content } = pane;
      if (!content) continue;
      if (!sounding) view.mark(-1);
      const range = segment && sounding ? trackRange(content.points.track, segment.track) : NOTHING;
      assignRange(content.flags, HEARD, false, ...(this.#sounding.get(pane) ?? NOTHING));
      assignRange(content.flags, HEARD, true, ...range);
      this.#sounding.set(pane, range);
      view.flagsChanged();
    }
  }

  /** @param {Segment} segment */
  #remember({ track, start }) {
    this.#heard.add({ track, seconds: start });
    for (const pane of this.panes) markHeard(pane, track, start);
  }

  /**
   * Where a dot of the map that is pointed at lies on the stage.
   *
   * @param {number} index
   * @returns {[number, number]}
   */
  #place(index) {
    const { view } = this.pane;
    const [x, y] = view.pixelOf(index);
    return [x + view.element.offsetLeft, y + view.element.offsetTop];
  }
}

/**
 * @param {Pane} pane
 * @param {number} track
 * @param {number} seconds
 */
function markHeard({ content }, track, seconds) {
  if (!content) return;
  const { points, flags, hop } = content;
  const index = pointAt(points, track, seconds, hop);
  if (index >= 0) assignRange(flags, PLAYED, true, index, index + 1);
}

/** @param {Pane} pane that shows points */
function contentOf(pane) {
  return /** @type {import("../map/view.js").MapContent} */ (pane.content);
}
