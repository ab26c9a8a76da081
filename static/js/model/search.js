/** A search by sound: what it starts from and how it looks, as the address of its page holds it. */

import { encode } from "../select/address.js";
import { starts, weight, writeStarts } from "./blend.js";
import { ids, oneOf, pageAddress, readKeys, tagTerms, text, whole } from "./keys.js";
import { EVERYTHING, filterQuery } from "./track-filter.js";

/**
 * @typedef {import("./catalogue.js").Layer} Layer
 * @typedef {"track" | "artist" | "album"} Same
 * @typedef {{layer: string | null, file: string | null, track: number | null, position: number | null,
 *   start: number | null, end: number | null, weight: number, others: Start[], find: "moments" | "tracks",
 *   by: "mean" | "stretches", metric: "cosine" | "euclidean" | "inner", without: Same[],
 *   perArtist: number | null, spread: "0.2" | "0" | "0.5" | "0.8", limit: number,
 *   tags: import("./track-filter.js").TagTerm[], artists: number[], albums: number[],
 *   text: string | null}} Search `position` of a segment, or `start` and `end` of a stretch in
 *   whole seconds; `others` to start from as well, beside which this start has a `weight`
 * @typedef {import("./blend.js").Start} Start
 * @typedef {{track: {id: number}, span: {position: number, segments?: number} | null}} Found
 */

/** @type {readonly Same[]} */
const SAME = ["track", "artist", "album"];
const MOST = 100; // that the server finds at once
const MORE = 12;
/** A stretch of which one end is known. */
const STRETCH_SECONDS = 15;

/** @type {import("./keys.js").Key<Same[]>} */
const without = {
  name: "without",
  initial: ["track"],
  kept: false,
  parse: (written) => {
    const words = written === "" ? [] : written.split(",");
    const same = SAME.filter((word) => words.includes(word));
    return same.length === words.length ? same : undefined;
  },
  write: (value) => value.join(),
};

/** @type {Record<keyof Search, import("./keys.js").Key<any>>} */
const KEYS = {
  layer: text("layer"),
  /** Of a file that somebody searches by; then there is no track. */
  file: text("file", { pattern: /^[\w-]{8,40}$/ }),
  track: { name: "track", initial: null, kept: false, parse: oneId, write: (id) => String(id ?? "") },
  position: whole("position", null),
  start: whole("start", null),
  end: whole("end", null),
  weight: weight("weight"),
  others: starts("with"),
  find: oneOf("find", /** @type {const} */ (["moments", "tracks"])),
  by: oneOf("by", /** @type {const} */ (["mean", "stretches"])),
  metric: oneOf("metric", /** @type {const} */ (["cosine", "euclidean", "inner"])),
  without,
  perArtist: whole("per_artist", null, { least: 1 }),
  spread: oneOf("spread", /** @type {const} */ (["0.2", "0", "0.5", "0.8"])),
  limit: whole("limit", MORE, { least: 1 }),
  tags: tagTerms("tags"),
  artists: ids("artists"),
  albums: ids("albums"),
  text: text("text"),
};

/** @param {string} written */
function oneId(written) {
  return /^[1-9]\d{0,8}$/.test(written) ? Number(written) : undefined;
}

/**
 * @param {string} query of an address; what makes no sense there is as by default
 * @returns {Search}
 */
export function parseSearch(query) {
  const search = /** @type {Search} */ (readKeys(KEYS, query));
  const { start, end } = search;
  if (start === null || end === null || end <= start) search.start = search.end = null;
  search.limit = Math.min(search.limit, MOST);
  if (search.perArtist !== null) search.perArtist = Math.min(search.perArtist, MOST);
  return search;
}

/**
 * @param {Partial<Search>} search
 * @returns {string} the page's address
 */
export function searchAddress(search) {
  return pageAddress(search.file ? "/search/file" : "/search", KEYS, search);
}

/**
 * Of the segment at a place of a track; its end may be too short for one.
 *
 * @param {Layer} layer
 * @param {number} seconds
 * @param {number} duration 0 where it is not known
 */
export function positionAt({ hop_seconds: hop, segment_seconds: length }, seconds, duration) {
  const last = duration ? Math.max(Math.floor((duration - length) / hop + 1e-6), 0) : Infinity;
  return Math.min(Math.floor(seconds / hop + 1e-6), last);
}

/**
 * The stretch or the segment that a search starts from: without either, the middle of the track.
 *
 * @param {Search} search
 * @param {Layer} layer
 * @param {number} duration of the track
 */
export function startOf({ position, start, end }, layer, duration) {
  if (start !== null && end !== null) return { position: null, start, end };
  const at = position ?? positionAt(layer, duration / 2, duration);
  const from = at * layer.hop_seconds;
  return { position: at, start: from, end: from + layer.segment_seconds };
}

/**
 * A stretch with another edge; the other edge makes way where it lies on the wrong side.
 *
 * @param {{start: number | null, end: number | null}} stretch
 * @param {"start" | "end"} edge
 * @param {number} seconds
 * @param {number} duration of the track; 0 where it is not known
 */
export function withEdge({ start, end }, edge, seconds, duration) {
  const last = duration ? Math.max(Math.ceil(duration), 1) : Infinity;
  if (edge === "start") {
    const from = Math.min(Math.floor(seconds), last - 1);
    return { start: from, end: end !== null && end > from ? end : Math.min(from + STRETCH_SECONDS, last) };
  }
  const to = Math.min(Math.max(Math.ceil(seconds), 1), last);
  return { start: start !== null && start < to ? start : Math.max(to - STRETCH_SECONDS, 0), end: to };
}

/**
 * The request of the API that answers a search.
 *
 * @param {Search} search of a track or a file
 * @param {Layer} layer
 * @param {number} duration of the track or the file
 */
export function requestOf(search, layer, duration) {
  const { find, by, metric, perArtist, spread, limit } = search;
  const query = new URLSearchParams(filterQuery({ ...EVERYTHING, ...search }));
  query.set("layer", layer.name);
  query.set("metric", metric);
  query.set("without", search.without.join());
  if (perArtist !== null) query.set("per_artist", String(perArtist));
  query.set("spread", spread);
  query.set("limit", String(limit));
  query.set("why", "true");
  if (isBlend(search)) {
    query.set("starts", writeStarts(startsOf(search, layer, duration)));
    return `${find === "tracks" ? "tracks" : "segments"}/blend/?${query}`;
  }
  const { file, track } = search;
  if (find === "tracks") {
    query.set("by", by);
    return `${file ? `queries/${file}` : `tracks/${track}`}/similar/?${query}`;
  }
  if (!file) query.set("track", String(track));
  const { position, start, end } = startOf(search, layer, duration);
  if (position !== null) query.set("position", String(position));
  else {
    query.set("start", String(start));
    query.set("end", String(end));
  }
  return `${file ? `queries/${file}/` : ""}segments/similar/?${query}`;
}

/**
 * Whether a search starts from several tracks of the library.
 *
 * @param {Search} search
 */
export function isBlend({ file, others }) {
  return file === null && others.length > 0;
}

/**
 * All that a search starts from, the page's own first; whole tracks, where tracks are to be found.
 *
 * @param {Search} search
 * @param {Layer} layer
 * @param {number} duration of the page's track
 * @returns {Start[]}
 */
export function startsOf(search, layer, duration) {
  const all = [ownStart(search, layer, duration), ...search.others];
  return search.find === "tracks" ? all.map((each) => ({ ...each, first: null, last: null })) : all;
}

/**
 * The page's own start by its segments.
 *
 * @param {Search} search of a track
 * @param {Layer} layer
 * @param {number} duration
 * @returns {Start}
 */
export function ownStart(search, layer, duration) {
  const { position, start, end } = startOf(search, layer, duration);
  const [first, last] = position === null ? covering(layer, start, end) : [position, position];
  const track = /** @type {number} */ (search.track);
  return { track, first, last, weight: search.weight };
}

/**
 * The first and the last segment that cover these seconds best, as the API counts them.
 *
 * @param {Layer} layer
 * @param {number} start
 * @param {number} end
 * @returns {[number, number]} positions
 */
function covering({ hop_seconds: hop, segment_seconds: length }, start, end) {
  const nearest = (/** @type {number} */ seconds) => Math.round(seconds / hop);
  const [first, last] = [nearest(start), nearest(end - length)];
  if (last >= first) return [first, last];
  const middle = Math.max(nearest((start + end - length) / 2), 0);
  return [middle, middle];
}

/**
 * The same search with another of its starts as the page's own, whose moment can be chosen there.
 *
 * @param {Search} search
 * @param {number} index of the other
 * @param {Layer} layer
 * @param {number} duration of the page's track
 */
export function withOtherFirst(search, index, layer, duration) {
  const other = search.others[index];
  const single = other.first === other.last;
  const seconds = { start: null, end: null };
  if (!single && other.first !== null && other.last !== null) {
    const { hop_seconds: hop, segment_seconds: length } = layer;
    Object.assign(seconds, { start: Math.floor(other.first * hop), end: Math.ceil(other.last * hop + length) });
  }
  return searchAddress({
    ...search,
    ...seconds,
    track: other.track,
    position: single ? other.first : null,
    weight: other.weight,
    others: search.others.with(index, ownStart(search, layer, duration)),
  });
}

/**
 * A sentence that names which options keep tracks out of what is found; "" where none does.
 *
 * @param {Pick<Search, "file" | "without">} search
 */
export function leftOut({ file, without: same }) {
  if (file !== null || same.length === 0) return "";
  return `Left out ${same.length === 1 ? "is" : "are"} ${same.map((each) => `the same ${each}`).join(", ")}. `;
}

/** @param {number} limit */
export function more(limit) {
  return Math.min(limit + MORE, MOST);
}

/**
 * The map with what was found selected: the moments, or the tracks where they are whole.
 *
 * @param {string} layer
 * @param {Found[]} found
 * @param {string | null} [file] that is shown beside it
 */
export function mapAddress(layer, found, file = null) {
  /** @type {Map<number, import("../select/selection.js").Ranges>} */
  const segments = new Map();
  for (const { track, span } of found) {
    if (!span) continue;
    const ranges = segments.get(track.id) ?? [];
    segments.set(track.id, [...ranges, [span.position, span.position + (span.segments ?? 1) - 1]]);
  }
  for (const ranges of segments.values()) ranges.sort((a, b) => a[0] - b[0]);
  const tracks = found.filter(({ span }) => !span).map(({ track }) => track.id);
  tracks.sort((a, b) => a - b);
  /** @type {import("../select/selection.js").Step[]} */
  const steps = [];
  if (segments.size) steps.push({ op: "add", kind: "segments", layer, segments });
  if (tracks.length) steps.push({ op: "add", kind: "tracks", tracks: tracks.map((id) => [id, id]) });
  const query = new URLSearchParams({ layer });
  if (steps.length) query.set("sel", encode(steps));
  if (file) query.set("file", file);
  return `/?${query}`;
}

const MEANINGS = {
  cosine: "0 is the same direction to the network, 1 has nothing in common",
  euclidean: "0 is the same to the network; how large it grows depends on the layer",
  inner: "the inner product with its sign changed: the lower, the more alike",
};

/** @param {Search["metric"]} metric */
export function meaningOf(metric) {
  return MEANINGS[metric];
}
