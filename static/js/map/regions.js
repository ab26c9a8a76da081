/** Names for the dense regions of a map: the tags that set them apart from the rest. */

import { LEFT_OUT } from "./flags.js";

/** Cells along each side of the map at each level: the deeper, the more regions have a name. */
const SIDES = [4, 8, 16, 32, 64];
const FINEST = SIDES[SIDES.length - 1];
/** Points that are counted at most: of more, every so many; the page waits for the names. */
const COUNTED = 100_000;
/** A region has at least so many points, and so many times as many as a cell has on average. */
const FEWEST_POINTS = 6;
const DENSE = 1.5;
/** A tag names a region in which it is so much more frequent than on the whole map. */
const DISTINCT = 1.5;
/** Points added to a region in which tags are as frequent as everywhere: small counts say little. */
const PRIOR = 4;
/** A second tag joins the name where it tells almost as much. */
const ALSO = 0.6;

/**
 * @typedef {{x: number, y: number, name: string, points: number, level: number}} Region centre in
 *   data coordinates; `level` from 0, the coarsest
 * @typedef {{points: Float64Array, tags: Float64Array, x: Float64Array, y: Float64Array}} Cells
 *   number of points, points of each tag (cell after cell), and sums of coordinates
 */

/**
 * The named regions of all levels, coarse and crowded ones first.
 *
 * @param {{x: Float32Array, y: Float32Array}} points
 * @param {Uint8Array} flags hidden points do not count
 * @param {Uint8Array} tagOfPoint index into `tags` of each point's most distinctive tag; those
 *   beyond its end have none
 * @param {string[]} tags
 * @param {import("./geometry.js").Extent} extent of the points
 * @returns {Region[]}
 */
export function namedRegions(points, flags, tagOfPoint, tags, extent) {
  let cells = tally(points, flags, tagOfPoint, tags.length, extent);
  const base = tagShares(cells, tags.length);
  /** @type {Region[]} */
  const regions = [];
  for (let level = SIDES.length - 1; level >= 0; level--) {
    regions.push(...regionsOf(cells, SIDES[level], level, base, tags));
    if (level > 0) cells = coarser(cells, SIDES[level], tags.length);
  }
  return regions.sort((a, b) => a.level - b.level || b.points - a.points);
}

/**
 * One pass over the points, or over a sample of them, into the finest cells.
 *
 * @param {{x: Float32Array, y: Float32Array}} points
 * @param {Uint8Array} flags
 * @param {Uint8Array} tagOfPoint
 * @param {number} tagCount
 * @param {import("./geometry.js").Extent} extent
 * @returns {Cells}
 */
function tally({ x, y }, flags, tagOfPoint, tagCount, extent) {
  const cells = emptyCells(FINEST, tagCount);
  const [scaleX, scaleY] = [FINEST / (extent.x[1] - extent.x[0]), FINEST / (extent.y[1] - extent.y[0])];
  const step = Math.ceil(x.length / COUNTED);
  for (let i = 0; i < x.length; i += step) {
    if (flags[i] & LEFT_OUT) continue;
    const column = Math.min(Math.floor((x[i] - extent.x[0]) * scaleX), FINEST - 1);
    const row = Math.min(Math.floor((y[i] - extent.y[0]) * scaleY), FINEST - 1);
    const cell = row * FINEST + column;
    cells.points[cell]++;
    cells.x[cell] += x[i];
    cells.y[cell] += y[i];
    if (tagOfPoint[i] < tagCount) cells.tags[cell * tagCount + tagOfPoint[i]]++;
  }
  return cells;
}

/**
 * @param {number} side
 * @param {number} tagCount
 * @returns {Cells}
 */
function emptyCells(side, tagCount) {
  const number = side * side;
  return {
    points: new Float64Array(number),
    tags: new Float64Array(number * tagCount),
    x: new Float64Array(number),
    y: new Float64Array(number),
  };
}

/**
 * Every four cells as one.
 *
 * @param {Cells} fine
 * @param {number} side of the fine cells
 * @param {number} tagCount
 */
function coarser(fine, side, tagCount) {
  const half = side / 2;
  const cells = emptyCells(half, tagCount);
  for (let cell = 0; cell < side * side; cell++) {
    if (fine.points[cell] === 0) continue;
    const parent = Math.floor(cell / side / 2) * half + Math.floor((cell % side) / 2);
    cells.points[parent] += fine.points[cell];
    cells.x[parent] += fine.x[cell];
    cells.y[parent] += fine.y[cell];
    for (let tag = 0; tag < tagCount; tag++) {
      cells.tags[parent * tagCount + tag] += fine.tags[cell * tagCount + tag];
    }
  }
  return cells;
}

/**
 * How frequent each tag is on the whole map.
 *
 * @param {Cells} cells
 * @param {number} tagCount
 */
function tagShares(cells, tagCount) {
  const shares = new Float64Array(tagCount);
  let all = 0;
  for (const number of cells.points) all += number;
  for (let i = 0; i < cells.tags.length; i++) shares[i % tagCount] += cells.tags[i] / (all || 1);
  return shares;
}

/**
 * The cells of a level that are denser than their neighbours and have a name.
 *
 * @param {Cells} cells
 * @param {number} side
 * @param {number} level
 * @param {Float64Array} base share of each tag on the whole map
 * @param {string[]} tags
 */
function regionsOf(cells, side, level, base, tags) {
  const all = cells.points.reduce((sum, number) => sum + number, 0);
  const fewest = Math.max(FEWEST_POINTS, (DENSE * all) / cells.points.length);
  /** @type {Region[]} */
  const regions = [];
  for (let cell = 0; cell < side * side; cell++) {
    const points = cells.points[cell];
    if (points < fewest || !isPeak(cells.points, side, cell)) continue;
    const counts = cells.tags.subarray(cell * tags.length, (cell + 1) * tags.length);
    const name = nameOf(counts, points, base, tags);
    if (name === "") continue;
    regions.push({ x: cells.x[cell] / points, y: cells.y[cell] / points, name, points, level });
  }
  return regions;
}

/**
 * Whether no cell around has more points; of equal ones, the first is the peak.
 *
 * @param {Float64Array} points
 * @param {number} side
 * @param {number} cell
 */
function isPeak(points, side, cell) {
  const [row, column] = [Math.floor(cell / side), cell % side];
  for (let r = Math.max(row - 1, 0); r <= Math.min(row + 1, side - 1); r++) {
    for (let c = Math.max(column - 1, 0); c <= Math.min(column + 1, side - 1); c++) {
      const other = r * side + c;
      if (points[other] > points[cell] || (points[other] === points[cell] && other < cell)) {
        return false;
      }
    }
  }
  return true;
}

/**
 * The tag, or two, whose frequency here tells most: its part of the Kullback-Leibler divergence
 * between the tags here and those of the whole map.
 *
 * @param {Float64Array} counts of each tag
 * @param {number} points
 * @param {Float64Array} base
 * @param {string[]} tags
 */
function nameOf(counts, points, base, tags) {
  /** @type {{tag: number, gain: number}[]} */
  const found = [];
  for (let tag = 0; tag < counts.length; tag++) {
    if (base[tag] === 0) continue;
    const share = (counts[tag] + PRIOR * base[tag]) / (points + PRIOR);
    if (share < DISTINCT * base[tag]) continue;
    found.push({ tag, gain: share * Math.log(share / base[tag]) });
  }
  found.sort((a, b) => b.gain - a.gain);
  if (found.length === 0) return "";
  const [first, ...others] = found.map(({ tag, gain }) => ({ name: tags[tag], gain }));
  const second = others.find(({ name }) => !alike(name, first.name));
  const tells = second && second.gain >= ALSO * first.gain;
  return tells ? `${first.name} · ${second.name}` : first.name;
}

/**
 * Whether two tags say the same, as "female vocalist" and "female vocalists" do.
 *
 * @param {string} one
 * @param {string} other
 */
function alike(one, other) {
  return one.startsWith(other) || other.startsWith(one);
}

/** Pixels that the axis takes off the map's left edge. */
const AXIS = 52;
/** Pixels between two names. */
const GAP = 12;
/** The same name is written again only so far away, in pixels. */
const SAME_NAME = 220;

/**
 * The names that fit on the map as it is seen: the further one has zoomed in, the more.
 *
 * @param {Region[]} regions as from `namedRegions`
 * @param {(x: number, y: number) => [number, number]} pixelOf data coordinates
 * @param {{width: number, height: number, zoom: number, lineHeight: number,
 *   widthOf: (name: string) => number}} look
 * @returns {{name: string, x: number, y: number}[]} centres in pixels
 */
export function placedNames(regions, pixelOf, { width, height, zoom, lineHeight, widthOf }) {
  const deepest = Math.floor(Math.log2(Math.max(zoom, 1))) + 1;
  /** @type {{name: string, x: number, y: number, half: number}[]} */
  const placed = [];
  for (const { x: dataX, y: dataY, name, level } of regions) {
    if (level > deepest) break;
    const [centre, y] = pixelOf(dataX, dataY);
    const half = widthOf(name) / 2;
    const [left, right] = [AXIS + half, width - GAP - half];
    const inside = centre >= AXIS && centre <= width && y >= lineHeight && y <= height - lineHeight;
    if (!inside || left > right) continue;
    const x = Math.min(Math.max(centre, left), right); // whole, and beside the axis
    const taken = placed.some((other) => {
      const [dx, dy] = [Math.abs(other.x - x), Math.abs(other.y - y)];
      const overlaps = dx < other.half + half + GAP && dy < lineHeight + GAP;
      return overlaps || (other.name === name && Math.hypot(dx, dy) < SAME_NAME);
    });
    if (!taken) placed.push({ name, x, y, half });
  }
  return placed.map(({ name, x, y }) => ({ name, x, y }));
}
