/** Pointer and keys on a map. */

/** How far from a dot one may point, in pixels: fingers are wider than their aim. */
const REACH = { mouse: 12, pen: 16, touch: 28 };

/** @param {import("./view.js").MapView} view */
export function wirePointing(view) {
  const { element } = view;
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && event.buttons === 0) view.hover(pick(view, event));
  });
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") view.hover(-1);
  });
  // A click that ends a drag is kept back by d3-zoom.
  element.addEventListener("click", (event) => {
    element.focus({ preventScroll: true }); // so that arrow keys go on from here
    const index = pick(view, event);
    view.hover(index);
    view.events.onPick(index);
  });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressMap(view, event.key)) event.preventDefault();
  });
}

/**
 * @param {import("./view.js").MapView} view
 * @param {PointerEvent | MouseEvent} event
 */
function pick(view, event) {
  const box = view.element.getBoundingClientRect();
  const kind = "pointerType" in event ? event.pointerType : "mouse";
  const reach = REACH[/** @type {keyof typeof REACH} */ (kind)] ?? REACH.mouse;
  return view.pick([event.clientX - box.left, event.clientY - box.top], reach);
}

/**
 * What a map does with a key.
 *
 * @param {import("./view.js").MapView} view
 * @param {string} key
 * @returns {boolean} whether the key means something here
 */
export function pressMap(view, key) {
  if (key === "+" || key === "=") view.zoomBy(1.5);
  else if (key === "-") view.zoomBy(1 / 1.5);
  else if (key === "0") view.reset();
  else if (key === "Enter") view.events.onPick(view.hovered);
  else if (key.startsWith("Arrow")) view.step(key);
  else return false;
  return true;
}
