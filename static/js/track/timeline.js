/** A stretch of the page that stands for the whole track: a click in it plays from there. */

import { clock } from "../model/format.js";
import { timeTicks } from "../model/time-axis.js";

const TICK_PIXELS = 64;
/** Nearer to the end there is no room for a time. */
const LAST_PIXELS = 40;

export class Timeline {
  /**
   * @param {HTMLElement} element a slider; `.ticks` beside it, if any, is labelled
   * @param {import("./sound.js").TrackSound} sound
   */
  constructor(element, sound) {
    this.element = element;
    this.sound = sound;
    this.marker = document.createElement("div");
    this.marker.className = "timeline-marker";
    element.append(this.marker);
    element.addEventListener("click", (event) => sound.playFrom(this.secondsAt(event)));
    element.setAttribute("aria-valuemin", "0");
    sound.addEventListener("place", () => this.#showPlace());
    sound.addEventListener("length", () => this.#update());
    new ResizeObserver(() => this.#renderTicks()).observe(element);
    this.#update();
  }

  #update() {
    this.element.setAttribute("aria-valuemax", String(Math.ceil(this.sound.duration)));
    this.#renderTicks();
    this.#showPlace();
  }

  /** @param {MouseEvent} event */
  secondsAt(event) {
    const { left, width } = this.element.getBoundingClientRect();
    return ((event.clientX - left) / width) * this.sound.duration;
  }

  #showPlace() {
    const { seconds, duration } = this.sound;
    this.marker.style.left = `${duration > 0 ? (100 * seconds) / duration : 0}%`;
    const whole = String(Math.floor(seconds));
    if (this.element.getAttribute("aria-valuenow") === whole) return;
    this.element.setAttribute("aria-valuenow", whole);
    this.element.setAttribute("aria-valuetext", `${clock(seconds)} of ${clock(duration)}`);
  }

  #renderTicks() {
    const { duration } = this.sound;
    const ticks = this.element.parentElement?.querySelector(".ticks");
    if (!ticks || duration <= 0) return;
    const width = this.element.clientWidth;
    const seen = timeTicks(duration, Math.max(2, Math.floor(width / TICK_PIXELS))).filter(
      (seconds) => (seconds / duration) * width <= width - LAST_PIXELS,
    );
    const marks = seen.map((seconds) => {
      const mark = document.createElement("span");
      mark.textContent = clock(seconds);
      mark.style.left = `${(100 * seconds) / duration}%`;
      return mark;
    });
    ticks.replaceChildren(...marks);
  }
}
