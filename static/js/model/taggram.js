/** A track's taggram: which of its tags are strongest, and how it is drawn. */

import { clock } from "./format.js";

/**
 * @typedef {{layer: string, tags: string[], segment_seconds: number, hop_seconds: number,
 *   values: number[][]}} Taggram activations, 0 to 1: one row a segment, one column a tag
 * @typedef {{index: number, name: string, mean: number, most: number, seconds: number}} RankedTag
 *   `index` is the tag's column, `seconds` where its strongest segment begins
 */

/**
 * The tags, strongest on average first.
 *
 * @param {Taggram} taggram of at least one segment
 * @returns {RankedTag[]}
 */
export function rankTags({ tags, values, hop_seconds: hop }) {
  const ranked = tags.map((name, index) => {
    let sum = 0;
    let peak = 0;
    for (let row = 0; row < values.length; row++) {
      sum += values[row][index];
      if (values[row][index] > values[peak][index]) peak = row;
    }
    return {
      index,
      name,
      mean: sum / values.length,
      most: values[peak][index],
      seconds: peak * hop,
    };
  });
  return ranked.sort((a, b) => b.mean - a.mean);
}

/**
 * A heat map: one row a tag, one column a segment; of a long track, the means of several.
 *
 * @param {number[][]} values as a taggram's
 * @param {number[]} columns of the tags, from top to bottom
 * @param {Uint8Array} palette RGBA of 256 slots
 * @param {number} most activation that the last slot stands for
 * @param {number} [width] at most so many pixels
 * @returns {{data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}} RGBA
 */
export function heatMap(values, columns, palette, most, width = 4096) {
  const pooled = Math.ceil(values.length / width);
  const across = Math.ceil(values.length / pooled);
  const data = new Uint8ClampedArray(across * columns.length * 4);
  for (let x = 0; x < across; x++) {
    const rows = values.slice(x * pooled, (x + 1) * pooled);
    columns.forEach((column, y) => {
      const mean = rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
      const slot = most > 0 ? Math.min(Math.round((mean / most) * 255), 255) : 0;
      data.set(palette.subarray(slot * 4, slot * 4 + 4), (y * across + x) * 4);
    });
  }
  return { data, width: across, height: columns.length };
}

/**
 * The strongest tags of one segment.
 *
 * @param {Taggram} taggram
 * @param {number} position of the segment
 * @param {number} top how many
 */
export function tagsAt({ tags, values }, position, top) {
  const row = values[position] ?? [];
  return tags
    .map((name, index) => ({ name, value: row[index] ?? 0 }))
    .sort((a, b) => b.value - a.value)
    .slice(0, top)
    .map(({ name }) => name);
}

/**
 * What the heat map says, in words.
 *
 * @param {RankedTag[]} ranked
 */
export function taggramSummary(ranked) {
  const strongest = ranked
    .slice(0, 3)
    .map(({ name, mean }) => `${name} (${mean.toFixed(2)})`)
    .join(", ");
  const peak = ranked.reduce((a, b) => (b.most > a.most ? b : a));
  return (
    `Strongest on average: ${strongest}. ` +
    `Nothing is heard more surely than ${peak.name} at ${clock(peak.seconds)} (${peak.most.toFixed(2)}).`
  );
}
