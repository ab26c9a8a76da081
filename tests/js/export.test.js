import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleLinear } from "d3-scale";
import { exportSvg } from "../../static/js/map/export.js";
import { wrap } from "../../static/js/map/figure.js";
import { DIMMED, HEARD, HIDDEN, PLAYED } from "../../static/js/map/flags.js";
import { Overlay } from "../../static/js/map/overlay.js";
import { escaped } from "../../static/js/map/svg.js";
import { SvgContext } from "../../static/js/map/svg-context.js";
import { css } from "../../static/js/map/theme.js";
import { paintTrajectories } from "../../static/js/map/trajectories.js";

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
  const content = {
    axisNames: ["a < b", "up"],
    points: { x, y: x, track: new Int32Array(count), position: Int32Array.from(x) },
    flags,
  };
  const places = () => (i) => [100 + x[i], 300 - x[i]];
  const surface = { colours: frame };
  const view = { drawable: true, frame: () => frame, scales, content, places, surface, revision: 1 };
  return Object.assign(view, { overlay: new Overlay(null, view) });
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

test("a drawing holds the paths that lie over the dots", () => {
  const view = lineOfDots(3);
  view.overlay.painters.add(paintTrajectories);
  const svg = exportSvg(view, WORDS);
  const curves = svg.match(/<path d="M1\d\d [^"]*C[^>]*>/g);
  assert.equal(curves.length, 2);
  assert.match(curves[0], /^<path d="M100 300C100 300 [\d. ]+ 101 299" fill="none" stroke="#\w{6}"/);
  assert.match(curves[1], /C[\d. ]+ 102 298 102 298" .*stroke-width="2.5" stroke-linecap="round"/);
  const start = 'd="M104 300L104 300A4 4 0 0 1 96 300A4 4 0 0 1 104 300"';
  assert.ok(svg.includes(`<path ${start} fill="rgb(250,250,250)"`));
  assert.ok(svg.indexOf("<circle") < svg.indexOf(curves[0]), "over the dots");
  assert.ok(svg.indexOf(start) < svg.indexOf("</g>\n</g>"), "cut off at the map's edge");
});

test("a drawing holds names and marks, each in its own style", () => {
  const view = lineOfDots(2);
  view.overlay.painters.add((context) => {
    context.font = "600 14px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.strokeStyle = css([1, 2, 3]);
    context.strokeText("R&B <3", 40, 50);
    context.fillText("R&B <3", 40, 50);
  });
  view.overlay.painters.add((context) => {
    context.lineTo(10, 20);
    context.lineTo(NaN, 20);
    context.lineTo(30.126, 20);
    context.closePath();
    context.globalAlpha = 0.5;
    context.setLineDash([6, 4]);
    context.stroke();
    context.fill("evenodd");
  });
  const svg = exportSvg(view, WORDS);
  const [halo, name] = svg.match(/<text x="40".*<\/text>/g);
  assert.match(halo, /y="54.9" .*fill="none" stroke="rgb\(1, 2, 3\)"/);
  assert.equal(
    name,
    '<text x="40" y="54.9" font-size="14" font-weight="600" font-family="system-ui, sans-serif" ' +
      'text-anchor="middle" fill="#000000">R&amp;B &lt;3</text>',
  );
  const [mark, area] = svg.match(/<path d="M10 20L30.13 20Z".*>/g);
  assert.match(mark, / stroke="#000000" stroke-width="1" .*stroke-dasharray="6 4" opacity="0.5"/);
  assert.match(area, / fill="#000000" opacity="0.5" fill-rule="evenodd"/);
});

test("what lies over the dots is drawn until it is too large for a drawing", () => {
  const context = new SvgContext((text) => 7 * text.length);
  assert.equal(context.measureText("calm").width, 28);
  const write = (times) => {
    for (let i = 0; i < times; i++) context.fillText("calm", i, 0);
  };
  write(10_000);
  assert.throws(() => write(50_000), /cannot hold all that lies over the dots.*save a PNG/);
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
