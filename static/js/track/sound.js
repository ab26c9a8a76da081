/** What is heard of the page's track, and where in it one is; or of another, for comparison. */

import { loadTrack } from "../model/library.js";
import { ListSound } from "./list-sound.js";

/**
 * @typedef {import("../model/library.js").Track} Track
 * @typedef {import("../player/player.js").Segment} Segment
 * @typedef {{hop: number, length: number, tags: (position: number) => string[]}} Cut seconds from
 *   one segment to the next, and of each; and the strongest tags of one
 */

/** Segments where no network has cut the track. */
const PLAIN_SECONDS = 3;

/**
 * Another track waits in `other` while it is heard. Events: "place" when another moment of the track
 * is heard, or was gone to; "length" when it is known better how long the track is; "other" when
 * another track begins or stops to sound.
 */
export class TrackSound extends ListSound {
  seconds = 0;
  #track;
  #duration;
  /** @type {Cut} */
  #cut = { hop: PLAIN_SECONDS, length: PLAIN_SECONDS, tags: () => [] };
  /** Position of the segment that the bar tells of. */
  #told = -1;

  /** @param {Track} track */
  constructor(track) {
    super(async (id) => (id === track.id ? track : loadTrack(id)));
    this.#track = track;
    this.#duration = track.duration ?? 0;
    this.#tell();
  }

  get track() {
    return this.#track;
  }

  /** Seconds; 0 where it is not known. */
  get duration() {
    return this.#duration;
  }

  set duration(seconds) {
    this.#duration = seconds;
    this.dispatchEvent(new Event("length"));
  }

  get playing() {
    return !this.other && this.player.state.phase === "playing";
  }

  /**
   * Has the player's bar tell of the track as a network cut it.
   *
   * @param {Cut} cut
   */
  tellOf(cut) {
    this.#cut = cut;
    this.#told = -1;
    this.#tell();
  }

  /** @param {number} seconds into the track */
  playFrom(seconds) {
    if (!this.track.audio) return;
    this.setOther(null);
    this.goTo(seconds);
    this.player.keepPlaying(this.track, this.seconds);
  }

  /**
   * The page's track waits where it is.
   *
   * @param {Track} track
   * @param {Segment} segment
   * @param {{on?: boolean}} [options]
   */
  playOther(track, segment, options) {
    if (this.playing) this.seconds = this.player.seconds;
    super.playOther(track, segment, options);
  }

  /** Back to the page's track, which is silent. */
  leaveOther() {
    super.leaveOther();
    this.#tell();
  }

  toggle() {
    if (this.other) return this.leaveOther();
    if (!this.playing) return this.playFrom(this.#ended ? 0 : this.seconds);
    this.seconds = this.player.seconds;
    this.player.stop();
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means something
   */
  press(key) {
    if (key !== "Enter") return super.press(key);
    this.playFrom(this.seconds);
    return true;
  }

  /** @param {import("./list-sound.js").Other | null} other */
  setOther(other) {
    if (this.other !== other) this.#told = -1;
    super.setOther(other);
  }

  /** @param {number} seconds into what is heard */
  seek(seconds) {
    if (this.other) super.seek(seconds);
    else this.playFrom(seconds);
  }

  /** @param {number} change seconds; heard from there on if anything is heard */
  seekBy(change) {
    if (this.other) super.seekBy(change);
    else if (this.playing) this.playFrom(this.seconds + change);
    else this.goTo(this.seconds + change);
  }

  get #ended() {
    return this.duration > 0 && this.seconds >= this.duration - 0.5;
  }

  /** @param {number} seconds where one is from now on; nothing begins to sound */
  goTo(seconds) {
    this.seconds = Math.min(Math.max(seconds, 0), this.duration || Infinity);
    this.#tell();
  }

  /** The bar and the rest of the page tell of where one is. */
  #tell() {
    const { hop, length, tags } = this.#cut;
    const position = Math.floor(this.seconds / hop + 1e-6);
    if (position !== this.#told) {
      this.#told = position;
      const start = position * hop;
      const segment = { track: this.track.id, position, start, end: start + length };
      this.player.follow(segment);
      this.bar.showTrack(this.track, segment);
      this.bar.showTags(tags(position));
    }
    this.bar.showPlace(this.seconds);
    this.dispatchEvent(new Event("place"));
  }

  ended() {
    if (this.other) super.ended();
    else this.goTo(this.duration);
  }

  listen() {
    if (this.other) return super.listen();
    this.seconds = this.player.seconds;
    this.#tell();
  }
}
