/** Keys that mean the same wherever one is on a page, unless what has the focus needs them. */

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

/**
 * Whether an element makes something of a key itself.
 *
 * @param {{tagName: string, type?: string, isContentEditable?: boolean}} element with the focus
 * @param {string} key
 */
export function usesKey({ tagName, type = "", isContentEditable = false }, key) {
  if (isContentEditable || tagName === "TEXTAREA" || tagName === "SELECT") return true;
  if (tagName === "INPUT") {
    if (type === "range") return ARROWS.includes(key);
    if (type === "radio") return key === " " || ARROWS.includes(key);
    return type === "checkbox" ? key === " " : true;
  }
  return ["BUTTON", "A", "SUMMARY"].includes(tagName) && (key === " " || key === "Enter");
}

/**
 * Whether what lies over the page takes a key: a dialogue takes each, a menu the one that closes it.
 *
 * @param {string} key
 */
export function isTaken(key) {
  const over = key === "Escape" ? "dialog[open], :popover-open" : "dialog[open]";
  return document.querySelector(over) !== null;
}

/**
 * Calls `onKey` with the keys that nothing else has taken.
 *
 * @param {(key: string, event: KeyboardEvent) => boolean} onKey returns whether it took the key
 */
export function wireKeys(onKey) {
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTaken(key)) return;
    if (target instanceof HTMLElement && usesKey(target, key)) return;
    if (onKey(key, event)) event.preventDefault();
  });
}
