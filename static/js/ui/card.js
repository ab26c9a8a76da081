/** The small card beside the dot under the pointer. */

import { byId, showText } from "./dom.js";

const GAP = 16; // pixels between dot and card

export class Card {
  constructor() {
    this.element = byId("card");
    this.spoken = byId("card-spoken");
  }

  /**
   * @param {{title: string, artist: string, time: string, tags: string[] | null}} content
   * @param {[number, number]} pixel of the dot, in the stage
   */
  show(content, pixel) {
    this.#part("title", content.title);
    this.#part("artist", content.artist);
    this.#part("time", content.time);
    this.#part("tags", content.tags?.join(" · ") ?? null);
    this.element.hidden = false;
    this.place(pixel);
  }

  hide() {
    this.element.hidden = true;
    this.spoken.textContent = "";
  }

  /** Has a screen reader say the card: once, when all of it is known. */
  announce() {
    const parts = [...this.element.children].map((part) => part.textContent);
    this.spoken.textContent = parts.filter(Boolean).join(", ");
  }

  /**
   * @param {string} name
   * @param {string | null} text
   */
  #part(name, text) {
    const part = /** @type {HTMLElement} */ (this.element.querySelector(`.card-${name}`));
    showText(part, text);
  }

  /**
   * To the right of the dot, or to its left where there is no room; nowhere while the dot is not
   * to be seen.
   *
   * @param {[number, number]} pixel of the dot, in the stage
   */
  place([x, y]) {
    const stage = /** @type {HTMLElement} */ (this.element.parentElement);
    const inside = x >= 0 && y >= 0 && x <= stage.clientWidth && y <= stage.clientHeight;
    this.element.style.visibility = inside ? "" : "hidden";
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const right = x + GAP + width + 8 <= stage.clientWidth;
    const left = right ? x + GAP : Math.max(8, x - GAP - width);
    const lowest = stage.clientHeight - height - 8;
    const top = Math.max(8, Math.min(y - height / 2, lowest));
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}
