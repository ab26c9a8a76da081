import assert from "node:assert/strict";
import { test } from "node:test";
import { zoomIdentity } from "d3-zoom";
import { dotMask, stamp } from "../../static/js/map/brush.js";
import { grind, settle } from "../../static/js/map/dust.js";
import {
  ABOVE,
  assignFlag,
  assignRange,
  countVisible,
  DIMMED,
  GREY,
  HEARD,
  HIDDEN,
  OUTSIDE,
  PLAIN,
  PLAYED,
  SELECTED,
  tierOf,
  tiersOf,
  UNMATCHED,
} from "../../static/js/map/flags.js";
import {
  dotRadius,
  evenExtent,
  extentOf,
  pixelBox,
  pointAt,
  startingPlaces,
  trackRange,
} from "../../static/js/map/geometry.js";
import { sameSegment } from "../../static/js/map/segments.js";
import { createPointLayer } from "../../static/js/map/point-layer.js";
import { drawnPlaces, Plane } from "../../static/js/map/plane.js";
import { buildIndex, indexPoints, nearestPoint, pointTowards } from "../../static/js/map/picking.js";

const close = (found, expected) => found.every((v, i) => Math.abs(v - expected[i]) < 1e-6);

const POINTS = {
  track: Int32Array.of(3, 3, 3, 8, 8),
  position: Int32Array.of(0, 1, 2, 0, 1),
  x: Float32Array.of(0, 1, 2, 3, 4),
  y: Float32Array.of(0, 0, 5, 5, 1),
};

test("a flag is set and cleared without touching the others", () => {
  const flags = Uint8Array.of(0, PLAYED, PLAYED | HIDDEN);
  assert.equal(assignFlag(flags, HIDDEN, (i) => i < 2), 2);
  assert.deepEqual([...flags], [HIDDEN, PLAYED | HIDDEN, PLAYED]);
  assignRange(flags, PLAYED, true, 0, 1);
  assignRange(flags, PLAYED, false, 1, 3);
  assert.deepEqual([...flags], [HIDDEN | PLAYED, HIDDEN, 0]);
});

test("visible points and tracks are counted", () => {
  const flags = Uint8Array.of(0, 0, HIDDEN, HIDDEN, HIDDEN);
  assert.deepEqual(countVisible(POINTS.track, flags), { segments: 2, tracks: 1 });
});

test("an extent is never empty, and can be made even", () => {
  assert.deepEqual(extentOf(Float32Array.of(2), Float32Array.of()), { x: [1.5, 2.5], y: [-0.5, 0.5] });
  assert.deepEqual(evenExtent({ x: [0, 10], y: [0, 1] }, 200, 100), { x: [0, 10], y: [-2, 3] });
});

test("dots shrink in a crowd and grow with zoom, within limits", () => {
  const area = 800 * 600;
  assert.equal(dotRadius(10, area, 1), 5);
  assert.equal(dotRadius(1_000_000, area, 1), 1);
  assert.ok(dotRadius(1000, area, 4) > dotRadius(1000, area, 1));
  assert.equal(dotRadius(10, area, 400), 11);
});

test("a part of a canvas ends where the next begins, at any pixel ratio", () => {
  const [left, , width] = pixelBox({ left: 0, top: 0, width: 333.5, height: 100 }, 1.25);
  const [next] = pixelBox({ left: 333.5, top: 0, width: 333.5, height: 100 }, 1.25);
  assert.equal(left + width, next);
});

test("a place on the map and its data lead to each other, zoomed and along logarithmic axes", () => {
  for (const log of [[false, false], [true, false], [true, true]]) {
    const plane = new Plane();
    plane.resize(640, 480);
    const points = { x: Float32Array.of(0.01, 1, 100), y: Float32Array.of(1, 2, 3) };
    plane.span(plane.extent(drawnPlaces(points, log), false), log);
    plane.transform = zoomIdentity.translate(-70, 30).scale(2.5);
    const pixel = plane.pixelOfData(10, 2.5);
    assert.ok(close(plane.dataOf(pixel), [10, 2.5]), `${log}`);
    assert.ok(close(pixel, [plane.scales.x(10), plane.scales.y(2.5)]), `axes ${log}`);
  }
});

test("values without a logarithm lie at the low edge, below all others", () => {
  const x = Float32Array.of(0.01, 0, 100, -5, NaN);
  const drawn = drawnPlaces({ x, y: x }, [true, false]);
  assert.deepEqual([...drawn.x].map((value) => Math.round(value * 100) / 100), [-2, -2.2, 2, -2.2, -2.2]);
  assert.equal(drawn.y, x);
  assert.deepEqual([...drawnPlaces({ x: Float32Array.of(-1, 0), y: x }, [true, false]).x], [0, 0]);
});

test("a track's points, and the one that is heard at a moment", () => {
  assert.deepEqual(trackRange(POINTS.track, 3), [0, 3]);
  assert.deepEqual(trackRange(POINTS.track, 5), [3, 3]);
  assert.equal(pointAt(POINTS, 3, 2.992, 2.992), 1);
  assert.equal(pointAt(POINTS, 8, 100, 2.992), 4);
  assert.equal(pointAt(POINTS, 5, 0, 2.992), -1);
});

test("a segment is found again on a map that has grown", () => {
  const grown = {
    track: Int32Array.of(2, 3, 3, 8),
    position: Int32Array.of(0, 0, 1, 0),
  };
  const found = [0, 1, 2, 3, 4].map((index) => sameSegment(grown, POINTS, index));
  assert.deepEqual(found, [1, 2, -1, 3, -1]);
  assert.equal(sameSegment(grown, POINTS, -1), -1);
});

test("points start a move where their moment was on the old map", () => {
  const next = {
    track: Int32Array.of(3, 3, 3, 5, 8),
    position: Int32Array.of(0, 1, 3, 0, 0), // each a third as long as the old ones
    x: Float32Array.of(9, 9, 9, 9, 9),
    y: Float32Array.of(9, 9, 9, 9, 9),
  };
  const { x, y } = startingPlaces(next, POINTS, 1 / 3, (axis, value) => value * (axis === "x" ? 10 : 1));
  assert.deepEqual([...x], [0, 0, 10, 9, 30]);
  assert.deepEqual([...y], [0, 0, 0, 9, 5]);
});

test("picking finds the nearest visible point in pixels, whatever the axes' scales", () => {
  const index = buildIndex(POINTS.x, POINTS.y);
  const placement = { scale: [100, -10], offset: [0, 100] }; // point 1 is at pixel 100, 100
  const flags = new Uint8Array(5);
  const pick = (pixel, reach = 12) => nearestPoint(index, flags, placement, pixel, reach);
  assert.equal(pick([104, 95]), 1);
  assert.equal(pick([104, 80]), -1);
  assert.equal(pick([160, 100], 70), 1);
  assignRange(flags, HIDDEN, true, 1, 2);
  assert.equal(pick([104, 95]), -1);
});

test("dots of a large map can be pointed at where no worker is to be had", async () => {
  const x = new Float32Array(60_000).map((_, i) => i);
  const workers = {
    missing: undefined,
    refused: class {
      constructor() {
        throw new DOMException("refused by the policy", "SecurityError");
      }
    },
    broken: class {
      terminate() {}
      postMessage() {
        this.onerror(new Event("error"));
      }
    },
  };
  for (const [name, Worker] of Object.entries(workers)) {
    Object.assign(globalThis, { Worker });
    const index = await indexPoints(x, new Float32Array(x.length));
    assert.deepEqual(index.range(6.5, -1, 7.5, 1), [7], name);
  }
});

test("arrow keys go to the next visible point in their direction", () => {
  const placement = { scale: [100, -100], offset: [0, 600] };
  const flags = new Uint8Array(5);
  const go = (key, from, current) => pointTowards(POINTS, flags, placement, from, key, current);
  assert.equal(go("ArrowRight", [0, 600], 0), 1);
  assert.equal(go("ArrowLeft", [100, 600], 1), 0);
  assert.equal(go("ArrowUp", [400, 500], 4), 3);
  assert.equal(go("ArrowLeft", [0, 600], 0), -1);
  assert.equal(go("Tab", [0, 600], 0), -1);
});

test("a dot without WebGL covers its disc: area, soft edge, hole", () => {
  const area = (mask) => mask.cover.reduce((sum, share) => sum + share, 0);
  assert.ok(Math.abs(area(dotMask(6)) - Math.PI * 36) < 2);
  assert.ok(Math.abs(area(dotMask(6, 3)) - Math.PI * 27) < 2);
});

test("many points are not left to WebGL2 in software", () => {
  const canvas = (renderer) => ({
    cloneNode: () => canvas(renderer),
    replaceWith: () => {},
    addEventListener: () => {},
    getContext(kind) {
      if (kind === "webgl2" && !renderer) return null;
      this.asked ??= kind; // a canvas has one kind of context for good
      if (kind !== this.asked) return null;
      return kind === "2d" ? {} : { getParameter: () => renderer, getExtension: () => null };
    },
  });
  const layer = (renderer, count) => {
    const { kind, limit } = createPointLayer(canvas(renderer), count, () => {});
    return `${kind} ${limit}`;
  };
  assert.equal(layer("ANGLE (SwiftShader driver)", 1000), "webgl Infinity");
  assert.equal(layer("ANGLE (SwiftShader driver)", 1e6), "canvas Infinity");
  assert.equal(layer("Apple M2", 1e6), "webgl Infinity");
  assert.equal(layer(null, 1e6), "canvas 100000");
});

test("what is selected turns the rest grey; what stands out lies above", () => {
  const flags = Uint8Array.of(0, SELECTED, SELECTED | DIMMED, DIMMED, HEARD | DIMMED, HEARD);
  const { selecting, grey, raised } = tiersOf(flags);
  assert.deepEqual([selecting, grey, ...raised], [true, true, 4, 5]);
  const tiers = [...flags].map((marks) => tierOf(marks, selecting));
  assert.deepEqual(tiers, [GREY, PLAIN, PLAIN, GREY, ABOVE, ABOVE]);
  assert.deepEqual([DIMMED, PLAYED].map((marks) => tierOf(marks, false)), [GREY, PLAIN]);
  const odd = new Uint8Array(11).fill(PLAYED); // whatever the length, and the place of the flag
  for (let i = 0; i < odd.length; i++) {
    assert.deepEqual([...tiersOf(odd.with(i, HEARD)).raised], [i]);
    assert.deepEqual([...tiersOf(odd.with(i, HEARD).subarray(i)).raised], [0]);
  }
  for (const mark of [DIMMED, UNMATCHED, OUTSIDE]) {
    assert.ok(tiersOf(Uint8Array.of(0, mark)).grey, `only context: ${mark}`);
  }
  const hidden = tiersOf(Uint8Array.of(HIDDEN | SELECTED, HIDDEN | HEARD, PLAYED));
  assert.deepEqual(hidden, { selecting: false, grey: false, raised: new Uint32Array() });
});

test("small dots are blended as large ones are, to a shade", () => {
  const mask = dotMask(1.4);
  const colour = [230, 159, 0, 255];
  const slow = { data: new Uint8ClampedArray(9 * 9 * 4).fill(255), width: 9, height: 9 };
  const pixels = new Int32Array(9 * 9).fill(-1); // white
  const dust = grind(mask, 9, () => ({ colour, at: 0, alpha: 0.6 }));
  for (let times = 0; times < 3; times++) {
    stamp(slow, mask, 2, 2, colour, 0, 0.6);
    settle(pixels, dust, 4 * 9 + 4, 17);
  }
  const fast = new Uint8Array(pixels.buffer);
  const apart = fast.map((part, i) => Math.abs(part - slow.data[i]));
  assert.ok(Math.max(...apart) <= 2, `${Math.max(...apart)}`);
  assert.ok(fast[(4 * 9 + 4) * 4 + 2] < 30); // most of the blue is gone
});

test("a sample of the points is all that can be pointed at", () => {
  const x = Float32Array.from({ length: 1000 }, (_, i) => i % 40);
  const y = Float32Array.from({ length: 1000 }, (_, i) => Math.floor(i / 40));
  const placement = { scale: [10, 10], offset: [0, 0] };
  const pick = (every, pixel) =>
    nearestPoint(buildIndex(x, y), new Uint8Array(1000), placement, pixel, 25, every);
  assert.equal(pick(1, [71, 52]), 5 * 40 + 7);
  assert.equal(pick(10, [89, 52]), 5 * 40 + 10);
  assert.equal(pick(10, [71, 52]), -1);
});

test("a dot is blended over the image and cut at its edges", () => {
  const image = { data: new Uint8ClampedArray(3 * 2 * 4).fill(255), width: 3, height: 2 };
  const mask = { side: 2, cover: Float32Array.of(1, 1, 1, 1) };
  stamp(image, mask, 2, 1, [0, 0, 0, 0, 100, 200], 3, 0.5);
  const pixel = (x, y) => [...image.data.slice((y * 3 + x) * 4, (y * 3 + x) * 4 + 3)];
  assert.deepEqual(pixel(2, 1), [128, 178, 228]);
  assert.deepEqual(pixel(0, 1), [255, 255, 255]);
  assert.deepEqual(pixel(2, 0), [255, 255, 255]);
});
