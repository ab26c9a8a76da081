/** The four sounds of a question: which one sounds, and which were heard. */

import { unlockByGesture } from "../player/gestures.js";
import { Player } from "../player/player.js";
import { storage } from "../storage.js";
import { byId } from "../ui/dom.js";

/** @typedef {import("../model/trial.js").Sound} Sound */

/** So long has one to listen for a sound to count as heard. */
const HEARD_MS = 1000;
const NOTHING = -1;

/** Announces by a "change" event what sounds, what was heard, and what cannot be. */
export class Deck extends EventTarget {
  /** @type {boolean[]} by place: the reference, then the three */
  heard = [];
  /** The place that sounds; -1 for silence. */
  sounding = NOTHING;
  /** Of the three, the place that was heard last; 0 for none of them. */
  last = 0;
  message = "";
  /** @type {Sound[]} */
  #sounds = [];
  /** @type {import("../player/player.js").Segment | null} */
  #segment = null;
  #timer = 0;

  constructor() {
    super();
    this.player = new Player(async (place) => trackOf(this.#sounds[place]));
    this.player.addEventListener("change", () => this.#onPlayer());
    unlockByGesture(this.player);
    wireVolume(this.player);
  }

  /** @param {Sound[]} sounds the reference, then the three in their order */
  show(sounds) {
    this.stop();
    this.#sounds = sounds;
    this.heard = sounds.map(() => false);
    this.last = 0;
    this.message = "";
    this.dispatchEvent(new Event("change"));
  }

  /** @param {number} place */
  toggle(place) {
    if (!this.#sounds[place]) return;
    if (this.sounding === place) return this.stop();
    this.#segment = { track: place, position: 0, start: 0, end: this.#sounds[place].seconds };
    if (place > 0) this.last = place;
    void this.player.play(this.#segment);
  }

  stop() {
    this.player.stop();
  }

  #onPlayer() {
    const { phase, segment, message } = this.player.state;
    const place = segment?.track ?? NOTHING;
    clearTimeout(this.#timer);
    this.sounding = phase === "playing" || phase === "loading" || phase === "locked" ? place : NOTHING;
    this.message = phase === "locked" ? "Click once to turn sound on." : failure(phase, message);
    if (phase === "playing" && segment === this.#segment) {
      this.#timer = window.setTimeout(() => this.#hear(place), HEARD_MS);
    }
    this.dispatchEvent(new Event("change"));
  }

  /** @param {number} place */
  #hear(place) {
    this.heard[place] = true;
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {string} phase
 * @param {string} message
 */
function failure(phase, message) {
  return phase === "failed" ? `It cannot be played: ${message} Press again to try again.` : "";
}

/**
 * What the player has to know; of a question nothing else is known.
 *
 * @param {Sound} sound
 * @returns {any}
 */
function trackOf({ clip, gain_db }) {
  return { clip, gain_db, state: "present" };
}

/** @param {Player} player */
function wireVolume(player) {
  const slider = /** @type {HTMLInputElement} */ (byId("volume"));
  const stored = Number.parseFloat(storage.getItem("volume") ?? "");
  if (stored >= 0 && stored <= 1) slider.value = String(stored);
  player.volume = slider.valueAsNumber;
  slider.addEventListener("input", () => {
    storage.setItem("volume", slider.value);
    player.volume = slider.valueAsNumber;
  });
}
