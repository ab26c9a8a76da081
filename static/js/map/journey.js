/** A path through moments of several tracks, over the dots: a line, and its stops with numbers. */

import { pointAt } from "./geometry.js";
import { css } from "./theme.js";
import { smooth } from "./trajectories.js";

const RADIUS = 10; // pixels, of a stop
const FONT = "600 11px system-ui, sans-serif";

/** @typedef {import("../model/journey.js").Journey} Journey */

/**
 * The points of the stops that are on a map, with their numbers from 1.
 *
 * @param {Journey} journey
 * @param {import("./geometry.js").PointSet} points
 * @param {number} hop seconds
 * @returns {{index: number, number: number}[]}
 */
export function stopsOn(journey, points, hop) {
  return journey
    .map(({ track, seconds }, i) => ({ index: pointAt(points, track, seconds, hop), number: i + 1 }))
    .filter(({ index }) => index >= 0);
}

/**
 * @param {import("./svg-context.js").Pen} context
 * @param {import("./view.js").MapView} view
 * @param {{index: number, number: number}[]} stops
 */
export function paintJourney(context, view, stops) {
  const { ink, background } = view.surface.colours;
  const at = view.places();
  const places = stops.map(({ index }) => at(index));
  const pieces = smooth(places);
  context.lineCap = "round";
  // Light below dark, so that the line is seen over dots of any colour.
  for (const [colour, width] of /** @type {const} */ ([[css(background), 5], [css(ink), 2]])) {
    context.beginPath();
    for (const [x, y, ...curve] of pieces) {
      context.moveTo(x, y);
      context.bezierCurveTo(...curve);
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
  context.font = FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 2;
  context.strokeStyle = css(background);
  stops.forEach(({ number }, i) => {
    const [x, y] = places[i];
    context.beginPath();
    context.arc(x, y, RADIUS, 0, 2 * Math.PI);
    context.fillStyle = css(ink);
    context.fill();
    context.stroke();
    context.fillStyle = css(background);
    context.fillText(String(number), x, y);
  });
}
