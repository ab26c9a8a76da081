/** Where points lie and how large they are drawn: pure functions over planar typed arrays. */

/**
 * @typedef {{x: [number, number], y: [number, number]}} Extent
 * @typedef {{scale: [number, number], offset: [number, number]}} Placement data to CSS pixels:
 *   `pixel = data * scale + offset`, along each axis
 * @typedef {{track: Int32Array, position: Int32Array, x: Float32Array, y: Float32Array}} PointSet
 *   sorted by track and position
 */

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @returns {Extent} of all points; never empty
 */
export function extentOf(x, y) {
  return { x: range(x), y: range(y) };
}

/**
 * @param {Float32Array} values
 * @returns {[number, number]}
 */
function range(values) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  if (!(high > low)) {
    const middle = Number.isFinite(low) ? low : 0;
    return [middle - 0.5, middle + 0.5];
  }
  return [low, high];
}

/**
 * The extent widened so that both axes have the same scale: distances then look as they are.
 *
 * @param {Extent} extent
 * @param {number} width of the plot, pixels
 * @param {number} height
 * @returns {Extent}
 */
export function evenExtent(extent, width, height) {
  const spanX = extent.x[1] - extent.x[0];
  const spanY = extent.y[1] - extent.y[0];
  const perPixel = Math.max(spanX / width, spanY / height);
  return {
    x: widen(extent.x, perPixel * width),
    y: widen(extent.y, perPixel * height),
  };
}

/**
 * @param {[number, number]} interval
 * @param {number} span
 * @returns {[number, number]}
 */
function widen([low, high], span) {
  const middle = (low + high) / 2;
  return [middle - span / 2, middle + span / 2];
}

/**
 * Radius of a dot in CSS pixels: smaller where many share the plot, growing slowly with zoom.
 *
 * @param {number} count of points
 * @param {number} area of the plot, square pixels
 * @param {number} zoom 1 shows everything
 */
export function dotRadius(count, area, zoom) {
  const room = Math.sqrt(area / Math.max(count, 1)); // mean distance of evenly spread points
  const resting = Math.min(Math.max(room * 0.13, 1), 5);
  return Math.min(resting * zoom ** 0.4, 11);
}

/**
 * Opacity of a dot: crowds show through each other.
 *
 * @param {number} count
 * @param {number} zoom
 */
export function dotOpacity(count, zoom) {
  const crowding = Math.log10(Math.max(count, 1) / 2000) * 0.2;
  return Math.min(Math.max(0.9 - crowding + Math.log2(zoom) * 0.08, 0.4), 0.9);
}

/**
 * Where each point of a new map comes from on the old one: its own segment, else the nearest
 * earlier moment of the same track; a point without either starts where it ends.
 *
 * @param {PointSet} next
 * @param {PointSet} previous
 * @param {number} hopRatio hop of the next map's segments in hops of the previous map's
 * @param {(axis: "x" | "y", value: number) => number} place previous coordinate on the next's axes
 * @returns {{x: Float32Array, y: Float32Array}}
 */
export function startingPlaces(next, previous, hopRatio, place) {
  const x = new Float32Array(next.x.length);
  const y = new Float32Array(next.x.length);
  let j = 0;
  for (let i = 0; i < x.length; i++) {
    const track = next.track[i];
    const moment = next.position[i] * hopRatio + 1e-6;
    while (
      j < previous.track.length &&
      (previous.track[j] < track ||
        (previous.track[j] === track &&
          previous.track[j + 1] === track &&
          previous.position[j + 1] <= moment))
    ) {
      j++;
    }
    const found = previous.track[j] === track;
    x[i] = found ? place("x", previous.x[j]) : next.x[i];
    y[i] = found ? place("y", previous.y[j]) : next.y[i];
  }
  return { x, y };
}

/**
 * The points of a track, as a range of indices.
 *
 * @param {Int32Array} tracks sorted
 * @param {number} track
 * @returns {[number, number]} from, to (not included)
 */
export function trackRange(tracks, track) {
  return [lowerBound(tracks, track), lowerBound(tracks, track + 1)];
}

/**
 * @param {Int32Array} sorted
 * @param {number} value
 */
function lowerBound(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The point of a track that is heard at a moment, or -1.
 *
 * @param {PointSet} points
 * @param {number} track
 * @param {number} seconds into the track
 * @param {number} hop seconds between two segments
 */
export function pointAt(points, track, seconds, hop) {
  const [from, to] = trackRange(points.track, track);
  let found = -1;
  for (let i = from; i < to && points.position[i] * hop <= seconds + 1e-6; i++) found = i;
  return found;
}

/**
 * Whether a canvas has one pixel for each pixel of the screen.
 *
 * @param {{width: number, height: number}} canvas
 * @param {number} width CSS pixels
 * @param {number} height
 * @param {number} pixelRatio
 */
export function fits(canvas, width, height, pixelRatio) {
  return (
    canvas.width === Math.round(width * pixelRatio) &&
    canvas.height === Math.round(height * pixelRatio)
  );
}

/**
 * Gives a canvas one pixel for each pixel of the screen. Setting a size, even the same, throws
 * the drawing and its memory away: done only where it differs.
 *
 * @param {{width: number, height: number}} canvas
 * @param {number} width CSS pixels
 * @param {number} height
 * @param {number} pixelRatio
 */
export function fitCanvas(canvas, width, height, pixelRatio) {
  if (fits(canvas, width, height, pixelRatio)) return;
  canvas.width = Math.round(width * pixelRatio);
  canvas.height = Math.round(height * pixelRatio);
}

/**
 * A part of a canvas in its own pixels.
 *
 * @param {{left: number, top: number, width: number, height: number}} box CSS pixels
 * @param {number} pixelRatio
 * @returns {[number, number, number, number]} left, top, width, height
 */
export function pixelBox({ left, top, width, height }, pixelRatio) {
  const [x, y] = [Math.round(left * pixelRatio), Math.round(top * pixelRatio)];
  const [right, bottom] = [(left + width) * pixelRatio, (top + height) * pixelRatio];
  return [x, y, Math.round(right) - x, Math.round(bottom) - y];
}

/**
 * A value at the same share of another interval.
 *
 * @param {number} value
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
export function rescale(value, from, to) {
  return to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
}

/**
 * Slow at both ends.
 *
 * @param {number} progress from 0 to 1
 */
export function ease(progress) {
  return progress < 0.5 ? 4 * progress ** 3 : 1 - (2 - 2 * progress) ** 3 / 2;
}
