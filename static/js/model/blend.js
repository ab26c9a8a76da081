/** Several moments and tracks that a search starts from at once, each more or less. */

/**
 * @typedef {{track: number, first: number | null, last: number | null, weight: number}} Start
 *   segments of a track from `first` to `last`, or the whole track; `weight` from -1 (unlike it) to 1
 */

const MOST = 19; // besides the one that the page is of
/** Less like what was found: less than it was wanted before, or nothing would be left of that. */
export const UNLIKE = -0.5;

/**
 * Starts as the address and the API have them: "9:3*-0.5,4,7:2-5".
 *
 * @param {string} name
 * @returns {import("./keys.js").Key<Start[]>}
 */
export function starts(name) {
  return {
    name,
    initial: [],
    kept: false,
    parse: (written) => {
      const found = written.split(",").map(parseStart);
      if (found.length > MOST || found.some((start) => start === null)) return undefined;
      return /** @type {Start[]} */ (found);
    },
    write: writeStarts,
  };
}

/**
 * How much something counts.
 *
 * @param {string} name
 * @returns {import("./keys.js").Key<number>}
 */
export function weight(name) {
  return {
    name,
    initial: 1,
    kept: false,
    parse: (written) => (/^-?[01](\.\d)?$/.test(written) ? sound(Number(written)) : undefined),
    write: String,
  };
}

/** @param {number} value */
function sound(value) {
  return Math.abs(value) <= 1 ? value : undefined;
}

/**
 * @param {string} written
 * @returns {Start | null}
 */
function parseStart(written) {
  const found = /^([1-9]\d{0,8})(?::(\d{1,6})(?:-(\d{1,6}))?)?(?:\*(-?[01](?:\.\d)?))?$/.exec(written);
  if (!found) return null;
  const [track, first, last = first, times = "1"] = found.slice(1);
  const start = {
    track: Number(track),
    first: first === undefined ? null : Number(first),
    last: last === undefined ? null : Number(last),
    weight: Number(times),
  };
  const ordered = start.first === null || start.last === null || start.first <= start.last;
  return ordered && Math.abs(start.weight) <= 1 ? start : null;
}

/** @param {Start[]} written */
export function writeStarts(written) {
  return written
    .map(({ track, first, last, weight: times }) => {
      const run = first === null ? "" : first === last ? `:${first}` : `:${first}-${last}`;
      return `${track}${run}${times === 1 ? "" : `*${times}`}`;
    })
    .join();
}

/**
 * Whether two start from the same.
 *
 * @param {Start} one
 * @param {Start} other
 */
function same(one, other) {
  return one.track === other.track && one.first === other.first && one.last === other.last;
}

/**
 * The starts with one more; one that is there already has another weight.
 *
 * @param {Start[]} others
 * @param {Start} start
 */
export function withStart(others, start) {
  const rest = others.filter((other) => !same(other, start));
  return [...rest, start].slice(-MOST);
}

/** @param {number} value */
export function weightWords(value) {
  if (value === 0) return "does not count";
  return `${value > 0 ? "more" : "less"} like it, ${Math.abs(value)}`;
}

/**
 * The seconds of a start's segments; null for the whole track.
 *
 * @param {Start} start
 * @param {import("./catalogue.js").Layer} layer
 */
export function spanOf({ track, first, last }, { hop_seconds: hop, segment_seconds: length }) {
  if (first === null || last === null) return null;
  return { track, position: first, start: first * hop, end: last * hop + length };
}
