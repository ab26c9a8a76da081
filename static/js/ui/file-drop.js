/** Files that are dropped anywhere on a page. */

import { byId } from "./dom.js";

/** @param {(file: File) => void} onFile called with the first that is dropped */
export function wireFileDrop(onFile) {
  const overlay = byId("file-overlay");
  let inside = 0; // elements that the pointer has entered and not left: enter comes before leave
  const show = (/** @type {number} */ depth) => {
    inside = Math.max(depth, 0);
    overlay.hidden = inside === 0;
  };
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(inside + 1);
  });
  addEventListener("dragleave", (event) => {
    if (hasFiles(event)) show(inside - 1);
  });
  addEventListener("dragover", (event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault(); // else the browser opens what is dropped
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(0);
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}

/** @param {DragEvent} event a link or a picture of the page is none */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
