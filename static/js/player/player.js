/** What is heard: the clip of a segment, or a track from a moment on. */

import { isAbort, request } from "../api.js";
import { Clips } from "./clips.js";
import { Voice } from "./voice.js";

/**
 * @typedef {{track: number, position: number, start: number, end: number}} Segment in seconds
 * @typedef {import("../model/library.js").Track} Track
 * @typedef {"idle" | "loading" | "playing" | "ended" | "locked" | "unavailable" | "failed"} Phase
 *   "locked": the browser allows no sound before a click
 * @typedef {{phase: Phase, segment: Segment | null, streaming: boolean, message: string}}
 *   PlayerState
 */

/** Announces each change of its `state` by a "change" event. */
export class Player extends EventTarget {
  /** @type {PlayerState} */
  state = { phase: "idle", segment: null, streaming: false, message: "" };
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {GainNode | null} */
  #master = null;
  /** @type {GainNode | null} */
  #streamLevel = null;
  /** @type {Voice | null} */
  #voice = null;
  #volume = 0.5;
  #element = new Audio();

  /** @param {(id: number) => Promise<Track>} loadTrack */
  constructor(loadTrack) {
    super();
    this.loadTrack = loadTrack;
    this.clips = new Clips((address, signal) => this.#load(address, signal));
    this.#element.addEventListener("ended", () => this.#set({ phase: "ended", streaming: false }));
    this.#element.addEventListener("error", () => this.#streamFailed());
  }

  /** @param {number} volume from 0 to 1, as the slider shows it */
  set volume(volume) {
    this.#volume = volume;
    if (this.#master) this.#master.gain.value = volumeGain(volume);
  }

  /** Whether the browser still forbids sound. */
  get locked() {
    return this.#context === null;
  }

  /** To be called in the handler of a click or a key: only then do browsers allow sound. */
  unlock() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#master = this.#context.createGain();
      this.#master.gain.value = volumeGain(this.#volume);
      this.#master.connect(this.#context.destination);
    }
    if (this.#context.state === "suspended") void this.#context.resume();
  }

  /** Seconds into the track that is heard. */
  get seconds() {
    const { segment, streaming, phase } = this.state;
    if (streaming) return this.#element.currentTime;
    if (!segment) return 0;
    if (phase === "ended") return segment.end;
    return segment.start + (phase === "playing" && this.#voice ? this.#voice.elapsed : 0);
  }

  /**
   * Plays a segment, once; whatever sounded before fades out.
   *
   * @param {Segment} segment
   */
  async play(segment) {
    this.#silence();
    this.#set({ phase: "loading", segment, streaming: false, message: "" });
    const wanted = () => this.state.segment === segment && this.state.phase === "loading";
    try {
      const track = await this.loadTrack(segment.track);
      if (!wanted()) return;
      if (!track.clip) return this.#set({ phase: "unavailable", message: whyUnheard(track) });
      if (this.locked) return this.#set({ phase: "locked" });
      const clip = await this.clips.get(clipAddress(track.clip, segment));
      if (wanted()) this.#sound(clip, track.gain_db);
    } catch (error) {
      if (!isAbort(error) && wanted()) this.#fail(error);
    }
  }

  /**
   * Plays a whole track from the moment that is heard.
   *
   * @param {Track} track with audio
   */
  async keepPlaying(track) {
    const seconds = this.state.phase === "ended" ? this.state.segment?.end : this.seconds;
    this.unlock();
    this.#silence();
    this.#levelStream(track.gain_db);
    this.#element.src = `${track.audio}#t=${(seconds ?? 0).toFixed(3)}`;
    this.#set({ phase: "playing", streaming: true, message: "" });
    try {
      await this.#element.play();
    } catch (error) {
      if (!isAbort(error)) this.#streamFailed();
    }
  }

  stop() {
    if (this.state.phase === "idle") return;
    this.#silence();
    this.#set({ phase: "idle", streaming: false });
  }

  #silence() {
    this.clips.abort();
    this.#voice?.stop();
    this.#voice = null;
    this.#element.pause();
  }

  /**
   * @param {AudioBuffer} clip
   * @param {number} gainDb
   */
  #sound(clip, gainDb) {
    const context = /** @type {AudioContext} */ (this.#context);
    const output = /** @type {GainNode} */ (this.#master);
    const ended = () => this.#set({ phase: "ended" });
    this.#voice = new Voice(context, output, clip, linear(gainDb), ended);
    this.#set({ phase: "playing" });
  }

  /** @param {number} gainDb */
  #levelStream(gainDb) {
    const context = /** @type {AudioContext} */ (this.#context);
    if (!this.#streamLevel) {
      this.#streamLevel = context.createGain();
      context.createMediaElementSource(this.#element).connect(this.#streamLevel);
      this.#streamLevel.connect(/** @type {GainNode} */ (this.#master));
    }
    this.#streamLevel.gain.value = linear(gainDb);
  }

  /**
   * @param {string} address
   * @param {AbortSignal} signal
   */
  async #load(address, signal) {
    const response = await request(address, { signal });
    const bytes = await response.arrayBuffer();
    return /** @type {AudioContext} */ (this.#context).decodeAudioData(bytes);
  }

  #streamFailed() {
    if (!this.state.streaming) return;
    const message = "This browser cannot play the whole file; single segments still sound.";
    this.#set({ phase: "failed", streaming: false, message });
  }

  /** @param {unknown} error */
  #fail(error) {
    const known = error instanceof Error && error.name === "ApiError";
    const message = known ? error.message : "This segment cannot be played.";
    this.#set({ phase: "failed", message });
  }

  /** @param {Partial<PlayerState>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {string} address of a track's clips
 * @param {Segment} segment
 */
export function clipAddress(address, { start, end }) {
  return `${address}?start=${start.toFixed(3)}&end=${end.toFixed(3)}`;
}

/** @param {number} decibels */
export function linear(decibels) {
  return 10 ** (decibels / 20);
}

/**
 * Loudness is heard in ratios: the square makes the middle of the slider sound like half.
 *
 * @param {number} volume from 0 to 1
 */
export function volumeGain(volume) {
  return volume ** 2;
}

/** @param {Track} track without audio */
function whyUnheard(track) {
  if (track.state === "catalogue") return "In the catalogue only: its audio is not on this computer.";
  if (track.state === "missing") return "The file is no longer where it was.";
  if (track.state === "unreadable") return "The file of this track cannot be read.";
  return "The server does not know where the music is: AUDIO_DIR is not set.";
}
