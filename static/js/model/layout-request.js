/** A layout to be made on demand: its parameters, and how it is asked for. */

/**
 * @typedef {{name: string, default: number, least: number, most: number, whole: boolean}} Range
 * @typedef {{name: string, parameters: Range[]}} Method
 * @typedef {Range & {label: string, explanation: string, step: number}} Parameter
 * @typedef {import("./track-filter.js").TrackFilter} TrackFilter
 */

/** What the parameters are called here, in the order in which they are asked for. */
const WORDS = new Map([
  [
    "n_neighbors",
    {
      label: "Neighbours",
      explanation: "Few keep small groups apart, many keep the overall shape.",
      step: 1,
    },
  ],
  [
    "min_dist",
    {
      label: "Minimum distance",
      explanation: "How close dots may lie: 0 packs groups tightly, more spreads them evenly.",
      step: 0.01,
    },
  ],
  [
    "perplexity",
    { label: "Perplexity", explanation: "About how many neighbours each dot is held to.", step: 1 },
  ],
  [
    "pca_dims",
    {
      label: "Components used",
      explanation:
        "How many principal components the layout sees: fewer are smoother; 0 uses all numbers.",
      step: 1,
    },
  ],
]);

/**
 * What a method asks for.
 *
 * @param {Method[]} methods as the API describes them
 * @param {string} name
 * @returns {Parameter[]}
 */
export function parametersOf(methods, name) {
  const taken = methods.find((method) => method.name === name)?.parameters ?? [];
  return [...WORDS].flatMap(([key, words]) => {
    const range = taken.find((parameter) => parameter.name === key);
    return range ? [{ ...range, ...words }] : [];
  });
}

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
