/** What introduces a track: its most typical passage, and its most unusual one. */

/**
 * @typedef {"typical" | "unusual"} PreviewKind
 * @typedef {{position: number, start: number, end: number}} Passage in seconds
 * @typedef {Record<PreviewKind, Passage>} Previews
 */

/** Of a track whose passages are not known: its beginning. */
const OPENING_SECONDS = 10;

/**
 * A passage of a track, as the player takes it.
 *
 * @param {{id: number, previews: Previews | null, duration: number | null}} track
 * @param {PreviewKind} kind
 * @returns {import("../player/player.js").Segment}
 */
export function previewOf({ id, previews, duration }, kind) {
  if (previews) return { track: id, ...previews[kind] };
  const end = Math.min(OPENING_SECONDS, duration || OPENING_SECONDS);
  return { track: id, position: 0, start: 0, end };
}
