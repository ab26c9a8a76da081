/** What a person has chosen to see: kept in the address, and between visits. */

import { decode } from "../select/address.js";
import {
  dimensionsOf,
  findEntry,
  findProjection,
  hasAxes,
  methodsOf,
  startingEntry,
  startingMethod,
} from "./catalogue.js";
import { existingColour } from "./colour-choice.js";
import { axes, ids, oneOf, place, READABLE, tagTerms, text, whole, yesNo } from "./keys.js";
import { journey } from "./journey.js";

/**
 * @template K
 * @typedef {K extends import("./keys.js").Key<infer T> ? T : never} ValueOf
 */

/**
 * @typedef {{[K in keyof typeof PANE_KEYS]: ValueOf<(typeof PANE_KEYS)[K]>}} PaneChoices
 * @typedef {{[K in keyof typeof SHARED_KEYS]: ValueOf<(typeof SHARED_KEYS)[K]>}} SharedChoices
 * @typedef {SharedChoices & {panes: PaneChoices[]}} Choices what the person asked for; null where
 *   anything will do
 * @typedef {{choices: Choices, written: boolean, unknown: string[]}} Address whether any choice is
 *   `written` in it, and names of parameters that mean nothing
 * @typedef {import("./catalogue.js").Layout & {x: number, y: number, log: [boolean, boolean]}}
 *   Resolved what a pane shows for its choices now; never stored, for more may exist a moment later
 * @typedef {import("./catalogue.js").Entry} Entry
 * @typedef {import("./colour-choice.js").Library} Library
 * @typedef {import("./colour-choice.js").Tag} Tag
 */

/** Choices of each map. In the address, those of the second end in 2. */
const PANE_KEYS = {
  layer: text("layer", { kept: true }),
  method: text("by", { kept: true }),
  /** A projection by its number, where it is not the usual one by the method. */
  map: whole("map", null, { kept: true }),
  x: whole("x", 0, { kept: true }),
  y: whole("y", 1, { kept: true }),
  log: axes("log"),
  at: place("at"),
  /** What is selected, as `select/address.js` writes it. */
  selection: {
    ...text("sel"),
    kept: false,
    parse: (/** @type {string} */ written) => (decode(written).whole ? written : undefined),
  },
};

/** Choices that all maps of a page share. Features add theirs here. */
const SHARED_KEYS = {
  show: oneOf("show", /** @type {const} */ (["segments", "paths", "averages"])),
  /** "artist", "album", "track", "position", "density", "tags:<category>", "tag:<id>",
   * "heard:<name>" (a tag as the network on the map hears it) or "heard:<name>@<layer>" (as another
   * one does), "words:<query>" (a search by tags), also with "@<layer>" */
  colour: text("colour", {
    pattern: /^(artist|album|track|position|density|tags:.+|tag:\d+|heard:.+|words:.+)$/,
    kept: true,
  }),
  /** Slots of the palette whose values are switched off in the legend of this colour. */
  off: ids("off"),
  /** Of dots coloured by how much there is of something: only so many of a hundred, with the most. */
  best: whole("best", null, { least: 1 }),
  tags: tagTerms("tags"),
  artists: ids("artists"),
  albums: ids("albums"),
  text: text("text"),
  first: whole("first", null, { least: 1 }),
  random: whole("random", null, { least: 1 }),
  seed: whole("seed", 0),
  every: whole("every", 1, { least: 1 }),
  /** A path through moments, drawn over the dots. */
  journey: journey("journey"),
  /** What becomes of the tracks that the filter leaves out. */
  rest: oneOf("rest", /** @type {const} */ (["hidden", "grey"])),
  /** Of the selections of two maps: what lies in both, in either, or in one alone. */
  taken: oneOf("taken", /** @type {const} */ (["either", "both", "first", "second"])),
  /** The token of a file that somebody searches by. */
  file: text("file", { pattern: /^[\w-]{8,40}$/ }),
  /** Names of regions. */
  names: yesNo("names", true),
  /** Lines to the true neighbours of what is pointed at. */
  near: yesNo("near", true),
  /** Marks on dots that the layout has put among strangers. */
  trust: yesNo("trust", false),
  /** Colours by how little the neighbours on two maps have in common. */
  disagree: yesNo("disagree", false),
};

const STARTING_COLOUR = "tags:mood/theme";

/**
 * @param {number} panes how many maps the page has
 * @returns {Choices}
 */
export function defaults(panes) {
  return {
    ...initialValues(SHARED_KEYS),
    panes: Array.from({ length: panes }, () => initialValues(PANE_KEYS)),
  };
}

/**
 * @template {Record<string, import("./keys.js").Key<any>>} Keys
 * @param {Keys} keys
 * @returns {{[K in keyof Keys]: ValueOf<Keys[K]>}}
 */
function initialValues(keys) {
  const values = Object.entries(keys).map(([property, { initial }]) => [property, initial]);
  return Object.fromEntries(values);
}

/**
 * Every choice with its name in the address, and where it stands in `choices`.
 *
 * @param {Choices} choices
 * @returns {{name: string, key: import("./keys.js").Key<any>, place: any, property: string}[]}
 */
function slotsOf(choices) {
  const of = (/** @type {object} */ keys, /** @type {any} */ place, suffix = "") =>
    Object.entries(keys).map(([property, key]) => {
      return { name: key.name + suffix, key, place, property };
    });
  const panes = choices.panes.map((pane, i) => of(PANE_KEYS, pane, i === 0 ? "" : String(i + 1)));
  return [...panes.flat(), ...of(SHARED_KEYS, choices)];
}

/**
 * The choices of an address; what is missing there, or makes no sense, is as by default.
 *
 * @param {string} search the address's query
 * @param {number} panes
 * @returns {Address}
 */
export function parseAddress(search, panes) {
  const choices = defaults(panes);
  const slots = new Map(slotsOf(choices).map((slot) => [slot.name, slot]));
  const unknown = [];
  let written = false;
  for (const [name, value] of new URLSearchParams(search)) {
    const slot = slots.get(name);
    const parsed = slot?.key.parse(value);
    if (slot && parsed !== undefined) {
      slot.place[slot.property] = parsed;
      written = true;
    } else {
      unknown.push(name);
    }
  }
  return { choices, written, unknown };
}

/**
 * The query of an address for these choices; empty where nothing was chosen.
 *
 * @param {Choices} choices
 * @param {(key: import("./keys.js").Key<any>) => boolean} [wanted]
 */
export function writeAddress(choices, wanted = () => true) {
  const query = new URLSearchParams();
  for (const { name, key, place, property } of slotsOf(choices)) {
    const written = key.write(place[property]);
    if (wanted(key) && written !== key.write(key.initial)) query.set(name, written);
  }
  return query.size > 0 ? `?${String(query).replace(READABLE, decodeURIComponent)}` : "";
}

/**
 * The choices as an address can hold them: where they are too many, without what is selected.
 *
 * @param {Choices} choices
 * @param {number} room letters for the query
 * @returns {{query: string, rest: string}} the query, and one of what was left out
 */
export function fitAddress(choices, room) {
  const panes = choices.panes.map((pane) => ({ ...pane }));
  const out = defaults(panes.length);
  for (;;) {
    const query = writeAddress({ ...choices, panes });
    const lengths = panes.map(({ selection }) => selection?.length ?? 0);
    const longest = lengths.indexOf(Math.max(...lengths));
    if (query.length <= room || lengths[longest] === 0) return { query, rest: writeAddress(out) };
    out.panes[longest].selection = panes[longest].selection;
    panes[longest].selection = null;
  }
}

/**
 * What there is for a pane's choices: unknown layers, methods and axes give way to the nearest
 * real ones.
 *
 * @param {PaneChoices} choices
 * @param {Entry[]} entries not empty
 * @param {Entry} [beside] what another map shows: without a choice, another network's is shown
 * @returns {Resolved}
 */
export function resolvePane({ layer, method: wanted, map, x, y, log }, entries, beside) {
  const layout = findLayout(layer, wanted, map, entries, beside);
  const dimensions = dimensionsOf(layout);
  const sound = x < dimensions && y < dimensions && x !== y;
  return {
    ...layout,
    ...(sound ? { x, y } : { x: 0, y: 1 }),
    log: hasAxes(layout) ? log : [false, false],
  };
}

/**
 * @param {string | null} layer
 * @param {string | null} wanted method
 * @param {number | null} map
 * @param {Entry[]} entries
 * @param {Entry} [beside]
 * @returns {import("./catalogue.js").Layout}
 */
function findLayout(layer, wanted, map, entries, beside) {
  const found = findProjection(entries, map);
  if (found) return { ...found, method: found.projection.method };
  const entry = findEntry(entries, layer) ?? startingEntry(unlike(beside, entries));
  const method = wanted && methodsOf(entry).includes(wanted) ? wanted : startingMethod(entry);
  return { entry, method, projection: entry.projections.get(method) ?? null };
}

/**
 * The entries of other networks than one, for there is more to compare; all where it is alone.
 *
 * @param {Entry | undefined} beside
 * @param {Entry[]} entries
 */
function unlike(beside, entries) {
  const others = entries.filter(({ model }) => model.name !== beside?.model.name);
  return others.length > 0 ? others : entries;
}

/**
 * What dots are coloured by for the choices.
 *
 * @param {Choices} choices
 * @param {Entry[]} entries
 * @param {Entry} entry of the first pane
 * @param {Tag[]} tags of the library
 * @param {Library} library
 */
export function resolveColour(choices, entries, entry, tags, library) {
  const averaged = choices.show === "averages";
  const vain = averaged && choices.colour === "position";
  const wanted = (vain ? null : choices.colour) ?? STARTING_COLOUR;
  return existingColour(wanted, entries, entry, tags, library, averaged);
}

/**
 * The choices with other numbers for some maps.
 *
 * @param {Choices} choices
 * @param {Map<number, number>} numbers new ones by the old
 * @returns {Choices}
 */
export function withMaps(choices, numbers) {
  const panes = choices.panes.map((pane) => ({
    ...pane,
    map: pane.map === null ? null : (numbers.get(pane.map) ?? pane.map),
  }));
  return { ...choices, panes };
}

/**
 * Choices of an address that do not exist here, as its parameters are written.
 *
 * @param {Choices} choices
 * @param {Entry[]} entries
 * @param {Tag[]} tags
 */
export function missingChoices({ panes, colour }, entries, tags) {
  const missing = panes.flatMap(({ layer, method, map }, i) => {
    const suffix = i === 0 ? "" : String(i + 1);
    const entry = findEntry(entries, layer);
    const found = findProjection(entries, map) !== null;
    return [
      layer !== null && !entry && `layer${suffix}=${layer}`,
      map !== null && !found && `map${suffix}=${map}`,
      entry && method !== null && !found && !methodsOf(entry).includes(method) && `by${suffix}=${method}`,
    ];
  });
  const tag = colour?.match(/^tag:(\d+)$/)?.[1];
  const tagMissing = tag !== undefined && !tags.some(({ id }) => id === Number(tag));
  return [...missing, tagMissing && `colour=${colour}`].filter((name) => typeof name === "string");
}

/** @param {number} panes pages of one map and of two remember apart */
function storageKey(panes) {
  return panes === 1 ? "choices" : `choices-${panes}`;
}

/**
 * The choices of an address; where it has none, those of the last visit.
 *
 * @param {string} search the address's query
 * @param {number} panes
 * @param {Pick<Storage, "getItem">} storage
 * @returns {Address}
 */
export function initialChoices(search, panes, storage) {
  const address = parseAddress(search, panes);
  if (address.written) return address;
  // Stored in the address's own form, so that one parser checks both.
  const stored = parseAddress(storage.getItem(storageKey(panes)) ?? "", panes);
  return { ...address, choices: stored.choices };
}

/** The query of the map that was seen last: a page that is gone to from there leads back to it. */
const LAST_ADDRESS = "map-address";

/** @param {Pick<Storage, "getItem">} storage */
export function lastAddress(storage) {
  return storage.getItem(LAST_ADDRESS) ?? "";
}

/**
 * @param {Pick<Storage, "setItem">} storage
 * @param {number} panes
 * @param {string} query
 */
export function rememberAddress(storage, panes, query) {
  if (panes === 1) storage.setItem(LAST_ADDRESS, query);
}

/**
 * @param {Pick<Storage, "setItem">} storage
 * @param {Choices} choices
 */
export function remember(storage, choices) {
  storage.setItem(
    storageKey(choices.panes.length),
    writeAddress(choices, (key) => key.kept),
  );
}
