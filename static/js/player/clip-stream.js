/**
 * A track from a moment on, as clips one after another: how files are heard that the browser
 * cannot play (WMA, ALAC, in most also AIFF). Each clip begins with the sample after the last.
 */

import { isAbort } from "../api.js";
import { clipAddress } from "./clips.js";
import { linear } from "./levels.js";
import { FADE_SECONDS, fadeOut } from "./voice.js";

/** Of one clip: short enough to sound soon, long enough for the next to come meanwhile. */
const CLIP_SECONDS = 20;

/** A clip shorter than asked for by more than this ends the track. */
const TOLERANCE = 0.1;

/**
 * @typedef {{onEnd: () => void, onFail: (error: unknown) => void}} StreamEvents
 * @typedef {import("../model/library.js").Track} Track
 */

export class ClipStream {
  #abort = new AbortController();
  /** @type {Set<AudioBufferSourceNode>} */
  #sources = new Set();
  /** The clip that sounds and the one after: when it sounds, and its place in the track.
   * @type {{at: number, start: number, duration: number}[]} */
  #parts = [];

  /**
   * Starts as soon as the first clip is there.
   *
   * @param {AudioContext} context
   * @param {AudioNode} output
   * @param {import("./clips.js").LoadClip} load
   * @param {Track} track with clips
   * @param {number} seconds into the track
   * @param {StreamEvents} events
   */
  constructor(context, output, load, track, seconds, events) {
    this.context = context;
    this.load = load;
    this.from = seconds;
    this.level = context.createGain();
    this.level.connect(output);
    this.#run(track).then(
      (ended) => ended && events.onEnd(),
      (error) => isAbort(error) || events.onFail(error),
    );
  }

  /** Seconds into the track. */
  get seconds() {
    const now = this.context.currentTime;
    const part = this.#parts.findLast(({ at }) => at <= now);
    return part ? part.start + Math.min(now - part.at, part.duration) : this.from;
  }

  stop() {
    this.#abort.abort();
    const silent = fadeOut(this.level.gain, this.context.currentTime);
    for (const source of this.#sources) source.stop(silent);
  }

  /**
   * @param {Track} track
   * @returns {Promise<boolean>} whether the track was heard to its end
   */
  async #run(track) {
    const { signal } = this.#abort;
    let start = this.from;
    let last = Promise.resolve();
    for (let more = true; more; start += CLIP_SECONDS) {
      const address = clipAddress(track.clip, { start, end: start + CLIP_SECONDS });
      const clip = await this.load(address, signal);
      signal.throwIfAborted();
      const ended = this.#schedule(clip, start, linear(track.gain_db));
      await last; // one clip ahead is enough
      last = ended;
      const left = (track.duration ?? Infinity) - start - CLIP_SECONDS;
      more = clip.duration > CLIP_SECONDS - TOLERANCE && left > TOLERANCE;
    }
    await last;
    return !signal.aborted;
  }

  /**
   * @param {AudioBuffer} clip
   * @param {number} start its place in the track, seconds
   * @param {number} level linear gain
   * @returns {Promise<void>} resolves when it has sounded
   */
  #schedule(clip, start, level) {
    const { context } = this;
    const before = this.#parts.at(-1);
    const at = Math.max(context.currentTime, before ? before.at + before.duration : 0);
    if (!before) {
      this.level.gain.setValueAtTime(0, at);
      this.level.gain.linearRampToValueAtTime(level, at + FADE_SECONDS);
    }
    this.#parts = [...this.#parts.slice(-1), { at, start, duration: clip.duration }];
    const source = context.createBufferSource();
    source.buffer = clip;
    source.connect(this.level);
    source.start(at);
    this.#sources.add(source);
    return new Promise((resolve) => {
      source.onended = () => {
        this.#sources.delete(source);
        resolve();
      };
    });
  }
}
