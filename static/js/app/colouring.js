/** Fetches what dots are coloured by, and colours them. */

import { getTable } from "../api.js";
import { argumentOf, kindOf, taggramOf } from "../model/colour-choice.js";
import {
  colourClasses,
  NO_CLASS,
  sequentialPalette,
  slotsOfPoints,
  slotsOfValues,
} from "../model/colours.js";

/**
 * @typedef {import("../map/geometry.js").PointSet} PointSet
 * @typedef {import("../model/colours.js").LegendEntry} LegendEntry
 * @typedef {{palette: Uint8Array, legend: LegendEntry[] | null, range: [number, number] | null,
 *   slots: (points: PointSet) => Uint8Array}} Colouring a legend of values, or a range of numbers
 * @typedef {import("../model/catalogue.js").Entry} Entry
 */

/**
 * @param {string} colour as in `Choices.colour`
 * @param {Entry[]} entries
 * @param {Entry} entry that is shown
 * @param {import("../model/colour-choice.js").Tag[]} tags
 * @returns {Promise<Colouring>}
 */
export async function loadColouring(colour, entries, entry, tags) {
  if (kindOf(colour) === "heard") return heardColouring(argumentOf(colour), entries, entry);
  const { columns, metadata } = await getTable(classesAddress(colour, tags), { slot: "colour" });
  const { slotOfTrack, legend, palette } = colourClasses(
    columns.track,
    columns.class,
    JSON.parse(metadata.labels),
  );
  return { palette, legend, range: null, slots: (points) => slotsOfPoints(points.track, slotOfTrack) };
}

/** Dots before their colours have come, or where they cannot be had. */
export function plainColouring() {
  const { palette } = colourClasses([0], [NO_CLASS], []);
  return /** @type {Colouring} */ ({
    palette,
    legend: null,
    range: null,
    slots: (points) => new Uint8Array(points.track.length),
  });
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
 * How strongly the network hears a tag in each segment: one dimension of its taggrams.
 *
 * @param {string} tag
 * @param {Entry[]} entries
 * @param {Entry} entry
 * @returns {Promise<Colouring>}
 */
async function heardColouring(tag, entries, entry) {
  const taggram = taggramOf(entries, entry);
  const dimension = taggram?.layer.tags.indexOf(tag) ?? -1;
  const other = dimension === 0 ? 1 : 0; // points come with two dimensions
  const address = `layers/${taggram?.layer.name}/points/?x=${dimension}&y=${other}`;
  const { columns } = await getTable(address, { slot: "colour" });
  const values = { track: columns.track, position: columns.position, value: columns.x };
  const { range } = slotsOfValues({ track: [], position: [] }, values);
  return {
    palette: sequentialPalette(),
    legend: null,
    range,
    slots: (points) => slotsOfValues(points, values).slots,
  };
}
