/** What is known of the tracks on the map: asked for when pointed at, the latest kept. */

import { getJson, orMissing } from "../api.js";
import { LatestCache } from "./cache.js";
import { FILE_ID } from "./file-query.js";

/**
 * @typedef {{id: number, title: string, path: string, artists: {id: number, name: string}[],
 *   album: {id: number, title: string} | null, duration: number | null, gain_db: number,
 *   state: string, audio: string | null, clip: string | null, played_from: PlayedFrom,
 *   previews: import("./previews.js").Previews | null}} Track
 * @typedef {{provider: "local" | "jamendo" | null, page: string | null,
 *   licence: {name: string, url: string} | null}} PlayedFrom
 * @typedef {import("../player/player.js").Segment} Segment
 */

/** @type {LatestCache<Track>} */
const tracks = new LatestCache(500);
/** @type {LatestCache<string[]>} */
const tags = new LatestCache(2000);

/** @type {Track | null} that is none of the library's */
let file = null;

/** @param {Track} track what `FILE_ID` stands for from now on */
export function rememberFile(track) {
  file = track;
}

/**
 * @param {number} id
 * @returns {Promise<Track>}
 */
export function loadTrack(id) {
  if (id === FILE_ID && file) return Promise.resolve(file);
  return tracks.resolve(String(id), () => loadDetail(id));
}

/**
 * A track with all that is known of it.
 *
 * @param {number} id
 * @returns {Promise<any>}
 */
export function loadDetail(id) {
  const message = `There is no track ${id} in this library: it may have been removed. Choose another.`;
  return orMissing(getJson(`tracks/${id}/`), message);
}

/**
 * The track, if it was asked for before.
 *
 * @param {number} id
 */
export function knownTrack(id) {
  if (id === FILE_ID) return file ?? undefined;
  return tracks.get(String(id));
}

/** @param {Track} track */
export function titleOf(track) {
  return track.title || (track.path.split("/").pop() ?? "");
}

/**
 * The three strongest tags of a segment. A newer request aborts an older one.
 *
 * @param {string} model name
 * @param {Segment} segment
 * @param {string} purpose only requests of the same purpose abort each other
 * @returns {Promise<string[]>}
 */
export function loadTags(model, segment, purpose) {
  const address =
    `tracks/${segment.track}/tags/?model=${encodeURIComponent(model)}` +
    `&start=${segment.start.toFixed(3)}&end=${segment.end.toFixed(3)}&top=3`;
  return tags.resolve(address, async () => {
    const found = await getJson(address, { slot: `tags of ${purpose}` });
    return found.map((/** @type {{name: string}} */ tag) => tag.name);
  });
}
