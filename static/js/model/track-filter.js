/** Which tracks: any combination of tags, artists, albums and words, and how many of them. */

/**
 * @typedef {{id: number, not: boolean, or: boolean}} TagTerm a tag that tracks have to have, or
 *   not to have; `or` joins it to the term before, which else is a condition of its own
 * @typedef {{tags: TagTerm[], artists: number[], albums: number[], text: string | null,
 *   first: number | null, random: number | null, seed: number, every: number}} TrackFilter
 */

/** @type {TrackFilter} every segment of every track */
export const EVERYTHING = {
  tags: [],
  artists: [],
  albums: [],
  text: null,
  first: null,
  random: null,
  seed: 0,
  every: 1,
};

/**
 * Terms as the API writes them: `12|15,!3` is (12 or 15) and not 3.
 *
 * @param {string} written
 * @returns {TagTerm[] | undefined} undefined for what makes no sense
 */
export function parseTerms(written) {
  if (!/^!?\d{1,9}([|,]!?\d{1,9})*$/.test(written)) return undefined;
  return [...written.matchAll(/([|,]?)(!?)(\d+)/g)].map(([, join, not, id]) => ({
    id: Number(id),
    not: not !== "",
    or: join === "|",
  }));
}

/** @param {TagTerm[]} terms */
export function writeTerms(terms) {
  const parts = terms.map(({ id, not, or }, i) => {
    const join = i === 0 ? "" : or ? "|" : ",";
    return join + (not ? "!" : "") + id;
  });
  return parts.join("");
}

/**
 * The terms without one of them; what was joined to it is joined to the one before.
 *
 * @param {TagTerm[]} terms
 * @param {number} index
 */
export function withoutTerm(terms, index) {
  const rest = terms.filter((_, i) => i !== index);
  const next = rest[index];
  if (next) rest[index] = { ...next, or: index > 0 && next.or && terms[index].or };
  return rest;
}

/**
 * The filter as parameters of the API; empty for all tracks.
 *
 * @param {TrackFilter} filter
 */
export function filterQuery({ tags, artists, albums, text, first, random, seed }) {
  const query = new URLSearchParams();
  if (tags.length > 0) query.set("tags", writeTerms(tags));
  if (artists.length > 0) query.set("artists", artists.join());
  if (albums.length > 0) query.set("albums", albums.join());
  if (text) query.set("text", text);
  if (first !== null) query.set("first", String(first));
  else if (random !== null) {
    query.set("random", String(random));
    query.set("seed", String(seed));
  }
  return String(query);
}

/**
 * Whether anything is left out.
 *
 * @param {TrackFilter} filter
 */
export function filters(filter) {
  return filterQuery(filter) !== "" || filter.every > 1;
}

/**
 * Which tracks are chosen, to be looked up by their ids.
 *
 * @param {ArrayLike<number>} tracks ids
 */
export function trackTable(tracks) {
  let largest = 0;
  for (let i = 0; i < tracks.length; i++) largest = Math.max(largest, tracks[i]);
  const table = new Uint8Array(largest + 1);
  for (let i = 0; i < tracks.length; i++) table[tracks[i]] = 1;
  return table;
}
