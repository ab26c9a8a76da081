/** A search by tags: what is asked for, as its page's address holds it, and how its text is edited. */

import { fold } from "./format.js";
import { ids, oneOf, pageAddress, readKeys, tagTerms, text, whole } from "./keys.js";
import { EVERYTHING, filterQuery } from "./track-filter.js";

/**
 * @typedef {{q: string | null, layer: string | null, find: "moments" | "tracks",
 *   by: "passages" | "mean", perArtist: number | null, spread: "0" | "0.2" | "0.5" | "0.8",
 *   limit: number, tags: import("./track-filter.js").TagTerm[], artists: number[],
 *   albums: number[], text: string | null}} WordSearch
 * @typedef {{tag: string, negated: boolean, weight: number, start: number, end: number}} Term a tag
 *   in a query, and where it stands in the text
 * @typedef {{name: string, meaning: string, present: boolean, own: boolean}} Word that may be used
 * @typedef {{tag: string, negated: boolean, share: number, activation: number | null}} Heard
 */

export const LONGEST = 1000; // letters of a query
const MOST = 100; // that the server finds at once
export const FIRST = 12; // that are found at first, and more at a time
/** An activation below is no trace of a tag, wherever it stands in the library. */
const FAINT = 0.1;

/** @type {Record<keyof WordSearch, import("./keys.js").Key<any>>} */
const KEYS = {
  q: text("q", { pattern: new RegExp(`^[^\\0]{1,${LONGEST}}$`) }),
  layer: text("layer"),
  find: oneOf("find", /** @type {const} */ (["moments", "tracks"])),
  by: oneOf("by", /** @type {const} */ (["passages", "mean"])),
  perArtist: whole("per_artist", null, { least: 1 }),
  spread: oneOf("spread", /** @type {const} */ (["0", "0.2", "0.5", "0.8"])),
  limit: whole("limit", FIRST, { least: 1 }),
  tags: tagTerms("tags"),
  artists: ids("artists"),
  albums: ids("albums"),
  text: text("text"),
};

/**
 * @param {string} query of an address; what makes no sense there is as by default
 * @returns {WordSearch}
 */
export function parseWords(query) {
  const search = /** @type {WordSearch} */ (readKeys(KEYS, query));
  const { limit, perArtist } = search;
  return { ...search, limit: Math.min(limit, MOST), perArtist: perArtist && Math.min(perArtist, MOST) };
}

/** @param {Partial<WordSearch>} search */
export function wordsAddress(search) {
  return pageAddress("/search/words", KEYS, search);
}

/**
 * The request of the API that answers a search.
 *
 * @param {WordSearch} search
 * @param {string} layer
 */
export function wordsRequest(search, layer) {
  const { q, find, by, perArtist, spread, limit } = search;
  const query = new URLSearchParams(filterQuery({ ...EVERYTHING, ...search }));
  query.set("q", q ?? "");
  query.set("layer", layer);
  if (perArtist !== null) query.set("per_artist", String(perArtist));
  query.set("spread", spread);
  query.set("limit", String(limit));
  if (find === "moments") return `segments/by-words/?${query}`;
  query.set("by", by);
  return `tracks/by-words/?${query}`;
}

/** @param {number} limit */
export function moreWords(limit) {
  return Math.min(limit + FIRST, MOST);
}

/**
 * The map of a person's own choosing, coloured by the query and of the same tracks.
 *
 * @param {WordSearch} search with a query
 * @param {string} layer
 */
export function wordsMapAddress(search, layer) {
  const query = new URLSearchParams(filterQuery({ ...EVERYTHING, ...search }));
  query.set("colour", `words:${search.q}@${layer}`);
  return `/?${query}`;
}

/**
 * The place in units of UTF-16, as the browser counts, of one in letters, as the server does.
 *
 * @param {string} written
 * @param {number} letters
 */
export function unitsAt(written, letters) {
  return [...written].slice(0, letters).join("").length;
}

/**
 * What is being typed at the caret: all since the last sign or word of the language.
 *
 * @param {string} written
 * @param {number} caret
 * @returns {{from: number, to: number, typed: string}} what a completion takes the place of
 */
export function wordAt(written, caret) {
  const part = /[^(),^*"]*$/.exec(written.slice(0, caret))?.[0] ?? "";
  const typed = part.replace(/^[\s\S]*(?:^|\s)(?:and|or|not)\s/i, "").trimStart();
  const rest = /^[^\s(),^*"]*/.exec(written.slice(caret))?.[0] ?? "";
  return { from: caret - typed.length, to: caret + rest.length, typed };
}

/**
 * The words that begin, or have a word that begins, with what is typed; the network's own first.
 *
 * @param {Word[]} words
 * @param {string} typed
 */
export function completions(words, typed) {
  const start = fold(typed.trim());
  const begins = (/** @type {Word} */ { name }) => fold(name).startsWith(start);
  const found = words.filter((word) => begins(word) || fold(word.name).includes(` ${start}`));
  return found.sort((a, b) => Number(begins(b)) - Number(begins(a)));
}

/**
 * A tag as a query has it: in quotes where it would be read as something else.
 *
 * @param {string} name
 */
export function quoted(name) {
  const odd = /[(),^*"]/.test(name) || name.split(" ").some((word) => /^(and|or|not)$/i.test(word));
  return odd ? `"${name.replaceAll('"', '""')}"` : name;
}

/**
 * A query with one more tag.
 *
 * @param {string} written
 * @param {string} name
 */
export function withTag(written, name) {
  const before = written.trim().replace(/,$/, "");
  return before ? `${before}, ${quoted(name)}` : quoted(name);
}

/**
 * A query in which a tag has another weight: below 0 it is negated.
 *
 * @param {string} written
 * @param {Term[]} terms
 * @param {number} index
 * @param {number} weight
 * @returns {{written: string, terms: Term[]}}
 */
export function reweighted(written, terms, index, weight) {
  const { tag, start, end } = terms[index];
  const size = Math.round(Math.abs(weight) * 100) / 100;
  const text = `${weight < 0 ? "not " : ""}${quoted(tag)}${size === 1 ? "" : `^${size}`}`;
  const longer = text.length - (end - start);
  const moved = terms.map((term, i) => {
    if (i === index) return { ...term, negated: weight < 0, weight: size, end: start + text.length };
    return term.start > start ? { ...term, start: term.start + longer, end: term.end + longer } : term;
  });
  return { written: written.slice(0, start) + text + written.slice(end), terms: moved };
}

/**
 * A query without one of its tags, nor the word or comma that joined it, nor empty parentheses.
 *
 * @param {string} written
 * @param {Term} term
 */
export function withoutTerm(written, { start, end }) {
  let [before, after] = [written.slice(0, start), written.slice(end)];
  for (let wraps; (wraps = /^\s*\)(?:\s*[\^*]\s*[\d.]+)?/.exec(after)) && /\(\s*$/.test(before); ) {
    before = before.replace(/(?:\bnot\s*)*\(\s*$/i, "");
    after = after.slice(wraps[0].length);
  }
  const joint = /\s*(?:,|\b(?:and|or)\b)\s*$/i;
  if (joint.test(before)) return (before.replace(joint, "") + after).trim();
  return (before + after.replace(/^\s*(?:,|\b(?:and|or)\b)\s*/i, "")).trim();
}

/**
 * A slider's value in words.
 *
 * @param {number} value -1 to 1, or more
 */
export function sliderText(value) {
  if (value === 0) return "no matter";
  const much = Math.abs(value) === 1 ? "" : ` × ${Math.abs(value)}`;
  return value > 0 ? `with${much}` : `without${much}`;
}

/**
 * Where what was found stands: "piano 99 %, not vocals 94 %".
 *
 * @param {Heard[]} tags
 */
export function standingText(tags) {
  const listed = tags.map(({ tag, negated, share, activation }) => {
    const faint = !negated && activation !== null && activation < FAINT ? " (faint)" : "";
    return `${negated ? "not " : ""}${tag} ${Math.min(Math.floor(share * 100), 99)} %${faint}`;
  });
  return listed.join(", ");
}

/**
 * The layer that is asked, of several; by default one that hears instruments.
 *
 * @param {import("./catalogue.js").Entry[]} entries of taggrams, not empty
 * @param {string | null} layer
 */
export function entryToAsk(entries, layer) {
  const named = entries.find((entry) => entry.layer.name === layer);
  return named ?? entries.find((entry) => entry.layer.tags.includes("piano")) ?? entries[0];
}

const EXAMPLES = [
  "piano and not vocals, fast",
  "guitar or harp, slow",
  "female voice, quiet^2",
  "guitar and not vocals",
  "(electronic or dance) and not sad",
  "ambient^2, beautiful",
];

/**
 * Queries to begin with, of tags that there are.
 *
 * @param {Word[]} words
 */
export function examplesFor(words) {
  const known = new Set(words.map(({ name }) => fold(name)));
  const tags = (/** @type {string} */ example) =>
    example.split(/,|\b(?:and|or|not)\b|[()]|\^\d/).map((each) => each.trim()).filter(Boolean);
  return EXAMPLES.filter((example) => tags(example).every((tag) => known.has(tag))).slice(0, 4);
}
