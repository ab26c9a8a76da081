/** What all dialogues do alike. */

import { byId } from "./dom.js";

/**
 * @param {string} id
 * @returns {HTMLDialogElement}
 */
export function wireDialogue(id) {
  const dialogue = /** @type {HTMLDialogElement} */ (byId(id));
  dialogue.querySelector("[data-close]")?.addEventListener("click", () => dialogue.close());
  dialogue.addEventListener("click", (event) => {
    if (event.target === dialogue) dialogue.close(); // the backdrop, for the rest is inside of it
  });
  return dialogue;
}

/**
 * The sentence that says what went wrong.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
