/** What the colours mean. A click on a value hides its dots, another shows them again. */

import { sequentialPalette } from "../model/colours.js";
import { count } from "../model/format.js";

/** @typedef {import("../model/colours.js").LegendEntry} LegendEntry */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} container
 * @param {LegendEntry[]} entries
 * @param {Set<number>} hidden slots
 * @param {(slot: number) => void} onToggle
 */
export function renderLegend(container, entries, hidden, onToggle) {
  const list = document.createElement("ul");
  list.className = "legend";
  for (const entry of entries) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(!hidden.has(entry.slot)));
    button.title = `${entry.label}: ${count(entry.tracks, "track")}. Click to show or hide.`;
    button.append(dot(entry.colour), span("label", entry.label), span("muted numbers", String(entry.tracks)));
    button.addEventListener("click", () => {
      onToggle(entry.slot);
      button.setAttribute("aria-pressed", String(!hidden.has(entry.slot)));
    });
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  container.replaceChildren(list);
}

/**
 * A ramp from the lowest value to the highest.
 *
 * @param {HTMLElement} container
 * @param {[string, string]} ends what its two ends stand for
 */
export function renderRamp(container, [low, high]) {
  const canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 1;
  const image = new ImageData(new Uint8ClampedArray(sequentialPalette()), 256, 1);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  const ramp = document.createElement("div");
  ramp.className = "ramp numbers";
  ramp.append(span("", low), canvas, span("", high));
  container.replaceChildren(ramp);
}

/**
 * @param {HTMLElement} container
 * @param {string} message
 * @param {() => void} onRetry
 */
export function renderLegendFailure(container, message, onRetry) {
  const retry = document.createElement("button");
  retry.type = "button";
  retry.textContent = "Try again";
  retry.addEventListener("click", onRetry);
  const notice = document.createElement("div");
  notice.className = "notice notice-error stack";
  notice.setAttribute("role", "alert");
  notice.append(span("", `The colours could not be loaded. ${message}`), retry);
  container.replaceChildren(notice);
}

/** @param {string} colour */
function dot(colour) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  const circle = document.createElementNS(SVG, "circle");
  for (const name of ["cx", "cy"]) circle.setAttribute(name, "6");
  circle.setAttribute("r", "5");
  circle.setAttribute("fill", colour);
  circle.setAttribute("stroke", colour);
  circle.setAttribute("stroke-width", "2");
  svg.append(circle);
  return svg;
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
