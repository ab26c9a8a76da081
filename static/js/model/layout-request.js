/** A layout to be made on demand: its parameters, and how it is asked for. */

/**
 * @typedef {{name: string, label: string, explanation: string, initial: number, least: number,
 *   most: number, step: number, whole: boolean}} Parameter
 * @typedef {import("./track-filter.js").TrackFilter} TrackFilter
 */

/** @type {Parameter} */
const COMPONENTS = {
  name: "pca_dims",
  label: "Components used",
  explanation: "How many principal components the layout sees: fewer are smoother; 0 uses all numbers.",
  initial: 10,
  least: 0,
  most: 256,
  step: 1,
  whole: true,
};

/** What can be laid out on demand, with the parameters of each method. */
export const METHODS = new Map([
  [
    "umap",
    [
      {
        name: "n_neighbors",
        label: "Neighbours",
        explanation: "Few keep small groups apart, many keep the overall shape.",
        initial: 15,
        least: 2,
        most: 200,
        step: 1,
        whole: true,
      },
      {
        name: "min_dist",
        label: "Minimum distance",
        explanation: "How close dots may lie: 0 packs groups tightly, 1 spreads them evenly.",
        initial: 0.1,
        least: 0,
        most: 1,
        step: 0.05,
        whole: false,
      },
      COMPONENTS,
    ],
  ],
  [
    "tsne",
    [
      {
        name: "perplexity",
        label: "Perplexity",
        explanation: "About how many neighbours each dot is held to.",
        initial: 30,
        least: 1,
        most: 200,
        step: 1,
        whole: false,
      },
      COMPONENTS,
    ],
  ],
]);

/**
 * What is wrong with a value, in a sentence; null where nothing is.
 *
 * @param {Pick<Parameter, "label" | "least" | "most" | "whole">} parameter
 * @param {number} value NaN where it is not a number
 */
export function complaint({ label, least, most, whole }, value) {
  if (Number.isNaN(value) || value < least || value > most) {
    return `${label} is a number from ${least} to ${most}.`;
  }
  if (whole && !Number.isInteger(value)) return `${label} is a whole number.`;
  return null;
}

/**
 * The body of the request.
 *
 * @param {{layer: string, method: string, parameters: Record<string, number>, seed: number}} wanted
 * @param {{query: string, every: number} | null} shown the filter that restricts it, if any
 */
export function layoutRequest(wanted, shown) {
  if (!shown) return wanted;
  const filter = Object.fromEntries(new URLSearchParams(shown.query));
  return { ...wanted, filter, every: shown.every };
}
