/** Buttons that introduce a track in a list, by its most typical and its most unusual passage. */

import { byId } from "./dom.js";

/** @typedef {import("../model/previews.js").PreviewKind} PreviewKind */

/**
 * The pair of buttons; which is clicked is told by `previewClicked`.
 *
 * @param {string} title of the track, for those who hear the button alone
 */
export function previewButtons(title) {
  const template = /** @type {HTMLTemplateElement} */ (byId("preview-buttons"));
  const pair = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  for (const button of pair.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.title}: ${title}`);
  }
  return pair;
}

/**
 * Of which kind the button is that was clicked, if it is one of these.
 *
 * @param {EventTarget | null} target
 */
export function previewClicked(target) {
  const button = /** @type {Element} */ (target).closest("[data-preview]");
  return /** @type {PreviewKind | undefined} */ (/** @type {HTMLElement} */ (button)?.dataset.preview);
}

/**
 * Has the buttons of a row say which of them sounds.
 *
 * @param {Element} row
 * @param {(kind: PreviewKind) => boolean} sounds
 */
export function markPreviews(row, sounds) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-preview]"))) {
    const kind = /** @type {PreviewKind} */ (button.dataset.preview);
    button.setAttribute("aria-pressed", String(sounds(kind)));
  }
}
