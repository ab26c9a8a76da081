/** Browsers play no sound before a person has done something on the page. */

/** What they may take for a gesture that allows sound; which do differs between them. */
const GESTURES = ["pointerdown", "pointerup", "touchend", "click", "keydown"];

/** @param {import("./player.js").Player} player */
export function unlockByGesture(player) {
  for (const gesture of GESTURES) {
    document.addEventListener(gesture, () => player.unlock(), { capture: true });
  }
}
