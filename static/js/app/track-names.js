/** Titles and artists of all tracks, for lists that are sorted by them. */

import { getTable } from "../api.js";
import { rankTexts } from "../select/rows.js";

/** @typedef {import("../select/rows.js").Names} Names */

/**
 * Asks for all names at once: for 10,000 tracks, two answers instead of ten thousand.
 *
 * @returns {Promise<Names>}
 */
export async function loadNames() {
  const [titles, artists] = await Promise.all(
    ["track", "artist"].map(async (by) => {
      const { columns, metadata } = await getTable(`tracks/classes/?by=${by}`);
      /** @type {string[]} */
      const labels = JSON.parse(metadata.labels);
      return rankTexts(columns.track, Array.from(columns.class, (index) => labels[index] ?? ""));
    }),
  );
  return { titles, artists };
}
