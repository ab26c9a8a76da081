/** Tracks for a text that is typed; the first ones without a text. */

import { getJson } from "../api.js";
import { artistNames } from "../model/format.js";
import { titleOf } from "../model/library.js";

const SUGGESTED = 8;

/**
 * @param {string} text
 * @returns {Promise<import("./combobox.js").Suggestion[]>} with ids as values
 */
export async function suggestTracks(text) {
  const query = new URLSearchParams({ search: text, page_size: String(SUGGESTED) });
  const { results } = await getJson(`tracks/?${query}`, { slot: "find tracks" });
  return results.map((/** @type {import("../model/library.js").Track} */ track) => ({
    label: titleOf(track),
    detail: artistNames(track),
    value: String(track.id),
  }));
}
