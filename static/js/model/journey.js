/** Paths through the library: what is asked for, and where their stops lie on maps. */

import { ids, oneOf, pageAddress, readKeys, tagTerms, text, whole } from "./keys.js";
import { EVERYTHING, filterQuery } from "./track-filter.js";

/**
 * @typedef {{track: number, position: number | null}} End a track, or a segment of it
 * @typedef {{layer: string | null, from: End | null, to: End | null, steps: number,
 *   different: "track" | "artist", tags: import("./track-filter.js").TagTerm[], artists: number[],
 *   albums: number[], text: string | null}} PathChoices
 * @typedef {{track: {id: number, title: string, artists: {name: string}[]}, position: number,
 *   start: number, end: number, distance: number | null}} Stop
 * @typedef {{items: Stop[], longest_step: number, interpolated_longest_step: number,
 *   compared: "tracks" | "segments", unknown: Record<string, number[]>}} Path
 * @typedef {{track: number, seconds: number}[]} Journey
 */

const PAGE = "/search/path";
export const LEAST_STOPS = 3;
export const MOST_STOPS = 50;
/** Tracks have room for so many on a map's address, and on a map. */
const MOST_ON_MAP = 100;
const DIGITS = 3;

/** @type {Record<keyof PathChoices, import("./keys.js").Key<any>>} */
const KEYS = {
  layer: text("layer"),
  from: end("from"),
  to: end("to"),
  steps: whole("steps", 10, { least: LEAST_STOPS }),
  different: oneOf("different", /** @type {const} */ (["track", "artist"])),
  tags: tagTerms("tags"),
  artists: ids("artists"),
  albums: ids("albums"),
  text: text("text"),
};

/**
 * A track, or a segment of it: "7" or "7:12".
 *
 * @param {string} name
 * @returns {import("./keys.js").Key<End | null>}
 */
function end(name) {
  return {
    name,
    initial: null,
    kept: false,
    parse: (written) => {
      const found = /^([1-9]\d{0,8})(?::(\d{1,6}))?$/.exec(written);
      if (!found) return undefined;
      return { track: Number(found[1]), position: found[2] === undefined ? null : Number(found[2]) };
    },
    write: writeEnd,
  };
}

/** @param {End | null} place */
function writeEnd(place) {
  if (!place) return "";
  return place.position === null ? String(place.track) : `${place.track}:${place.position}`;
}

/**
 * @param {string} query of an address
 * @returns {PathChoices}
 */
export function parsePath(query) {
  const choices = /** @type {PathChoices} */ (readKeys(KEYS, query));
  return { ...choices, steps: Math.min(choices.steps, MOST_STOPS) };
}

/** @param {Partial<PathChoices>} choices */
export function pathAddress(choices) {
  return pageAddress(PAGE, KEYS, choices);
}

/**
 * The request of the API that answers with a path.
 *
 * @param {PathChoices} choices with both ends
 * @param {string} layer
 */
export function pathRequest({ from, to, steps, different, ...filter }, layer) {
  const query = new URLSearchParams(filterQuery({ ...EVERYTHING, ...filter }));
  query.set("layer", layer);
  query.set("from", writeEnd(from));
  query.set("to", writeEnd(to));
  query.set("steps", String(steps));
  query.set("different", different);
  return `paths/?${query}`;
}

/**
 * The page of the path between two tracks that are selected: from a moment, where that is all that
 * is selected of a track.
 *
 * @param {import("../select/mask.js").Row[]} rows
 * @param {import("./catalogue.js").Layer} layer
 * @returns {string | null} null where there are not two
 */
export function pathBetween(rows, { name, hop_seconds: hop }) {
  if (rows.length !== 2) return null;
  const [from, to] = rows.map(({ track, inside, shown, start }) => {
    return { track, position: inside === 1 && shown > 1 ? Math.round(start / hop) : null };
  });
  return pathAddress({ layer: name, from, to });
}

/**
 * Where the longest step ends; the first of several.
 *
 * @param {Stop[]} items of a path
 */
export function longestAt(items) {
  const distances = items.map(({ distance }) => distance ?? -1);
  return distances.indexOf(Math.max(...distances));
}

/**
 * What is said of a path.
 *
 * @param {Path} path
 */
export function pathSentence({ items, longest_step: longest, interpolated_longest_step: naive, compared }) {
  const at = longestAt(items);
  const [before, after] = [items[at - 1].track.title, items[at].track.title];
  const step = `The longest step, from “${before}” to “${after}”, is ${longest.toFixed(DIGITS)}`;
  const better = naive - longest >= 0.5 * 10 ** -DIGITS;
  const beside = better
    ? `; through the nearest to points on the straight line it would be ${naive.toFixed(DIGITS)}.`
    : ", as through the nearest to points on the straight line.";
  const what =
    compared === "tracks"
      ? "Tracks are compared as wholes, and each is heard at its most typical moment"
      : "Moments are compared";
  return `${step}${beside} ${what}. 0 is the same direction to the network.`;
}

/**
 * Moments in the order of a path, as an address holds them: "7@37.4,9@12.0". Seconds, for networks
 * cut tracks differently; in the middle of what each heard.
 *
 * @param {string} name
 * @returns {import("./keys.js").Key<Journey>}
 */
export function journey(name) {
  return {
    name,
    initial: [],
    kept: false,
    parse: (written) => {
      const places = written === "" ? [] : written.split(",");
      if (places.length > MOST_ON_MAP) return undefined;
      const found = places.map((place) => /^([1-9]\d{0,8})@(\d{1,6}(?:\.\d)?)$/.exec(place));
      if (found.some((each) => !each)) return undefined;
      return found.map((each) => ({ track: Number(each?.[1]), seconds: Number(each?.[2]) }));
    },
    write: (places) => places.map(({ track, seconds }) => `${track}@${seconds.toFixed(1)}`).join(),
  };
}

/**
 * The map with a path drawn on it.
 *
 * @param {string} layer
 * @param {Stop[]} items
 */
export function journeyAddress(layer, items) {
  const places = items.map(({ track, start, end: until }) => {
    return { track: track.id, seconds: (start + until) / 2 };
  });
  const keys = { layer: text("layer"), journey: journey("journey") };
  return pageAddress("/", keys, { layer, journey: places });
}

/**
 * What is heard of each stop: so much from its moment on.
 *
 * @param {Stop[]} items
 * @param {number} seconds
 */
export function passagesOf(items, seconds) {
  return items.map(({ track, start }) => ({ track: track.id, start, end: start + seconds }));
}
