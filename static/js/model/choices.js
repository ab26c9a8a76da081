/** What a person has chosen to see: kept in the address, and between visits. */

import { dimensionsOf, findEntry, methodsOf, startingEntry, startingMethod } from "./catalogue.js";
import { existingColour } from "./colour-choice.js";

/**
 * @typedef {{layer: string | null, method: string | null, x: number, y: number,
 *   colour: string | null}} Choices what the person asked for; null where anything will do.
 *   `colour` is "artist", "album", "track", "tags:<category>", "tag:<id>" or "heard:<name>" (a
 *   tag as a network hears it)
 * @typedef {{entry: Entry, method: string, x: number, y: number, colour: string}} Resolved what
 *   is shown for these choices now; never stored, for more may exist a moment later
 * @typedef {import("./catalogue.js").Entry} Entry
 * @typedef {import("./colour-choice.js").Library} Library
 * @typedef {import("./colour-choice.js").Tag} Tag
 */

/** @type {Choices} */
export const DEFAULTS = { layer: null, method: null, x: 0, y: 1, colour: null };

const STARTING_COLOUR = "tags:mood/theme";

const COLOUR = /^(artist|album|track|tags:.+|tag:\d+|heard:.+)$/;

/**
 * Choices written in an address; what is missing or makes no sense is left out.
 *
 * @param {string} search the address's query
 * @returns {Partial<Choices>}
 */
export function parseAddress(search) {
  const query = new URLSearchParams(search);
  /** @type {Partial<Choices>} */
  const choices = {};
  const layer = query.get("layer");
  if (layer) choices.layer = layer;
  const method = query.get("by");
  if (method) choices.method = method;
  for (const axis of /** @type {const} */ (["x", "y"])) {
    const written = query.get(axis);
    if (written && /^\d{1,6}$/.test(written)) choices[axis] = Number(written);
  }
  const colour = query.get("colour");
  if (colour && COLOUR.test(colour)) choices.colour = colour;
  return choices;
}

/**
 * The query of an address for these choices, keeping what other features wrote there; empty
 * where nothing was chosen.
 *
 * @param {Choices} choices
 * @param {string} [search] the address's query until now
 */
export function writeAddress(choices, search = "") {
  const query = new URLSearchParams(search);
  /** @type {[string, string | null][]} */
  const values = [
    ["layer", choices.layer],
    ["by", choices.method],
    ["x", choices.x === DEFAULTS.x ? null : String(choices.x)],
    ["y", choices.y === DEFAULTS.y ? null : String(choices.y)],
    ["colour", choices.colour],
  ];
  for (const [name, value] of values) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return query.size > 0 ? `?${query}` : "";
}

/**
 * What there is for these choices: unknown layers, methods, axes and colours give way to the
 * nearest real ones.
 *
 * @param {Choices} choices
 * @param {Entry[]} entries not empty
 * @param {Tag[]} tags of the library
 * @param {Library} library
 * @returns {Resolved}
 */
export function resolve(choices, entries, tags, library) {
  const entry = findEntry(entries, choices.layer) ?? startingEntry(entries);
  const method =
    choices.method && methodsOf(entry).includes(choices.method)
      ? choices.method
      : startingMethod(entry);
  const dimensions = dimensionsOf(entry, method);
  const sound = choices.x < dimensions && choices.y < dimensions && choices.x !== choices.y;
  const axes = sound ? { x: choices.x, y: choices.y } : { x: DEFAULTS.x, y: DEFAULTS.y };
  const colour = existingColour(choices.colour ?? STARTING_COLOUR, entries, entry, tags, library);
  return { entry, method, ...axes, colour };
}

const STORAGE_KEY = "choices";

/**
 * The choices of an address; where it has none, those of the last visit.
 *
 * @param {string} search the address's query
 * @param {Pick<Storage, "getItem">} storage
 * @returns {Choices}
 */
export function initialChoices(search, storage) {
  const written = parseAddress(search);
  // Stored in the address's own form, so that one parser checks both.
  const stored = () => parseAddress(storage.getItem(STORAGE_KEY) ?? "");
  return { ...DEFAULTS, ...(Object.keys(written).length > 0 ? written : stored()) };
}

/**
 * @param {Pick<Storage, "setItem">} storage
 * @param {Choices} choices
 */
export function remember(storage, choices) {
  storage.setItem(STORAGE_KEY, writeAddress(choices));
}
