/** The colours that a map takes from the page. */

/** @typedef {[number, number, number]} Colour red, green and blue, 0 to 255 */

/**
 * @param {Element} element
 * @returns {{background: Colour, ink: Colour}}
 */
export function readColours(element) {
  const style = getComputedStyle(element);
  return { background: parseColour(style.backgroundColor), ink: parseColour(style.color) };
}

/**
 * @param {string} css as computed styles have it: rgb(1, 2, 3)
 * @returns {Colour}
 */
function parseColour(css) {
  const [red = 0, green = 0, blue = 0] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** @param {Colour} colour */
export function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}
