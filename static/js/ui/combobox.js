/** A text field that suggests: with arrow keys, Enter, Escape, a pointer, or a screen reader. */

import Combobox from "@github/combobox-nav";
import { isAbort } from "../api.js";

/** Typing rests so long before the server is asked. */
const REST_MS = 150;

/**
 * @typedef {{label: string, detail?: string, value: string}} Suggestion `value` is for the caller
 * @typedef {{label: string, suggestions: Suggestion[]}} Group
 */

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} list of suggestions, hidden until there are some
 * @param {{suggest: (text: string) => Promise<Group[]>, choose: (suggestion: Suggestion) => void,
 *   completes?: boolean}} events `suggest` throws an AbortError where a newer call replaces it; where
 *   the field `completes` a text, that stays, and Enter takes only what the arrow keys have gone to
 */
export function wireCombobox(input, list, { suggest, choose, completes = false }) {
  const combobox = new Combobox(input, list, {
    tabInsertsSuggestions: false,
    firstOptionSelectionMode: completes ? "none" : "active",
  });
  list.setAttribute("role", "listbox");
  let timer = 0;
  let open = false;
  /** How often suggestions were asked for, or given up. */
  let asked = 0;
  /** Whether something was typed that nothing is suggested for yet. */
  let typed = false;
  /** Whether Enter was pressed meanwhile. */
  let hasty = false;
  /** @type {Map<Element, Suggestion>} */
  let suggestions = new Map();

  const close = () => {
    clearTimeout(timer);
    asked++;
    typed = hasty = false;
    if (open) combobox.stop();
    open = false;
    list.hidden = true;
  };
  const show = async () => {
    const own = ++asked;
    let groups;
    try {
      groups = await suggest(completes ? input.value : input.value.trim());
    } catch (error) {
      if (isAbort(error)) return;
      groups = [{ label: error instanceof Error ? error.message : "Not to be had", suggestions: [] }];
    }
    if (own !== asked || document.activeElement !== input) return;
    typed = false;
    suggestions = fill(list, groups);
    if (completes && suggestions.size === 0) return close();
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    if (!open) combobox.start();
    open = true;
    combobox.resetSelection();
    const first = /** @type {HTMLElement | null} */ (list.querySelector("[role=option]"));
    if (hasty) first?.click();
    hasty = false;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked++;
    typed = true;
    timer = window.setTimeout(show, REST_MS);
  });
  input.addEventListener("focus", show);
  input.addEventListener("click", () => {
    if (!open) void show();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !open) void show();
    if (event.key === "Enter" && completes && !list.querySelector("[aria-selected=true]")) close();
    else if (event.key === "Enter" && typed) {
      hasty = true;
      clearTimeout(timer);
      void show(); // at once: one may be elsewhere in a moment
    }
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation(); // which would close the sheet
    close();
  });
  // A press would take the focus, and with it the list, before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("combobox-commit", ({ target }) => {
    const chosen = suggestions.get(/** @type {Element} */ (target));
    if (!chosen) return;
    if (!completes) input.value = "";
    close();
    choose(chosen);
  });
}

/**
 * @param {HTMLElement} list
 * @param {Group[]} groups
 */
function fill(list, groups) {
  /** @type {Map<Element, Suggestion>} */
  const suggestions = new Map();
  const shown = groups.map(({ label, suggestions: own }, number) => {
    const group = document.createElement("div");
    const head = document.createElement("p");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", (head.id = `${list.id}-group-${number}`));
    head.className = "suggestions-head muted";
    head.textContent = label;
    head.hidden = label === "";
    group.append(head);
    for (const suggestion of own) {
      const option = document.createElement("div");
      option.setAttribute("role", "option");
      option.id = `${list.id}-${suggestions.size}`;
      option.append(span("label", suggestion.label), span("muted numbers", suggestion.detail ?? ""));
      suggestions.set(option, suggestion);
      group.append(option);
    }
    return group;
  });
  list.replaceChildren(...shown);
  list.scrollTop = 0;
  return suggestions;
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
