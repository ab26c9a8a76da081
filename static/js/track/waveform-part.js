/** How loud the track is over time. */

import { getPatiently } from "../api.js";
import { HALF, outline } from "../model/waveform.js";
import { byId } from "../ui/dom.js";
import { Part } from "../ui/part.js";
import { Timeline } from "./timeline.js";

const BINS = 800;

export class WaveformPart {
  /**
   * @param {import("./sound.js").TrackSound} sound
   * @param {string} [address] of the waveform, below the API's root
   */
  constructor(sound, address = `tracks/${sound.track.id}/waveform/`) {
    this.sound = sound;
    this.address = address;
    this.timeline = new Timeline(byId("waveform-timeline"), sound);
    this.part = new Part("waveform", () => this.#load());
  }

  async #load() {
    const { track } = this.sound;
    if (!track.audio) return "There is no audio to look at.";
    if (!track.clip) return "Its sound is streamed from Jamendo: there is no file here to look at.";
    const { seconds, peaks, rms } = await getPatiently(`${this.address}?bins=${BINS}`);
    // The file's own word on its length may be missing, or off.
    this.sound.duration = seconds;
    this.timeline.element.querySelector("svg")?.setAttribute("viewBox", `0 0 ${BINS} ${2 * HALF}`);
    this.#draw("peaks", peaks);
    this.#draw("rms", rms);
    return null;
  }

  /**
   * @param {string} name
   * @param {number[]} levels
   */
  #draw(name, levels) {
    this.timeline.element.querySelector(`.waveform-${name}`)?.setAttribute("d", outline(levels));
  }
}
