/** How much a playlist that is kept holds. */

import { count, thousands } from "../model/format.js";

/** Items; the server refuses more (explorer/playlists/saved.py). */
export const MOST = 20_000;

/**
 * @typedef {{words: string, whole: boolean}} Beyond `whole`: whole tracks can be kept instead
 */

/**
 * Why what is selected cannot be kept as it is, and what can be done.
 *
 * @param {number} stretches
 * @param {number} tracks that they lie in
 * @returns {Beyond | null} null where all is well
 */
export function beyondLimit(stretches, tracks) {
  if (stretches <= MOST) return null;
  const whole = tracks <= MOST;
  const instead = whole
    ? "Keep the whole tracks instead, or select less."
    : "Select less, or take it home as a file by “Playlist file…”.";
  const words =
    `These are ${thousands(stretches)} stretches of ${count(tracks, "track")}, and a ` +
    `playlist that is kept holds ${thousands(MOST)} at most. ${instead}`;
  return { words, whole };
}
