/** What is taken of two maps that show different segments: all of it, each moment once. */

import { LEFT_OUT } from "../map/flags.js";
import { trackRange } from "../map/geometry.js";
import { linkSegments, sameSegments } from "../model/overlap.js";

/**
 * @typedef {import("./mask.js").Row} Row
 * @typedef {import("./mask.js").Source} Source
 * @typedef {{source: Source, mask: Uint8Array, flags: Uint8Array}} Part what is taken of a map
 * @typedef {{start: number, end: number}} Stretch of a track, in seconds
 */

/** Stretches this close, in seconds, are one. */
const CLOSE = 1e-6;

/**
 * What is taken of a second map and overlaps nothing that is taken of the first.
 *
 * @param {Part} first
 * @param {Part} second
 * @returns {Part}
 */
export function restOf(first, second) {
  const [own, other] = [first.source, second.source];
  const mask = new Uint8Array(second.mask.length);
  const same = own.timing.hop === other.timing.hop && sameSegments(own.points, other.points);
  if (same) return { ...second, mask };
  const links = linkSegments(other.points, other.timing, own.points, own.timing);
  for (let i = 0; i < mask.length; i++) {
    if (!second.mask[i]) continue;
    let free = true;
    for (let k = links.first[i]; free && k < links.end[i]; k++) {
      free = !first.mask[k] || (first.flags[k] & LEFT_OUT) !== 0;
    }
    mask[i] = Number(free);
  }
  return { ...second, mask };
}

/**
 * The segments of a map whose tracks another does not show.
 *
 * @param {Source} source
 * @param {Source} other
 */
export function maskOfAbsent({ points: { track } }, { points }) {
  const mask = new Uint8Array(track.length);
  for (let from = 0, to = 0; from < track.length; from = to) {
    to = trackRange(track, track[from])[1];
    const [start, end] = trackRange(points.track, track[from]);
    if (start === end) mask.fill(1, from, to);
  }
  return mask;
}

/**
 * The tracks of two parts, each once.
 *
 * @param {Row[]} rows of the first map
 * @param {Row[]} rest of the second, of what the first does not have
 * @returns {Row[]}
 */
export function joinRows(rows, rest) {
  const byTrack = new Map(rows.map((row) => [row.track, row]));
  for (const row of rest) {
    const known = byTrack.get(row.track);
    if (!known) byTrack.set(row.track, row);
    else {
      const start = Math.min(known.start, row.start);
      const [inside, shown] = [known.inside + row.inside, known.shown + row.inside];
      byTrack.set(row.track, { track: row.track, inside, shown, start });
    }
  }
  return [...byTrack.values()];
}

/**
 * @param {Stretch[]} stretches of a track
 * @returns {Stretch[]} by their starts, without gaps that are none
 */
export function joinStretches(stretches) {
  /** @type {Stretch[]} */
  const joined = [];
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end + CLOSE) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
