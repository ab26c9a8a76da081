/** What the page does without data: explanations on demand, the sheet, copying commands. */

import { byId } from "./dom.js";

/** Wires every part that needs no data. */
export function wireShell() {
  for (const button of document.querySelectorAll("button.explain")) wireExplanation(button);
  for (const button of document.querySelectorAll("[data-copy]")) wireCopy(button);
  wireSheet();
}

/** @param {Element} button */
function wireExplanation(button) {
  const text = byId(button.getAttribute("aria-controls") ?? "");
  button.addEventListener("click", () => {
    text.hidden = !text.hidden;
    button.setAttribute("aria-expanded", String(!text.hidden));
  });
}

/** @param {Element} button beside a command */
function wireCopy(button) {
  button.addEventListener("click", async () => {
    const command = button.parentElement?.querySelector("code");
    if (!command) return;
    try {
      await navigator.clipboard.writeText(command.textContent ?? "");
      button.textContent = "Copied";
    } catch {
      // No clipboard without https, except on this machine: select it to copy by hand.
      getSelection()?.selectAllChildren(command);
      button.textContent = "Selected";
    }
  });
}

/** On narrow screens the questions are a sheet from below. */
function wireSheet() {
  const sheet = byId("questions");
  const opener = byId("sheet-open");
  const setOpen = (/** @type {boolean} */ open) => {
    sheet.classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) byId("sheet-close").focus();
    else opener.focus();
  };
  opener.addEventListener("click", () => setOpen(!sheet.classList.contains("open")));
  byId("sheet-close").addEventListener("click", () => setOpen(false));
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.classList.contains("open")) return;
    event.preventDefault();
    setOpen(false);
  });
  byId("map").addEventListener("pointerdown", () => {
    if (sheet.classList.contains("open")) setOpen(false);
  });
  sheet.addEventListener("submit", (event) => event.preventDefault());
}
