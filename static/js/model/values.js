/** A number for each dot, to be coloured by. */

/**
 * @typedef {{track: ArrayLike<number>, position: ArrayLike<number>}} Segments sorted by track and
 *   position
 * @typedef {Segments & {value: ArrayLike<number>}} Values
 * @typedef {{hop_seconds: number, segment_seconds: number}} Cut how a layer cuts tracks
 */

/**
 * How far into its track each segment lies: 0 at the first, 1 at the last.
 *
 * @param {{points: Segments}} dots
 */
export function sharesOfTracks({ points: { track, position } }) {
  const shares = new Float32Array(track.length);
  for (let from = 0, to = 0; from < shares.length; from = to) {
    while (to < shares.length && track[to] === track[from]) to++;
    const last = position[to - 1];
    for (let i = from; i < to; i++) shares[i] = last > 0 ? position[i] / last : 0;
  }
  return shares;
}

/**
 * Values of another layer's segments at the time of each point's segment: their mean, weighted by
 * the time that they share. NaN where there is none.
 *
 * @param {Segments} points
 * @param {Cut} cut of the points
 * @param {Values} values
 * @param {Cut} valuesCut
 */
export function valuesByTime(points, cut, values, valuesCut) {
  const result = new Float32Array(points.track.length);
  let first = 0; // of the values that may overlap
  for (let i = 0; i < result.length; i++) {
    const track = points.track[i];
    const start = points.position[i] * cut.hop_seconds;
    const end = start + cut.segment_seconds;
    const isBefore = (/** @type {number} */ j) =>
      values.track[j] < track ||
      (values.track[j] === track &&
        values.position[j] * valuesCut.hop_seconds + valuesCut.segment_seconds <= start);
    while (first < values.track.length && isBefore(first)) first++;
    let [sum, weight] = [0, 0];
    for (let j = first; values.track[j] === track; j++) {
      const from = values.position[j] * valuesCut.hop_seconds;
      if (from >= end) break;
      const shared = Math.min(end, from + valuesCut.segment_seconds) - Math.max(start, from);
      sum += values.value[j] * shared;
      weight += shared;
    }
    result[i] = weight > 0 ? sum / weight : NaN;
  }
  return result;
}

/**
 * The mean value of each track's segments; NaN where it has none.
 *
 * @param {ArrayLike<number>} tracks sorted
 * @param {Values} values
 */
export function meanOfTracks(tracks, values) {
  const means = new Float32Array(tracks.length);
  for (let i = 0, j = 0; i < means.length; i++) {
    let [sum, number] = [0, 0];
    while (j < values.track.length && values.track[j] < tracks[i]) j++;
    for (; values.track[j] === tracks[i]; j++) {
      sum += values.value[j];
      number++;
    }
    means[i] = sum / number;
  }
  return means;
}

/** Cells along each side of the map in which dots are counted. */
const SIDE = 128;

/**
 * How crowded it is around each point, from 0 where it is sparsest to 1: by the logarithm of how
 * many are in its cell and in those beside it.
 *
 * @param {{x: Float32Array, y: Float32Array}} places
 */
export function density({ x, y }) {
  const [columns, rows] = [cells(x), cells(y)];
  const counts = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < x.length; i++) counts[rows[i] * SIDE + columns[i]]++;
  const around = blurred(blurred(counts, 1), SIDE);
  const result = new Float32Array(x.length);
  let [sparsest, densest] = [Infinity, 0];
  for (let i = 0; i < result.length; i++) {
    result[i] = around[rows[i] * SIDE + columns[i]];
    if (result[i] < sparsest) sparsest = result[i];
    if (result[i] > densest) densest = result[i];
  }
  const span = Math.log(densest / sparsest) || 1;
  for (let i = 0; i < result.length; i++) result[i] = Math.log(result[i] / sparsest) / span;
  return result;
}

/** @param {Float32Array} values */
function cells(values) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const scale = high > low ? SIDE / (high - low) : 0;
  const places = new Uint8Array(values.length);
  for (let i = 0; i < places.length; i++) places[i] = Math.min((values[i] - low) * scale, SIDE - 1);
  return places;
}

/**
 * Counts with weights 1, 2, 1 along a direction.
 *
 * @param {Float32Array} counts
 * @param {number} step from a cell to the next one: 1 across, SIDE upwards
 */
function blurred(counts, step) {
  return counts.map((count, cell) => {
    const place = step === 1 ? cell % SIDE : Math.floor(cell / SIDE);
    const before = place > 0 ? counts[cell - step] : 0;
    const after = place < SIDE - 1 ? counts[cell + step] : 0;
    return before + 2 * count + after;
  });
}
