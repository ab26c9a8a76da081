/** The tracks of a selection in an order. */

/**
 * @typedef {import("./mask.js").Row} Row
 * @typedef {{texts: Map<number, string>, ranks: Map<number, number>}} Texts by track: what is read,
 *   and its place among all of them in alphabetical order
 * @typedef {{titles: Texts, artists: Texts}} Names
 * @typedef {"count" | "title" | "artist" | "time"} Order
 */

/**
 * Names before they are known.
 *
 * @returns {Names}
 */
export function noNames() {
  return { titles: rankTexts([], []), artists: rankTexts([], []) };
}

/**
 * Texts are compared here once, for comparing them in a list of ten thousand halts the page.
 *
 * @param {ArrayLike<number>} tracks
 * @param {string[]} texts of each track
 * @returns {Texts}
 */
export function rankTexts(tracks, texts) {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const places = new Map([...new Set(texts)].sort(compare).map((text, place) => [text, place]));
  const ids = Array.from(tracks);
  return {
    texts: new Map(ids.map((track, i) => [track, texts[i]])),
    ranks: new Map(ids.map((track, i) => [track, places.get(texts[i]) ?? 0])),
  };
}

/**
 * @param {Row[]} rows
 * @param {Order} order `count`: most segments inside first; `time`: by when in their tracks the
 *   selection begins
 * @param {Names} names
 * @returns {Row[]}
 */
export function sortRows(rows, order, { titles, artists }) {
  /** @type {Record<Order, (row: Row) => number>} */
  const keys = {
    count: (row) => -row.inside,
    title: () => 0,
    artist: (row) => artists.ranks.get(row.track) ?? 0,
    time: ({ start }) => start,
  };
  const key = keys[order];
  const sorted = rows.map((row) => ({ row, key: key(row), title: titles.ranks.get(row.track) ?? 0 }));
  sorted.sort((a, b) => a.key - b.key || a.title - b.title);
  return sorted.map(({ row }) => row);
}
