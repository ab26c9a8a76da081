/** Colours of values: colour-blind-safe, the same value in the same colour everywhere. */

import { interpolateViridis } from "d3-scale-chromatic";

/** Okabe and Ito's set without black, then colours of Paul Tol's "muted" set apart from it. */
export const CATEGORICAL = [
  "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7",
  "#44aa99", "#999933", "#aa4499", "#117733", "#ddcc77", "#cc6677", "#882255",
];

/** Slots of the palette: 0 for "none", then the categories, then "other". */
export const NONE_SLOT = 0;
export const OTHER_SLOT = CATEGORICAL.length + 1;
const NONE_COLOUR = "#8a919a";
const OTHER_COLOUR = "#a3a9b0";

/** What the API writes for a track that has no such value. */
export const NO_CLASS = 65535;

/**
 * @typedef {{slot: number, label: string, colour: string, tracks: number}} LegendEntry
 * @typedef {{slotOfTrack: Map<number, number>, legend: LegendEntry[], palette: Uint8Array}} ClassColours
 */

/**
 * Colours for one value a track. Labels come most frequent first over the whole library, so
 * that a value's colour does not depend on what is shown.
 *
 * @param {ArrayLike<number>} tracks ids
 * @param {ArrayLike<number>} classes index into labels, or NO_CLASS, for each track
 * @param {string[]} labels
 * @returns {ClassColours}
 */
export function colourClasses(tracks, classes, labels) {
  const slotOfTrack = new Map();
  const sizes = new Map();
  const others = new Set();
  for (let i = 0; i < tracks.length; i++) {
    const slot = slotOfClass(classes[i]);
    if (slot === OTHER_SLOT) others.add(classes[i]);
    slotOfTrack.set(tracks[i], slot);
    sizes.set(slot, (sizes.get(slot) ?? 0) + 1);
  }
  const legend = [...sizes.keys()]
    .sort((a, b) => order(a) - order(b))
    .map((slot) => ({
      slot,
      label: slotLabel(slot, labels, others),
      colour: slotColour(slot),
      tracks: sizes.get(slot),
    }));
  return { slotOfTrack, legend, palette: categoricalPalette() };
}

/** @param {number} classIndex */
function slotOfClass(classIndex) {
  if (classIndex === NO_CLASS) return NONE_SLOT;
  return classIndex < CATEGORICAL.length ? classIndex + 1 : OTHER_SLOT;
}

/** @param {number} slot */
function order(slot) {
  return slot === NONE_SLOT ? OTHER_SLOT + 1 : slot;
}

/**
 * @param {number} slot
 * @param {string[]} labels
 * @param {Set<number>} others classes that share the "other" slot
 */
function slotLabel(slot, labels, others) {
  if (slot === NONE_SLOT) return "none";
  if (slot !== OTHER_SLOT) return labels[slot - 1];
  if (others.size === 1) return labels[[...others][0]];
  return `${others.size} others`;
}

/** @param {number} slot */
function slotColour(slot) {
  if (slot === NONE_SLOT) return NONE_COLOUR;
  return slot === OTHER_SLOT ? OTHER_COLOUR : CATEGORICAL[slot - 1];
}

/** RGBA of 256 slots: none, the categories, other. */
export function categoricalPalette() {
  const palette = new Uint8Array(256 * 4);
  for (let slot = 0; slot <= OTHER_SLOT; slot++) {
    const faint = slot === NONE_SLOT ? 130 : 255;
    palette.set([...rgb(slotColour(slot)), faint], slot * 4);
  }
  return palette;
}

/** Where viridis begins to stand out from the dark map by 3 to 1 (WCAG 2.1, 1.4.11). */
const DARKEST = 0.32;

/** Viridis over all 256 slots, for values from 0 to 1; its dark end is cut off. */
export function sequentialPalette() {
  const palette = new Uint8Array(256 * 4);
  for (let slot = 0; slot < 256; slot++) {
    const share = DARKEST + (1 - DARKEST) * (slot / 255);
    palette.set([...rgb(interpolateViridis(share)), 255], slot * 4);
  }
  return palette;
}

/** The sequential palette, but for slot 0, which is that of dots without a value. */
export function valuesPalette() {
  const palette = sequentialPalette();
  palette.set([...rgb(NONE_COLOUR), 130], NONE_SLOT * 4);
  return palette;
}

/** @param {string} hex */
function rgb(hex) {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * The lowest slot of `valuesPalette` that some of a hundred points with values have or exceed; more
 * where several have it.
 *
 * @param {Uint8Array} slots
 * @param {number} percent
 */
export function leastOfBest(slots, percent) {
  const counts = new Uint32Array(256);
  for (const slot of slots) counts[slot]++;
  const wanted = ((slots.length - counts[NONE_SLOT]) * percent) / 100;
  let least = 256;
  for (let found = 0; least > 1 && found < wanted; ) found += counts[--least];
  return least;
}

/**
 * One slot a point, from one slot a track.
 *
 * @param {ArrayLike<number>} trackOfPoint sorted, so that each track is looked up once
 * @param {Map<number, number>} slotOfTrack
 */
export function slotsOfPoints(trackOfPoint, slotOfTrack) {
  const slots = new Uint8Array(trackOfPoint.length);
  let track = NaN;
  let slot = NONE_SLOT;
  for (let i = 0; i < slots.length; i++) {
    if (trackOfPoint[i] !== track) {
      track = trackOfPoint[i];
      slot = slotOfTrack.get(track) ?? NONE_SLOT;
    }
    slots[i] = slot;
  }
  return slots;
}

/**
 * One slot of `valuesPalette` a point.
 *
 * @param {ArrayLike<number>} values NaN for none
 * @param {[number, number]} range of the palette
 */
export function slotsOfValues(values, [low, high]) {
  const scale = high > low ? 254 / (high - low) : 0;
  const slots = new Uint8Array(values.length);
  for (let i = 0; i < slots.length; i++) {
    const share = Math.min(Math.max((values[i] - low) * scale, 0), 254);
    slots[i] = Number.isNaN(share) ? NONE_SLOT : 1 + Math.round(share);
  }
  return slots;
}
