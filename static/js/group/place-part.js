/** Where an artist, an album or the tracks with a tag lie on a map, before the rest in grey. */

import { getTable, isAbort } from "../api.js";
import { assignFlag, DIMMED } from "../map/flags.js";
import { MapView } from "../map/view.js";
import { categoricalPalette } from "../model/colours.js";
import { artistNames, timeSpan } from "../model/format.js";
import { loadTrack, titleOf } from "../model/library.js";
import { trackTable } from "../model/track-filter.js";
import { PageMap } from "../track/page-map.js";
import { Card } from "../ui/card.js";
import { byId } from "../ui/dom.js";

const OWN_SLOT = 1; // of the palette

export class PlacePart {
  /** Which tracks are of the subject, by their ids. */
  #own = new Uint8Array();
  #hovered = -1;

  /**
   * @param {import("./page.js").Subject} subject
   * @param {import("../track/list-sound.js").ListSound} sound
   * @param {import("../model/choices.js").PaneChoices} choices of the page of the map
   */
  constructor({ condition, id }, sound, choices) {
    this.sound = sound;
    this.card = new Card();
    const events = {
      onHover: (/** @type {number} */ index) => void this.#hover(index),
      onPick: (/** @type {number} */ index) => void this.#play(index),
      onDraw: () => this.#placeCard(),
    };
    this.map = new PageMap(
      "place",
      choices,
      (surface) => new MapView(byId("map"), surface, events),
      async (points) => {
        const { columns } = await getTable(`tracks/chosen/?${condition}=${id}`, { slot: "chosen" });
        this.#own = trackTable(columns.track);
        return this.#lookOf(points);
      },
    );
    sound.addEventListener("other", () => this.#mark());
  }

  /** @param {import("../map/geometry.js").PointSet} points of a map */
  #lookOf({ track }) {
    const own = (/** @type {number} */ index) => this.#own[track[index]] === 1;
    const flags = new Uint8Array(track.length);
    if (assignFlag(flags, DIMMED, (index) => !own(index)) === track.length) {
      return "This map was made before these tracks were there, or without them.";
    }
    const slots = Uint8Array.from(track, (_, index) => (own(index) ? OWN_SLOT : 0));
    return { flags, slots, palette: categoricalPalette() };
  }

  /** @param {number} index */
  #segmentOf(index) {
    const { points, hop } = /** @type {import("../map/view.js").MapContent} */ (this.map.view.content);
    const [track, position] = [points.track[index], points.position[index]];
    const length = this.map.entry?.layer.segment_seconds ?? hop;
    return { track, position, start: position * hop, end: position * hop + length };
  }

  /** @param {number} index or -1 */
  async #hover(index) {
    this.#hovered = index;
    byId("map").classList.toggle("on-dot", index >= 0);
    if (index < 0) return this.card.hide();
    const { track, start, end } = this.#segmentOf(index);
    /** @type {{title: string, artist: string}} */
    let told;
    try {
      const found = await loadTrack(track);
      told = { title: titleOf(found), artist: artistNames(found) };
    } catch (error) {
      if (isAbort(error)) return;
      told = { title: "Not to be had", artist: error instanceof Error ? error.message : "" };
    }
    if (this.#hovered !== index) return;
    this.card.show({ ...told, time: timeSpan(start, end), tags: null }, this.map.view.pixelOf(index));
    this.card.announce();
  }

  #placeCard() {
    if (this.#hovered >= 0) this.card.place(this.map.view.pixelOf(this.#hovered));
  }

  /** @param {number} index or -1 */
  async #play(index) {
    if (index < 0) return;
    const segment = this.#segmentOf(index);
    try {
      this.sound.playOther(await loadTrack(segment.track), segment);
      this.map.view.mark(index);
    } catch {
      // The card says what is wrong with it.
    }
  }

  /** Only what was begun here is ringed. */
  #mark() {
    this.map.view.mark(-1);
  }
}
