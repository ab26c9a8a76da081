import assert from "node:assert/strict";
import { test } from "node:test";
import { density, meanOfTracks, sharesOfTracks, valuesByTime } from "../../static/js/model/values.js";

const COARSE = { hop_seconds: 3, segment_seconds: 3 };
const FINE = { hop_seconds: 1, segment_seconds: 1 };

test("the position in a track goes from its first segment to its last", () => {
  const points = { track: [1, 1, 1, 4, 7, 7], position: [0, 1, 4, 0, 2, 4] };
  assert.deepEqual([...sharesOfTracks({ points })], [0, 0.25, 1, 0, 0.5, 1]);
});

test("values of the same segments are joined by track and position, not by row", () => {
  const points = { track: [1, 1, 2, 5], position: [0, 2, 0, 0] };
  const values = { track: [1, 1, 1, 2, 3], position: [0, 1, 2, 0, 0], value: [0, 9, 5, 1, 2] };
  assert.deepEqual([...valuesByTime(points, FINE, values, FINE)], [0, 5, 1, NaN]);
});

test("a long segment takes the mean of the short ones in it, weighted by time", () => {
  const values = { track: [1, 1, 1, 1], position: [0, 1, 2, 3], value: [3, 6, 9, 100] };
  const points = { track: [1, 1, 1], position: [0, 1, 2] };
  assert.deepEqual([...valuesByTime(points, COARSE, values, FINE)], [6, 100, NaN]);
  const uneven = { hop_seconds: 1.5, segment_seconds: 1.5 };
  assert.deepEqual([...valuesByTime(points, uneven, values, FINE)].slice(0, 1), [4]);
});

test("a short segment takes the value of the long one around it", () => {
  const values = { track: [1, 1, 2], position: [0, 1, 0], value: [2, 8, 5] };
  const points = { track: [1, 1, 1, 1, 2], position: [0, 2, 3, 6, 1] };
  assert.deepEqual([...valuesByTime(points, FINE, values, COARSE)], [2, 2, 8, NaN, 5]);
  const across = { hop_seconds: 2, segment_seconds: 2 }; // from 2 to 4: one second of each
  const [value] = valuesByTime({ track: [1], position: [1] }, across, values, COARSE);
  assert.equal(value, 5);
});

test("an average of a track takes the mean of its segments", () => {
  const values = { track: [1, 1, 3, 3], position: [0, 1, 0, 1], value: [2, 4, 5, 7] };
  assert.deepEqual([...meanOfTracks([1, 2, 3], values)], [3, NaN, 6]);
});

test("a crowd is denser than a lone dot, and the densest place is 1", () => {
  const x = Float32Array.from({ length: 101 }, (_, i) => (i < 100 ? i * 1e-4 : 10));
  const y = x.slice();
  const result = density({ x, y });
  assert.ok(Math.max(...result) === 1 && result[0] > 0.9);
  assert.equal(result[100], 0);
  assert.deepEqual([...density({ x: Float32Array.of(3), y: Float32Array.of(3) })], [0]);
  assert.equal(density({ x: new Float32Array(0), y: new Float32Array(0) }).length, 0);
});
