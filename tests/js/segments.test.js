import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOfPoints, indexOfSegment } from "../../static/js/map/segments.js";

const POINTS = {
  track: Int32Array.from([1, 1, 1, 4, 4]),
  position: Int32Array.from([0, 1, 2, 0, 3]),
};

test("a segment is found among points, or not", () => {
  assert.equal(indexOfSegment(POINTS, 1, 2), 2);
  assert.equal(indexOfSegment(POINTS, 4, 3), 4);
  assert.equal(indexOfSegment(POINTS, 4, 1), -1);
  assert.equal(indexOfSegment(POINTS, 2, 0), -1);
});

test("bytes of segments go to their points, whichever of both are missing", () => {
  const others = { track: [0, 1, 1, 4, 4, 9], position: [5, 1, 2, 1, 3, 0] };
  const bytes = [70, 71, 72, 73, 74, 75];
  assert.deepEqual([...bytesOfPoints(POINTS, others, bytes, 255)], [255, 71, 72, 255, 74]);
  assert.deepEqual([...bytesOfPoints(POINTS, { track: [], position: [] }, [], 9)], [9, 9, 9, 9, 9]);
});
