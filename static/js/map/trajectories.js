/** Tracks as smooth paths through their segments in the order of time. */

import { interpolateViridis } from "d3-scale-chromatic";
import { curveCatmullRom } from "d3-shape";
import { GREY, HIDDEN, tierOf, tiersOf } from "./flags.js";

/**
 * @typedef {import("./geometry.js").PointSet} PointSet
 * @typedef {{indices: number[], from: number, to: number}} Trajectory points on a path, in the order
 *   of time; positions of the track's first and last segment, visible or not
 * @typedef {[number, number, number, number, number, number, number, number]} Piece of a path: a
 *   Bézier curve's start, two handles and end
 */

/** Segments on paths at most: without a graphics card, so many take 20 ms of each frame. */
const LIMIT = 10_000;
/** Shades along a path; all pieces of a shade are drawn at once. */
const SHADES = 32;
/** Where viridis begins to stand out from the dark map, as for other colours (model/colours.js). */
const DARKEST = 0.32;
/** Beyond this number of paths they are drawn thin. */
const FEW = 40;
const START_RADIUS = 4;

/**
 * The tracks that have a path. Where there are too many, some are left out, evenly.
 *
 * @param {PointSet} points
 * @param {Uint8Array} flags points that are hidden, or grey context, are on no path
 * @param {number} limit points on all paths
 * @returns {{paths: Trajectory[], omitted: number}} `omitted`: how many tracks were left out
 */
export function trajectoriesOf({ track, position }, flags, limit) {
  const { selecting } = tiersOf(flags);
  const drawn = (/** @type {number} */ i) =>
    !(flags[i] & HIDDEN) && tierOf(flags[i], selecting) !== GREY;
  let total = 0;
  for (let i = 0; i < track.length; i++) if (drawn(i)) total++;
  const share = Math.min(1, limit / Math.max(total, 1));
  /** @type {Trajectory[]} */
  const paths = [];
  let tracks = 0;
  for (let start = 0, end = 0; start < track.length; start = end) {
    let first = start;
    for (end = start; end < track.length && track[end] === track[start]; end++) {
      if (first === end && !drawn(end)) first++;
    }
    if (first === end) continue;
    tracks++;
    if (Math.floor(tracks * share) === Math.floor((tracks - 1) * share)) continue;
    const indices = [];
    for (let i = first; i < end; i++) if (drawn(i)) indices.push(i);
    paths.push({ indices, from: position[start], to: position[end - 1] });
  }
  return { paths, omitted: tracks - paths.length };
}

/**
 * A smooth curve through places, one piece from each to the next.
 *
 * @param {[number, number][]} places
 * @returns {Piece[]}
 */
export function smooth(places) {
  /** @type {Piece[]} */
  const pieces = [];
  let [atX, atY] = [0, 0];
  const pen = {
    moveTo(/** @type {number} */ x, /** @type {number} */ y) {
      [atX, atY] = [x, y];
    },
    lineTo(/** @type {number} */ x, /** @type {number} */ y) {
      this.bezierCurveTo(atX, atY, x, y, x, y);
    },
    /** @param {[number, number, number, number, number, number]} curve */
    bezierCurveTo(...curve) {
      pieces.push([atX, atY, ...curve]);
      [atX, atY] = [curve[4], curve[5]];
    },
  };
  if (places.length < 2) return pieces;
  const curve = curveCatmullRom(/** @type {any} */ (pen));
  curve.lineStart();
  for (const [x, y] of places) curve.point(x, y);
  curve.lineEnd();
  return pieces;
}

/** @type {WeakMap<object, {revision: number, found: ReturnType<typeof trajectoriesOf>}>} by view */
const known = new WeakMap();

/**
 * The paths of a view, looked for once: a million points are not gone through for each frame.
 *
 * @param {import("./view.js").MapView} view
 * @param {import("./view.js").MapContent} content
 */
function pathsOf(view, { points, flags }) {
  const last = known.get(view);
  if (last?.revision === view.revision) return last.found;
  const found = trajectoriesOf(points, flags, LIMIT);
  known.set(view, { revision: view.revision, found });
  return found;
}

/**
 * Paints the paths of the tracks that are shown.
 *
 * @param {import("./svg-context.js").Pen} context
 * @param {import("./view.js").MapView} view
 * @returns {number} how many tracks were left out, because all would take too long
 */
export function paintTrajectories(context, view) {
  const { content } = view;
  if (!content) return 0;
  const { points } = content;
  const { paths, omitted } = pathsOf(view, content);
  const places = view.places();
  /** @type {Piece[][]} */
  const shades = Array.from({ length: SHADES }, () => []);
  for (const { indices, from, to } of paths) {
    smooth(indices.map(places)).forEach((piece, i) => {
      const time = (points.position[indices[i]] - from) / Math.max(to - from, 1);
      shades[Math.min(Math.floor(time * SHADES), SHADES - 1)].push(piece);
    });
  }
  context.lineCap = "round";
  context.lineWidth = paths.length > FEW ? 1 : 2.5;
  shades.forEach((pieces, i) => {
    context.beginPath();
    for (const [x, y, ...curve] of pieces) {
      context.moveTo(x, y);
      context.bezierCurveTo(...curve);
    }
    context.strokeStyle = colourAt(i / (SHADES - 1));
    context.stroke();
  });
  paintStarts(context, view, paths.map(({ indices }) => places(indices[0])));
  return omitted;
}

/**
 * Marks where tracks begin.
 *
 * @param {import("./svg-context.js").Pen} context
 * @param {import("./view.js").MapView} view
 * @param {[number, number][]} places
 */
function paintStarts(context, view, places) {
  const { background, ink } = view.surface.colours;
  const radius = places.length > FEW ? START_RADIUS / 2 : START_RADIUS;
  context.beginPath();
  for (const [x, y] of places) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = `rgb(${background})`;
  context.strokeStyle = `rgb(${ink})`;
  context.lineWidth = radius / 2;
  context.fill();
  context.stroke();
}

/**
 * @param {number} time from 0, the track's beginning, to 1, its end
 * @returns {string} a CSS colour
 */
export function colourAt(time) {
  return interpolateViridis(DARKEST + (1 - DARKEST) * time);
}
