/** Kinds of choices: how each is read from an address, and written there. */

import { parseTerms, writeTerms } from "./track-filter.js";

/**
 * One choice. `parse` returns undefined for what makes no sense; what is written like `initial`
 * is left out of the address. What is `kept` starts the next visit.
 *
 * @template T
 * @typedef {{name: string, initial: T, kept: boolean, parse: (text: string) => T | undefined,
 *   write: (value: T) => string}} Key
 */

/**
 * The values of an address; what is missing there, or makes no sense, is as by default.
 *
 * @param {Record<string, Key<any>>} keys by the property that each is of
 * @param {string} query
 * @returns {Record<string, any>}
 */
export function readKeys(keys, query) {
  const written = new URLSearchParams(query);
  const values = Object.entries(keys).map(([property, { name, initial, parse }]) => {
    const value = written.get(name);
    return [property, (value === null ? undefined : parse(value)) ?? initial];
  });
  return Object.fromEntries(values);
}

/** Signs that need no escape in a query (RFC 3986, 3.4), and are easier to read without. */
export const READABLE = /%(2C|3A|2F|21|40)/g;

/**
 * The address of a page, with all that is not as by default.
 *
 * @param {string} page
 * @param {Record<string, Key<any>>} keys
 * @param {Record<string, any>} values what is undefined is left out
 */
export function pageAddress(page, keys, values) {
  const query = new URLSearchParams();
  for (const [property, key] of Object.entries(keys)) {
    const value = values[property];
    if (value === undefined) continue;
    const written = key.write(value);
    if (written !== key.write(key.initial)) query.set(key.name, written);
  }
  return query.size > 0 ? `${page}?${String(query).replace(READABLE, decodeURIComponent)}` : page;
}

/**
 * A text that matches a pattern; null where anything will do.
 *
 * @param {string} name in the address
 * @param {{pattern?: RegExp, kept?: boolean}} [options] `pattern` of the whole text
 * @returns {Key<string | null>}
 */
export function text(name, { pattern = /^[^\0]{1,200}$/, kept = false } = {}) {
  return {
    name,
    initial: null,
    kept,
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

/**
 * One of several words.
 *
 * @template {string} W
 * @param {string} name
 * @param {readonly W[]} words the first is what one begins with
 * @returns {Key<W>}
 */
export function oneOf(name, words) {
  return {
    name,
    initial: words[0],
    kept: false,
    parse: (written) => words.find((word) => word === written),
    write: (value) => value,
  };
}

/**
 * Ids, in the order in which they were chosen.
 *
 * @param {string} name
 * @returns {Key<number[]>}
 */
export function ids(name) {
  return {
    name,
    initial: [],
    kept: false,
    parse: (written) =>
      /^\d{1,9}(,\d{1,9})*$/.test(written) ? written.split(",").map(Number) : undefined,
    write: (value) => value.join(),
  };
}

/**
 * A combination of tags.
 *
 * @param {string} name
 * @returns {Key<import("./track-filter.js").TagTerm[]>}
 */
export function tagTerms(name) {
  return { name, initial: [], kept: false, parse: parseTerms, write: writeTerms };
}

/**
 * Yes or no, written 1 and 0.
 *
 * @param {string} name
 * @param {boolean} initial
 * @returns {Key<boolean>}
 */
export function yesNo(name, initial) {
  return {
    name,
    initial,
    kept: true,
    parse: (written) => (/^[01]$/.test(written) ? written === "1" : undefined),
    write: (value) => (value ? "1" : "0"),
  };
}

/**
 * Where one has zoomed to: how far, and the data in the map's middle; null for everything.
 *
 * @param {string} name
 * @returns {Key<import("../map/plane.js").Place | null>}
 */
export function place(name) {
  return {
    name,
    initial: null,
    kept: false,
    parse: (written) => {
      const [zoom, x, y, ...rest] = written.split(",").map(Number);
      const sound = zoom >= 0.5 && zoom <= 400 && Number.isFinite(x) && Number.isFinite(y);
      return sound && rest.length === 0 ? { zoom, x, y } : undefined;
    },
    write: (value) => (value ? [value.zoom, value.x, value.y].map(shortened).join() : ""),
  };
}

/** @param {number} value five digits are less than a pixel */
function shortened(value) {
  return String(Number(value.toPrecision(5)));
}
