/** Fetches what dots are coloured by, and colours them. */

import { abandon, getTable } from "../api.js";
import { drawnPlaces } from "../map/plane.js";
import { argumentOf, colourName, heardBy, kindOf } from "../model/colour-choice.js";
import {
  colourClasses,
  NO_CLASS,
  slotsOfPoints,
  slotsOfValues,
  valuesPalette,
} from "../model/colours.js";
import { density, meanOfTracks, sharesOfTracks, valuesByTime } from "../model/values.js";

/**
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/catalogue.js").Layer} Layer
 * @typedef {import("../model/colours.js").LegendEntry} LegendEntry
 * @typedef {{points: PointSet, layer: Layer, averaged: boolean, log: [boolean, boolean]}} Dots
 *   points of a map, the layer whose segments they are, and whether they are averages of tracks
 * @typedef {{name: string, palette: Uint8Array, legend: LegendEntry[] | null,
 *   ends: [string, string] | null, ranked?: boolean, slots: (dots: Dots) => Uint8Array}} Colouring
 *   what it is by, for people; a legend of values, or a ramp from one end to the other, and whether
 *   one may want the best alone
 */

/**
 * @param {string} colour as in `Choices.colour`
 * @param {Entry[]} entries
 * @param {Entry} entry that is shown
 * @param {import("../model/colour-choice.js").Tag[]} tags
 * @returns {Promise<Colouring>}
 */
export async function loadColouring(colour, entries, entry, tags) {
  const kind = kindOf(colour);
  const name = colourName(colour, tags);
  if (kind === "position" || kind === "density") abandon("colour"); // of an earlier choice
  if (kind === "heard") return heardColouring(name, colour, entries, entry);
  if (kind === "words") return wordsColouring(name, colour, entries, entry);
  if (kind === "position") return ramp(name, ["start of the track", "end"], sharesOfTracks);
  if (kind === "density") return ramp(name, ["few dots around", "many"], densityOf);
  const { columns, metadata } = await getTable(classesAddress(colour, tags), { slot: "colour" });
  const { slotOfTrack, legend, palette } = colourClasses(
    columns.track,
    columns.class,
    JSON.parse(metadata.labels),
  );
  return {
    name,
    palette,
    legend,
    ends: null,
    slots: ({ points }) => slotsOfPoints(points.track, slotOfTrack),
  };
}

/** Dots before their colours have come, or where they cannot be had. */
export function plainColouring() {
  const { palette } = colourClasses([0], [NO_CLASS], []);
  return /** @type {Colouring} */ ({
    name: "",
    palette,
    legend: null,
    ends: null,
    slots: ({ points }) => new Uint8Array(points.track.length),
  });
}

/**
 * @param {string} name
 * @param {[string, string]} ends
 * @param {(dots: Dots) => Float32Array} values from 0 to 1
 * @returns {Colouring}
 */
function ramp(name, ends, values) {
  return {
    name,
    palette: valuesPalette(),
    legend: null,
    ends,
    slots: (dots) => slotsOfValues(values(dots), [0, 1]),
  };
}

/** @param {Dots} dots */
function densityOf({ points, log }) {
  return density(drawnPlaces(points, log));
}

/**
 * @param {string} colour
 * @param {import("../model/colour-choice.js").Tag[]} tags
 */
function classesAddress(colour, tags) {
  if (kindOf(colour) === "tag") {
    const tag = tags.find(({ id }) => id === Number(argumentOf(colour)));
    return `tracks/classes/?by=tag&${new URLSearchParams({ category: tag?.category ?? "", name: tag?.name ?? "" })}`;
  }
  if (colour.startsWith("tags:")) {
    return `tracks/classes/?by=tag&${new URLSearchParams({ category: argumentOf(colour) })}`;
  }
  return `tracks/classes/?by=${colour}`;
}

/**
 * How strongly a network hears a tag in each segment: one dimension of its taggrams.
 *
 * @param {string} name
 * @param {string} colour
 * @param {Entry[]} entries
 * @param {Entry} entry
 * @returns {Promise<Colouring>}
 */
async function heardColouring(name, colour, entries, entry) {
  const { layer, tag } = heardBy(colour, entries, entry);
  const dimension = layer.tags.indexOf(tag);
  const other = dimension === 0 ? 1 : 0; // points come with two dimensions
  const address = `layers/${layer.name}/points/?x=${dimension}&y=${other}`;
  const { columns } = await getTable(address, { slot: "colour" });
  const heard = { track: columns.track, position: columns.position, value: columns.x };
  const range = rangeOf(heard.value);
  return strength(name, [range[0].toFixed(2), range[1].toFixed(2)], heard, layer, range);
}

/**
 * How true a search by tags is of each segment.
 *
 * @param {string} name
 * @param {string} colour
 * @param {Entry[]} entries
 * @param {Entry} entry
 * @returns {Promise<Colouring>}
 */
async function wordsColouring(name, colour, entries, entry) {
  const { layer, tag: query } = heardBy(colour, entries, entry);
  const address = `layers/${layer.name}/words/?${new URLSearchParams({ q: query })}`;
  const { columns } = await getTable(address, { slot: "colour" });
  const heard = { track: columns.track, position: columns.position, value: columns.score };
  return strength(name, ["not at all", "quite true"], heard, layer, rangeOf(heard.value));
}

/**
 * By values of a layer's segments. Others take what is heard at the same time.
 *
 * @param {string} name
 * @param {[string, string]} ends
 * @param {import("../model/values.js").Values} heard
 * @param {Layer} layer
 * @param {[number, number]} range of the values
 * @returns {Colouring}
 */
function strength(name, ends, heard, layer, range) {
  return {
    name,
    palette: valuesPalette(),
    legend: null,
    ends,
    ranked: true,
    slots: ({ points, layer: own, averaged }) => {
      const values = averaged
        ? meanOfTracks(points.track, heard)
        : valuesByTime(points, own, heard, layer);
      return slotsOfValues(values, range);
    },
  };
}

/**
 * @param {ArrayLike<number> & Iterable<number>} values
 * @returns {[number, number]}
 */
function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
