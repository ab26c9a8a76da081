/** What sounds like an artist, an album or a tag: tracks, other artists, other albums. */

import { getJson } from "../api.js";
import { count } from "../model/format.js";
import { AlikeList } from "../track/alike-list.js";
import { AlikeOptions } from "../track/alike-options.js";
import { linkTo } from "../ui/dom.js";
import { Part } from "../ui/part.js";

/**
 * @typedef {{track: import("../track/alike-list.js").NamedTrack, tracks: number, distance: number,
 *   artist: {id: number, name: string} | null, album: {id: number, title: string} | null,
 *   why: import("../model/why.js").Why | null}} Found
 */

const SHOWN = 8;

export class AlikeParts {
  /** @type {Part[]} */
  #parts = [];

  /**
   * @param {import("./page.js").Subject} subject
   * @param {import("../track/list-sound.js").ListSound} sound
   * @param {string | null} layer of the map that one came from
   */
  constructor(subject, sound, layer) {
    this.subject = subject;
    this.options = new AlikeOptions(layer, () => this.show());
    const sections = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-of]"));
    for (const { dataset } of sections) this.#parts.push(this.#partOf(dataset.of ?? "", sound));
  }

  /** @param {import("../model/catalogue.js").Entry[]} entries */
  set entries(entries) {
    this.options.entries = entries;
  }

  show() {
    for (const part of this.#parts) void part.show();
  }

  /**
   * @param {string} of what is found
   * @param {import("../track/list-sound.js").ListSound} sound
   */
  #partOf(of, sound) {
    const id = `like-${of}`;
    const list = new AlikeList(id, sound, (item, row) => nameGroup(item, /** @type {any} */ (row)));
    return new Part(id, async () => {
      if (this.options.none) return "No network has listened to this yet.";
      const query = this.options.query({ of, limit: String(SHOWN) });
      const { condition, id: subject } = this.subject;
      const address = `${condition}/${subject}/similar/?${query}`;
      const { results } = await getJson(address, { slot: id });
      list.show(results.map((/** @type {Found} */ found) => ({ ...found, span: null })));
      if (results.length) return null;
      return this.options.narrow
        ? "Nothing by others. Leave out less to look among all tracks."
        : `There are no other ${of} to compare with.`;
    });
  }
}

/**
 * Has a row tell of an artist or an album, by its nearest track, which is what it plays.
 *
 * @param {HTMLElement} item
 * @param {Found} found
 */
function nameGroup(item, { artist, album, track, tracks }) {
  const group = artist ?? album;
  if (!group) return;
  const title = /** @type {HTMLElement} */ (item.querySelector(".alike-title"));
  const names = /** @type {HTMLElement} */ (item.querySelector(".alike-artists"));
  title.replaceWith(
    artist
      ? linkTo(`/artists/${artist.id}`, artist.name, "alike-title")
      : linkTo(`/albums/${group.id}`, /** @type {any} */ (album).title, "alike-title"),
  );
  const nearest = linkTo(`/tracks/${track.id}`, track.title);
  const by = artist ? [] : [" by ", ...names.childNodes];
  names.replaceChildren(...by, ` · ${count(tracks, "track")}, most alike `, nearest);
}
