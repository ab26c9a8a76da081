/** Kinds of choices: how each is read from an address, and written there. */

/**
 * One choice. `parse` returns undefined for what makes no sense; what is written like `initial`
 * is left out of the address. What is `kept` starts the next visit.
 *
 * @template T
 * @typedef {{name: string, initial: T, kept: boolean, parse: (text: string) => T | undefined,
 *   write: (value: T) => string}} Key
 */

/**
 * A text that matches a pattern; null where anything will do.
 *
 * @param {string} name in the address
 * @param {RegExp} [pattern] of the whole text
 * @returns {Key<string | null>}
 */
export function text(name, pattern = /^[^]+$/) {
  return {
    name,
    initial: null,
    kept: true,
    parse: (written) => (pattern.test(written) ? written : undefined),
    write: (value) => value ?? "",
  };
}

/**
 * A whole number from 0 to 999999.
 *
 * @template {number | null} N
 * @param {string} name
 * @param {N} initial
 * @param {{least?: number, kept?: boolean}} [options]
 * @returns {Key<number | N>}
 */
export function whole(name, initial, { least = 0, kept = false } = {}) {
  return {
    name,
    initial,
    kept,
    parse: (written) =>
      /^\d{1,6}$/.test(written) && Number(written) >= least ? Number(written) : undefined,
    write: (value) => (value === null ? "" : String(value)),
  };
}

/**
 * Which axes are logarithmic: "x", "y" or "xy".
 *
 * @param {string} name
 * @returns {Key<[boolean, boolean]>}
 */
export function axes(name) {
  return {
    name,
    initial: [false, false],
    kept: true,
    parse: (written) =>
      /^(x|y|xy)$/.test(written) ? [written.includes("x"), written.includes("y")] : undefined,
    write: ([x, y]) => (x ? "x" : "") + (y ? "y" : ""),
  };
}
