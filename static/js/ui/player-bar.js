/** The line at the bottom: what is heard, where in the track, and how sound is triggered. */

import { FILE_ID } from "../model/file-query.js";
import { clock, timeSpan } from "../model/format.js";
import { titleOf } from "../model/library.js";
import { searchAddress } from "../model/search.js";
import { storage } from "../storage.js";
import { artistLinks, byId, linkTo, showText } from "./dom.js";
import { showSource } from "./sound-source.js";

/**
 * @typedef {import("../player/player.js").Segment} Segment
 * @typedef {import("../model/library.js").Track} Track
 * @typedef {"hover" | "click" | "off"} PlayOn
 */

/** On a touch screen nothing is pointed at before it is tapped. */
const CANNOT_HOVER = matchMedia("(hover: none)").matches;

export class PlayerBar {
  /** Whether the place is being dragged: what is heard leaves it alone meanwhile. */
  #dragged = false;

  /** @param {{onToggle: () => void, onSeek: (seconds: number) => void,
   *   onVolume: (volume: number) => void, onKeepPlaying?: () => void,
   *   onMode?: (mode: PlayOn) => void}} events the last two where there are dots to play */
  constructor(events) {
    this.element = byId("player");
    this.toggle = /** @type {HTMLButtonElement} */ (byId("player-toggle"));
    this.toggle.addEventListener("click", events.onToggle);
    /** @type {HTMLButtonElement | null} */
    this.keepPlaying = this.element.querySelector("#player-continue");
    if (events.onKeepPlaying) this.keepPlaying?.addEventListener("click", events.onKeepPlaying);
    /** @type {HTMLAnchorElement | null} */
    this.similar = this.element.querySelector("#player-similar");
    this.seek = /** @type {HTMLInputElement} */ (byId("player-seek"));
    this.seek.addEventListener("input", () => {
      this.#dragged = true;
      this.#tellPlace();
    });
    this.seek.addEventListener("change", () => {
      this.#dragged = false;
      events.onSeek(this.seek.valueAsNumber);
    });
    this.#restoreVolume(events.onVolume);
    if (events.onMode) this.#restoreMode(events.onMode);
  }

  /**
   * @param {Track} track
   * @param {Segment} segment
   */
  showTrack(track, segment) {
    byId("player-title").replaceChildren(trackLink(track));
    byId("player-artist").replaceChildren(...creditLinks(track));
    showSource(byId("player-source"), track);
    byId("player-time").textContent = timeSpan(segment.start, segment.end);
    byId("player-duration").textContent = track.duration === null ? "" : clock(track.duration);
    const part = /** @type {HTMLElement} */ (this.element.querySelector(".player-segment"));
    part.hidden = !track.duration;
    this.seek.disabled = !track.audio || !track.duration;
    if (track.duration) {
      part.style.left = `${(100 * segment.start) / track.duration}%`;
      part.style.width = `${(100 * (segment.end - segment.start)) / track.duration}%`;
      this.seek.max = String(Math.ceil(track.duration));
    }
  }

  /**
   * Leads to what sounds like a segment.
   *
   * @param {Segment} segment
   * @param {string} layer whose segment it is
   */
  showSearch({ track, position }, layer) {
    if (!this.similar) return;
    this.similar.href = searchAddress({ layer, track, position });
    this.similar.hidden = track === FILE_ID;
  }

  /** @param {string[]} tags */
  showTags(tags) {
    byId("player-tags").textContent = tags.join(" · ");
  }

  /**
   * @param {import("../player/player.js").PlayerState} state
   * @param {Track | undefined} track
   */
  showState({ phase, segment, streaming, message }, track) {
    const playing = phase === "playing" || phase === "loading";
    this.element.dataset.phase = playing ? "playing" : phase;
    this.toggle.disabled = !segment;
    this.toggle.setAttribute("aria-label", playing ? "Stop" : "Play");
    if (this.keepPlaying) this.keepPlaying.disabled = !track?.audio || streaming;
    showText(byId("player-message"), message);
    byId("player-tags").hidden = Boolean(message);
  }

  /**
   * To be called as often as one likes: the page changes once a second.
   *
   * @param {number} seconds
   */
  showPlace(seconds) {
    const place = String(Math.floor(seconds));
    if (this.#dragged || this.seek.value === place) return;
    this.seek.value = place;
    this.#tellPlace();
  }

  #tellPlace() {
    const { valueAsNumber, max } = this.seek;
    this.seek.setAttribute("aria-valuetext", `${clock(valueAsNumber)} of ${clock(Number(max))}`);
  }

  /** @param {(volume: number) => void} onVolume */
  #restoreVolume(onVolume) {
    const slider = /** @type {HTMLInputElement} */ (byId("volume"));
    const stored = Number.parseFloat(storage.getItem("volume") ?? "");
    if (stored >= 0 && stored <= 1) slider.value = String(stored);
    onVolume(slider.valueAsNumber);
    slider.addEventListener("input", () => {
      storage.setItem("volume", slider.value);
      onVolume(slider.valueAsNumber);
    });
  }

  /** @param {(mode: PlayOn) => void} onMode */
  #restoreMode(onMode) {
    if (CANNOT_HOVER) byId("player-title").textContent = "Tap a dot to hear it";
    const radios = /** @type {NodeListOf<HTMLInputElement>} */ (
      this.element.querySelectorAll("input[name=play-on]")
    );
    const stored = storage.getItem("play-on") ?? (CANNOT_HOVER ? "click" : "hover");
    for (const radio of radios) {
      if (radio.value === stored) radio.checked = true;
      if (radio.checked) onMode(/** @type {PlayOn} */ (radio.value));
      radio.addEventListener("change", () => {
        storage.setItem("play-on", radio.value);
        onMode(/** @type {PlayOn} */ (radio.value));
      });
    }
  }
}

/**
 * A track's title, leading to its page unless one is there.
 *
 * @param {Track} track
 */
function trackLink(track) {
  const address = `/tracks/${track.id}`;
  if (track.id === FILE_ID || location.pathname === address) return titleOf(track);
  return linkTo(address, titleOf(track));
}

/** @param {Track} track */
function creditLinks({ artists, album }) {
  const credits = artistLinks(artists);
  if (!album) return credits;
  return [...credits, ...(credits.length > 0 ? [" · "] : []), linkTo(`/albums/${album.id}`, album.title)];
}
