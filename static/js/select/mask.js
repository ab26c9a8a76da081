/** Selections worked out: one byte a point, 1 where it is selected. */

import { LEFT_OUT, OUTSIDE, SELECTED } from "../map/flags.js";
import { trackRange } from "../map/geometry.js";
import { markInside } from "./polygon.js";
import { mapKey } from "./selection.js";

/**
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {import("./selection.js").Step} Step
 * @typedef {import("./selection.js").Ranges} Ranges
 * @typedef {{hop: number, length: number}} Timing of a layer's segments, in seconds: segment
 *   `position` lasts from `position * hop` for `length`
 * @typedef {{points: PointSet, timing: Timing, averaged: boolean}} Source points of a map: a track's
 *   segments, or where they are `averaged` one for all of them
 * @typedef {{maps: Map<string, Source>, timings: Map<string, Timing>}} Known the maps that areas
 *   were drawn on, by `mapKey`, and the timing of layers, by name
 */

/**
 * Which segments of a map are selected. A segment drawn around on another map, or named as another
 * layer cuts the tracks, is the one whose middle is nearest in time.
 *
 * @param {readonly Step[]} steps
 * @param {Source} shown
 * @param {Known} known holds what each step needs
 * @returns {Uint8Array}
 */
export function maskOf(steps, shown, known) {
  const mask = new Uint8Array(shown.points.track.length);
  for (const step of steps) applyStep(step, shown, known, mask);
  return mask;
}

/**
 * @param {Step} step
 * @param {Source} shown
 * @param {Known} known
 * @param {Uint8Array} mask of the steps before, changed in place
 */
export function applyStep(step, shown, known, mask) {
  const value = step.op === "add" ? 1 : 0;
  const { points } = shown;
  if (step.kind === "all") mask.fill(value);
  else if (step.kind === "tracks") {
    for (const [first, last] of step.tracks) {
      mask.fill(value, trackRange(points.track, first)[0], trackRange(points.track, last)[1]);
    }
  } else if (step.kind === "segments") {
    const timing = known.timings.get(step.layer);
    if (timing) markSegments(step.segments, timing, shown, mask, value);
  } else {
    const source = known.maps.get(mapKey(step.map));
    if (source?.points === points) markInside(points, step.polygon, step.map.log, mask, value);
    else if (source) {
      const theirs = new Uint8Array(source.points.track.length);
      markInside(source.points, step.polygon, step.map.log, theirs, 1);
      carryOver(theirs, source, shown, mask, value);
    }
  }
}

/**
 * Where in another layer's cut of a track the middle of a segment is nearest.
 *
 * @param {number} position
 * @param {Timing} own
 * @param {Timing} other
 */
function positionIn(position, own, other) {
  return Math.round((position * own.hop + (own.length - other.length) / 2) / other.hop);
}

/**
 * @param {Map<number, Ranges>} segments by track
 * @param {Timing} timing that they are counted in
 * @param {Source} shown
 * @param {Uint8Array} mask
 * @param {number} value
 */
function markSegments(segments, timing, shown, mask, value) {
  const { track, position } = shown.points;
  for (const [id, ranges] of segments) {
    const [from, to] = trackRange(track, id);
    for (let i = from; i < to; i++) {
      const theirs = positionIn(position[i], shown.timing, timing);
      if (ranges.some(([first, last]) => theirs >= first && theirs <= last)) mask[i] = value;
    }
  }
}

/**
 * Marks the points whose segments are marked on another map.
 *
 * @param {Uint8Array} theirs mask of the other map
 * @param {Source} source the other map
 * @param {Source} shown
 * @param {Uint8Array} mask changed in place
 * @param {number} value
 */
export function carryOver(theirs, source, shown, mask, value) {
  const { track, position } = source.points;
  let j = 0;
  for (let i = 0; i < mask.length; i++) {
    const id = shown.points.track[i];
    const own = shown.points.position[i];
    const wanted = source.averaged ? 0 : positionIn(own, shown.timing, source.timing);
    while (j < track.length && (track[j] < id || (track[j] === id && position[j] < wanted))) j++;
    if (theirs[j] && track[j] === id && position[j] === wanted) mask[i] = value;
  }
}

/**
 * Has the dots show what is selected; beside them, the rest turns grey.
 *
 * @param {Uint8Array} flags changed in place
 * @param {Uint8Array | null} mask null where nothing is selected
 */
export function flagSelection(flags, mask) {
  for (let i = 0; i < flags.length; i++) {
    // Without a branch on the mask: which dots are inside cannot be foretold.
    const own = mask === null || flags[i] & OUTSIDE ? 0 : mask[i] * SELECTED;
    flags[i] = (flags[i] & ~SELECTED) | own;
  }
}

/**
 * How the selections of two maps that show the same tracks are taken together.
 *
 * @type {Record<"both" | "either" | "first" | "second", (one: number, other: number) => number>}
 */
export const COMBINE = {
  both: (one, other) => one & other,
  either: (one, other) => one | other,
  first: (one, other) => one & ~other & 1,
  second: (one, other) => other & ~one & 1,
};

/**
 * @param {keyof typeof COMBINE} mode
 * @param {Uint8Array} one mask
 * @param {Uint8Array} other mask of the same points
 */
export function combined(mode, one, other) {
  const combine = COMBINE[mode];
  return one.map((value, i) => combine(value, other[i]));
}

/**
 * The positions of each track's selected segments.
 *
 * @param {PointSet} points
 * @param {Uint8Array} mask
 * @param {Uint8Array} [flags] leaves out points that are hidden
 * @returns {Map<number, Ranges>}
 */
export function segmentsOf({ track, position }, mask, flags) {
  /** @type {Map<number, Ranges>} */
  const segments = new Map();
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i] || (flags && flags[i] & LEFT_OUT)) continue;
    const ranges = segments.get(track[i]);
    if (ranges) extend(ranges, position[i]);
    else segments.set(track[i], [[position[i], position[i]]]);
  }
  return segments;
}

/**
 * A selection as tracks that are selected from their first segment to their last, and segments of
 * the others.
 *
 * @param {string} layer
 * @param {PointSet} points
 * @param {Uint8Array} mask
 * @param {number} most runs of tracks or segments
 * @returns {Step[] | null} null where they are more
 */
export function namedSteps(layer, { track, position }, mask, most) {
  /** @type {Ranges} */
  const tracks = [];
  /** @type {Map<number, Ranges>} */
  const segments = new Map();
  let runs = 0;
  for (let from = 0, to = 0; from < track.length && runs + tracks.length <= most; from = to) {
    let inside = 0;
    for (to = from; track[to] === track[from]; to++) inside += mask[to];
    const whole = inside === to - from && position[to - 1] === inside - 1;
    if (whole) extend(tracks, track[from]);
    else if (inside > 0) {
      /** @type {Ranges} */
      const ranges = [];
      for (let i = from; i < to; i++) if (mask[i]) extend(ranges, position[i]);
      segments.set(track[from], ranges);
      runs += ranges.length;
    }
  }
  if (runs + tracks.length > most) return null;
  /** @type {Step[]} */
  const steps = [];
  if (tracks.length > 0) steps.push({ op: "add", kind: "tracks", tracks });
  if (segments.size > 0) steps.push({ op: "add", kind: "segments", layer, segments });
  return steps;
}

/**
 * @param {Ranges} ranges changed in place
 * @param {number} number after all that they hold
 */
function extend(ranges, number) {
  const last = ranges.at(-1);
  if (last && number === last[1] + 1) last[1]++;
  else ranges.push([number, number]);
}

/**
 * @typedef {{track: number, inside: number, shown: number, start: number}} Row a track with
 *   selected segments: how many, of how many that are shown, and the second at which they begin
 */

/**
 * The tracks of a selection, as far as its points are shown.
 *
 * @param {{source: Source, mask: Uint8Array, flags: Uint8Array}} part
 * @returns {Row[]}
 */
export function rowsOf({ source: { points, timing }, mask, flags }) {
  const { track: tracks, position } = points;
  /** @type {Row[]} */
  const rows = [];
  for (let from = 0, to = 0; from < tracks.length; from = to) {
    const track = tracks[from];
    let [inside, shown, first] = [0, 0, -1];
    for (to = from; tracks[to] === track; to++) {
      if (flags[to] & LEFT_OUT) continue;
      shown++;
      if (inside === 0 && mask[to]) first = to;
      inside += mask[to];
    }
    if (inside > 0) rows.push({ track, inside, shown, start: position[first] * timing.hop });
  }
  return rows;
}
