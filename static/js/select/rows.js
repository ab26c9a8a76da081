/** The tracks of a selection in an order. */

/**
 * @typedef {import("./mask.js").Row} Row
 * @typedef {{titles: Map<number, string>, artists: Map<number, string>}} Names by track
 * @typedef {"count" | "title" | "artist" | "time"} Order
 */

const collator = new Intl.Collator(undefined, { numeric: true });

/**
 * @param {Row[]} rows
 * @param {Order} order `count`: most segments inside first; `time`: by when in their tracks the
 *   selection begins
 * @param {Names} names
 * @param {(row: Row) => number} startOf seconds
 * @returns {Row[]}
 */
export function sortRows(rows, order, names, startOf) {
  const compareTexts = (/** @type {Map<number, string>} */ texts) => (/** @type {Row} */ a, /** @type {Row} */ b) =>
    collator.compare(texts.get(a.track) ?? "", texts.get(b.track) ?? "");
  const byTitle = compareTexts(names.titles);
  const byArtist = compareTexts(names.artists);
  const comparisons = {
    count: (/** @type {Row} */ a, /** @type {Row} */ b) => b.inside - a.inside || byTitle(a, b),
    title: byTitle,
    artist: (/** @type {Row} */ a, /** @type {Row} */ b) => byArtist(a, b) || byTitle(a, b),
    time: (/** @type {Row} */ a, /** @type {Row} */ b) => startOf(a) - startOf(b) || byTitle(a, b),
  };
  return rows.toSorted(comparisons[order]);
}
