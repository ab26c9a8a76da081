/** Sections of a long recording: what is asked for, and what is asked about each. */

import { searchAddress } from "./search.js";

/**
 * @typedef {{position: number, start: number, end: number}} Place in seconds
 * @typedef {Place & {segments: number, typical: Place, tags: {name: string, value: number}[]}}
 *   Section
 * @typedef {{layer: string, sensitivity: string, shortest: string}} Cut how a recording is cut
 */

/** So long a track is cut without being asked. */
export const LONG_SECONDS = 600;
/** A shorter one has no two sections. */
export const LEAST_SECONDS = 30;
/** Segments of a start, at most, as the server takes them. */
const MOST_SEGMENTS = 200;
/** Of what a search starts from. */
const STRETCH_SECONDS = 30;

/**
 * The request's query; what is left to the server is not in it.
 *
 * @param {Cut} cut
 */
export function cutQuery({ layer, sensitivity, shortest }) {
  const query = new URLSearchParams({ layer });
  if (sensitivity !== "1") query.set("sensitivity", sensitivity);
  if (shortest) query.set("shortest", shortest);
  return query.toString();
}

/**
 * The section at a moment; -1 where there is none.
 *
 * @param {Section[]} sections in their order
 * @param {number} seconds
 */
export function sectionAt(sections, seconds) {
  return sections.findLastIndex(({ start }) => start <= seconds + 1e-6);
}

/**
 * A section as a start of a blend: its segments, those in the middle where they are too many.
 *
 * @param {number} track
 * @param {Section} section
 */
export function startOfSection(track, { position, segments }) {
  const first = position + Math.max(Math.floor((segments - MOST_SEGMENTS) / 2), 0);
  return `${track}:${first}-${first + Math.min(segments, MOST_SEGMENTS) - 1}`;
}

/**
 * The page that searches from a section: from the stretch around its typical segment.
 *
 * @param {string} layer
 * @param {number} track
 * @param {Section} section
 */
export function searchOfSection(layer, track, { start, end, typical }) {
  const middle = (typical.start + typical.end) / 2;
  const last = Math.max(end - STRETCH_SECONDS, start);
  const from = Math.min(Math.max(middle - STRETCH_SECONDS / 2, start), last);
  const to = Math.min(from + STRETCH_SECONDS, end);
  return searchAddress({ layer, track, start: Math.ceil(from), end: Math.floor(to) });
}
