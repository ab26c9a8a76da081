import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleLinear } from "d3-scale";
import { exportSvg } from "../../static/js/map/export.js";
import { wrap } from "../../static/js/map/figure.js";
import { DIMMED, HEARD, HIDDEN, PLAYED } from "../../static/js/map/flags.js";
import { escaped } from "../../static/js/map/svg.js";

/** A view of dots on a line, as far as an export looks at it. */
function lineOfDots(count, flags = new Uint8Array(count)) {
  const x = Float32Array.from({ length: count }, (_, i) => i);
  const palette = new Uint8Array(1024);
  palette.set([230, 159, 0, 255], 4);
  const frame = {
    box: { left: 70, top: 0, width: 600, height: 400 },
    columns: { x, y: x, fromX: x, fromY: x, slot: new Uint8Array(count).fill(1), flags, size: null },
    placement: { scale: [1, -1], offset: [100, 300] },
    palette, radius: 3, opacity: 0.8, progress: 1, every: 1,
    background: [250, 250, 250], ink: [20, 20, 20],
  }; // prettier-ignore
  const scales = {
    x: scaleLinear([0, 500], [100, 600]),
    y: scaleLinear([0, 300], [300, 0]),
  };
  return { drawable: true, frame: () => frame, scales, content: { axisNames: ["a < b", "up"] } };
}

const WORDS = { title: "Rock & roll", legend: null, sentence: "Near means similar." };
const dotsOf = (svg) => svg.match(/<circle [^>]*>/g) ?? [];

test("a drawing holds the dots that are seen, with title, axes, legend and sentence", () => {
  const flags = Uint8Array.of(0, HIDDEN, PLAYED, DIMMED, HEARD);
  const entries = [{ label: "calm", colour: "#e69f00" }];
  const svg = exportSvg(lineOfDots(5, flags), { ...WORDS, legend: { entries } });
  const dots = dotsOf(svg);
  assert.equal(dots.length, 4 + 1); // with the legend's dot
  assert.match(dots[0], /cx="103" cy="297" r="2.1" fill="rgb\(135, 135, 135\)"/); // grey below
  assert.match(dots[1], /cx="100" cy="300" r="3" fill="rgb\(230, 159, 0\)" fill-opacity="0.8"/);
  assert.equal(dots[2].replace(/c[xy]="\d+"/g, ""), dots[1].replace(/c[xy]="\d+"/g, ""));
  for (const text of ["Rock &amp; roll", "a &lt; b →", "↑ up", ">calm<", ">400<", "Near means similar."]) {
    assert.ok(svg.includes(text), text);
  }
});

test("a drawing with a scale of colours has its ramp and its ends", () => {
  const palette = new Uint8Array(1024).map((_, i) => Math.floor(i / 4));
  const svg = exportSvg(lineOfDots(2), { ...WORDS, legend: { ends: ["0.10", "0.95"], palette } });
  assert.match(svg, /<stop offset="0" stop-color="rgb\(0, 0, 0\)"\/>/);
  assert.match(svg, /<stop offset="1" stop-color="rgb\(255, 255, 255\)"\/>/);
  assert.ok(svg.includes(">0.10<") && svg.includes(">0.95<"));
});

test("too many dots for a drawing are told; hidden ones, and those outside, do not count", () => {
  const crowd = lineOfDots(30_000);
  const { columns, placement } = crowd.frame();
  assert.doesNotThrow(() => exportSvg(crowd, WORDS)); // most lie far outside
  placement.scale = [0.01, -0.005];
  assert.throws(() => exportSvg(crowd, WORDS), /shows 30,000 points, and an SVG holds up to 10,000/);
  columns.flags.fill(HIDDEN, 10_000);
  assert.equal(dotsOf(exportSvg(crowd, WORDS)).length, 10_000);
});

test("a map that is not there cannot be saved", () => {
  assert.throws(() => exportSvg({ drawable: false }, WORDS), /no map to save/);
});

test("names are written as XML may hold them", () => {
  assert.equal(escaped('<a & "b">\u0000\u000b\ud800 🎵'), "&lt;a &amp; &quot;b&quot;&gt; 🎵");
});

test("long sentences are broken between words", () => {
  assert.deepEqual(wrap("one two  three", 8), ["one two", "three"]);
  assert.deepEqual(wrap("", 8), []);
});
