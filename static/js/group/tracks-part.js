/** The tracks of an artist, an album or a tag, page by page; the next is heard after each. */

import { getJson } from "../api.js";
import { titleOf } from "../model/library.js";
import { whyUnheard } from "../player/player.js";
import { keepInAddress } from "../track/address.js";
import { AlikeList } from "../track/alike-list.js";
import { byId, linkTo } from "../ui/dom.js";
import { Part } from "../ui/part.js";

/** @typedef {import("../model/library.js").Track & {number: number | null}} Listed */

const PAGE_SIZE = 25;
const PAGE = "page"; // in the address

export class TracksPart {
  /** @type {Listed[]} */
  #tracks = [];

  /**
   * @param {import("./page.js").Subject} subject
   * @param {import("../track/list-sound.js").ListSound} sound
   */
  constructor(subject, sound) {
    this.subject = subject;
    const page = Number(new URLSearchParams(location.search).get(PAGE));
    this.page = Number.isSafeInteger(page) && page > 0 ? page : 1;
    this.list = new AlikeList("tracks", sound, (item, { track }) => this.#addMore(item, track.id));
    this.part = new Part("tracks", () => this.#load());
    byId("play-all").addEventListener("click", () => this.list.playOn());
    byId("tracks-previous").addEventListener("click", () => this.#turn(-1));
    byId("tracks-next").addEventListener("click", () => this.#turn(1));
    sound.addEventListener("end", (event) => {
      if (/** @type {CustomEvent} */ (event).detail.on) this.list.playOn(this.list.last);
    });
  }

  /** @param {number} step */
  #turn(step) {
    this.page += step;
    keepInAddress({ [PAGE]: this.page > 1 ? String(this.page) : null });
    void this.part.show();
    byId("tracks-heading").scrollIntoView({ block: "nearest" });
  }

  async #load() {
    const { condition, id, ordering } = this.subject;
    const own = condition === "artists" ? id : null; // named above all of them
    const query = new URLSearchParams({
      [condition]: String(id),
      ordering,
      page: String(this.page),
      page_size: String(PAGE_SIZE),
    });
    const { count, results } = await getJson(`tracks/?${query}`, { slot: "tracks" });
    this.#tracks = results;
    this.list.show(
      this.#tracks.map((track) => ({
        track: { id: track.id, title: titleOf(track), artists: track.artists.filter((artist) => artist.id !== own) },
        span: null,
        seconds: track.duration,
        unheard: track.audio ? null : whyUnheard(track),
      })),
    );
    byId("play-all").hidden = !this.#tracks.some(({ audio }) => audio);
    this.#showPages(Math.ceil(count / PAGE_SIZE));
    return count ? null : "No track of the library belongs to it any more.";
  }

  /** @param {number} pages */
  #showPages(pages) {
    byId("tracks-pages").hidden = pages < 2;
    byId("tracks-page").textContent = `Page ${this.page} of ${pages}`;
    /** @type {HTMLButtonElement} */ (byId("tracks-previous")).disabled = this.page <= 1;
    /** @type {HTMLButtonElement} */ (byId("tracks-next")).disabled = this.page >= pages;
  }

  /**
   * The album, and the number on it, where the page is of one.
   *
   * @param {HTMLElement} item
   * @param {number} id of its track
   */
  #addMore(item, id) {
    const track = this.#tracks.find((each) => each.id === id);
    if (this.subject.condition !== "albums") {
      if (!track?.album) return;
      const { title, id: album } = track.album;
      const names = /** @type {HTMLElement} */ (item.querySelector(".alike-artists"));
      names.append(names.hasChildNodes() ? " · " : "", linkTo(`/albums/${album}`, title));
    } else if (track?.number) {
      const number = document.createElement("span");
      number.className = "muted numbers";
      number.textContent = `${track.number} `;
      item.querySelector(".alike-title")?.before(number);
    }
  }
}
