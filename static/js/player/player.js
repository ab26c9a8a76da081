/** What is heard: the clip of a segment, or a track from a moment on. */

import { isAbort, request } from "../api.js";
import { ClipStream } from "./clip-stream.js";
import { clipAddress, Clips } from "./clips.js";
import { FileStream } from "./file-stream.js";
import { linear, volumeGain } from "./levels.js";
import { RemoteStream } from "./remote-stream.js";
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
  /** @type {Voice | null} */
  #voice = null;
  #file = new FileStream({
    onEnd: () => this.#streamEnded(),
    onFail: () => this.#playOnInClips(),
  });
  #remote = new RemoteStream({
    onPlaying: () => this.#set({ phase: "playing" }),
    onEnd: () => this.#streamEnded(),
    onFail: (reason) => this.#streamFailed(reason),
  });
  /** @type {FileStream | ClipStream | RemoteStream | null} */
  #stream = null;
  /** @type {Track | null} that streams, or did */
  #track = null;
  #volume = 1;

  /** @param {(id: number) => Promise<Track>} loadTrack */
  constructor(loadTrack) {
    super();
    this.loadTrack = loadTrack;
    this.clips = new Clips((address, signal) => this.#load(address, signal));
  }

  /** @param {number} volume from 0 to 1, as the slider shows it */
  set volume(volume) {
    this.#volume = volume;
    if (this.#master) this.#master.gain.value = volumeGain(volume);
    if (this.#track) this.#remote.level = this.#remoteLevel(this.#track);
  }

  /** Whether the browser forbids sound: until a first gesture, and again when it interrupts. */
  get locked() {
    return this.#context?.state !== "running";
  }

  /**
   * Asks for sound. To be called in the handlers of gestures: only then do browsers allow it.
   * What waited for it sounds once it is allowed.
   */
  unlock() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#context.addEventListener("statechange", () => this.#onLock());
      this.#master = this.#context.createGain();
      this.#master.gain.value = volumeGain(this.#volume);
      this.#master.connect(this.#context.destination);
    }
    if (this.locked) this.#context.resume().catch(() => {}); // refused: the next gesture asks again
  }

  /** Seconds into the track that is heard. */
  get seconds() {
    const { segment, phase } = this.state;
    if (this.#stream) return this.#stream.seconds;
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
      if (isStreamed(track)) return this.#playRemotely(track, segment.start, segment.end);
      if (!track.clip) return this.#set({ phase: "unavailable", message: whyUnheard(track) });
      if (this.locked) return this.#set({ phase: "locked" });
      const clip = await this.clips.get(clipAddress(track.clip, segment));
      if (wanted()) this.#sound(clip, track.gain_db);
    } catch (error) {
      if (!isAbort(error) && wanted()) this.#fail(error);
    }
  }

  /**
   * Plays a whole track from a moment on.
   *
   * @param {Track} track with audio
   * @param {number} [seconds] into the track; the moment that is heard where it is left out
   * @param {Segment | null} [segment] that lies there; the one that is heard where it is left out
   */
  keepPlaying(track, seconds = this.seconds, segment = this.state.segment) {
    this.unlock();
    this.#silence();
    if (isStreamed(track)) {
      this.#set({ phase: "loading", segment, streaming: true, message: "" });
      return this.#playRemotely(track, seconds);
    }
    this.#track = track;
    this.#stream = this.#file;
    void this.#file.start(...this.#outlet(), track, seconds);
    this.#set({ phase: "playing", segment, streaming: true, message: "" });
  }

  /**
   * Says which segment of the streaming track is heard now.
   *
   * @param {Segment} segment
   */
  follow(segment) {
    this.#set({ segment });
  }

  stop() {
    if (this.state.phase === "idle") return;
    this.#silence();
    this.#set({ phase: "idle", streaming: false, message: "" });
  }

  #silence() {
    this.clips.abort();
    this.#voice?.stop();
    this.#voice = null;
    this.#stream?.stop();
    this.#stream = null;
  }

  /** The browser allows sound, or has taken it away. */
  #onLock() {
    const { phase, segment } = this.state;
    if (!this.locked) {
      if (phase === "locked" && segment) void this.play(segment);
    } else if (phase === "playing" || phase === "loading") {
      this.#silence();
      this.#set({ phase: "locked", streaming: false });
    }
  }

  /**
   * @param {AudioBuffer} clip
   * @param {number} gainDb
   */
  #sound(clip, gainDb) {
    const ended = () => this.#set({ phase: "ended" });
    this.#voice = new Voice(...this.#outlet(), clip, linear(gainDb), ended);
    this.#set({ phase: "playing" });
  }

  /** @returns {[AudioContext, GainNode]} what there is once sound was asked for */
  #outlet() {
    return /** @type {any} */ ([this.#context, this.#master]);
  }

  /**
   * @param {string} address
   * @param {AbortSignal} signal
   */
  async #load(address, signal) {
    const response = await request(address, { signal });
    const bytes = await response.arrayBuffer();
    return this.#outlet()[0].decodeAudioData(bytes);
  }

  /**
   * @param {Track} track
   * @param {number} start in seconds
   * @param {number} [end]
   */
  #playRemotely(track, start, end) {
    if (this.locked && end !== undefined) return this.#set({ phase: "locked" });
    this.#track = track;
    this.#stream = this.#remote;
    const address = /** @type {string} */ (track.audio);
    void this.#remote.start(address, start, { level: this.#remoteLevel(track), end });
  }

  /** @param {Track} track */
  #remoteLevel(track) {
    return Math.min(volumeGain(this.#volume) * linear(track.gain_db), 1);
  }

  /** @param {string} reason */
  #streamFailed(reason) {
    this.#silence();
    const message = `Jamendo’s stream of this track ${reason}. Try again later, or listen there.`;
    this.#set({ phase: "failed", streaming: false, message });
  }

  /** For a file that the browser cannot play. */
  #playOnInClips() {
    const track = this.#track;
    if (this.#stream !== this.#file || !track) return;
    const load = this.#load.bind(this);
    this.#stream = new ClipStream(...this.#outlet(), load, track, this.#file.seconds, {
      onEnd: () => this.#streamEnded(),
      onFail: (error) => {
        this.#silence();
        this.#fail(error);
      },
    });
  }

  #streamEnded() {
    this.#silence();
    this.#set({ phase: "ended", streaming: false });
  }

  /** @param {unknown} error */
  #fail(error) {
    const known = error instanceof Error && error.name === "ApiError";
    const message = known ? error.message : "This segment cannot be played.";
    this.#set({ phase: "failed", streaming: false, message });
  }

  /** @param {Partial<PlayerState>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Whether a track's sound comes from another site.
 *
 * @param {Track} track
 */
function isStreamed(track) {
  return track.played_from?.provider === "jamendo";
}

/** @param {Track} track without audio */
export function whyUnheard(track) {
  if (track.state === "catalogue") return "In the catalogue only: its audio is not on this computer.";
  if (track.state === "missing") return "The file is no longer where it was.";
  if (track.state === "unreadable") return "The file of this track cannot be read.";
  return "The server does not know where the music is: AUDIO_DIR is not set.";
}
