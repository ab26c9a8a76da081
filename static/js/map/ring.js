/** The ring around the dot that is pointed at, or heard. */

/** The ring leaves this much room around a dot, and is never smaller. */
const ROOM = 1.7;
const SMALLEST = 7; // pixels

export class Ring {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {[number, number]} pixel of the dot, from the map's top left corner
   * @param {number} radius of the dot, pixels
   */
  show([left, top], radius) {
    const { style } = this.element;
    const size = 2 * Math.max(radius * ROOM, SMALLEST);
    style.width = style.height = `${size}px`;
    style.transform = `translate(${left - size / 2}px, ${top - size / 2}px)`;
    this.element.hidden = false;
  }
}
