/** Which maps there are: the real combinations of network, layer and layout, and no others. */

import { count } from "./format.js";

/**
 * @typedef {{id: number, layer: string, method: string, version: number, dimensions: number,
 *   segments: number, tracks: number, parameters: Record<string, number>, seed: number | null,
 *   subset?: {filter?: Record<string, string | number>, every?: number},
 *   on_demand: boolean, usual: boolean,
 *   explained_variance: number[],
 *   trustworthiness: number | null, neighbours_kept: number | null,
 *   neighbours_kept_other_tracks: number | null, points: string}} Projection
 * @typedef {{name: string, key: string, kind: "taggram" | "embedding", size: number,
 *   tags: string[], display_name: string, description: string, segment_seconds: number,
 *   hop_seconds: number, enabled: boolean, segments: number}} Layer
 * @typedef {{name: string, dataset: string, architecture: string, dataset_name: string,
 *   architecture_name: string, display_name: string, description: string,
 *   weights_present: boolean, layers: Layer[]}} Model
 * @typedef {{model: Model, layer: Layer, projections: Map<string, Projection>,
 *   custom: Projection[]}} Entry a layer, with the usual projection by each method, and with those
 *   made on demand
 */

export const ORIGINAL = "original";

/** Layouts in the order in which they are offered; the first that exists is where one starts. */
const STARTING_METHODS = ["umap", "tsne", "pca", "std-pca"];

/** Which layer a person sees first: what the network means by "similar", before its tags. */
const STARTING_KEYS = ["embeddings", "penultimate", "taggrams"];

const METHOD_NAMES = new Map([
  [ORIGINAL, "two of the original numbers"],
  ["pca", "PCA"],
  ["std-pca", "standardised PCA"],
  ["tsne", "t-SNE"],
  ["umap", "UMAP"],
]);

/**
 * Layers that can be shown, each with its projections.
 *
 * @param {Model[]} models
 * @param {Projection[]} projections
 * @returns {Entry[]}
 */
export function buildCatalogue(models, projections) {
  /** @type {Entry[]} */
  const entries = [];
  for (const model of models) {
    for (const layer of model.layers) {
      const own = projections.filter((projection) => projection.layer === layer.name);
      if (!layer.enabled || (layer.segments === 0 && own.length === 0)) continue;
      own.sort((a, b) => rank(a) - rank(b) || newerOrLarger(a, b));
      /** @type {Map<string, Projection>} */
      const usual = new Map();
      for (const projection of own) {
        const { method, on_demand: asked } = projection;
        if (!asked && !usual.has(method)) usual.set(method, projection);
      }
      const custom = own.filter((projection) => usual.get(projection.method) !== projection);
      entries.push({ model, layer, projections: usual, custom });
    }
  }
  return entries;
}

/** What a parameter is called. */
const PARAMETER_NAMES = new Map([
  ["n_neighbors", "neighbours"],
  ["min_dist", "minimum distance"],
  ["pca_dims", "components used"],
]);

/**
 * The usual maps are versions of one; of others, the largest comes first.
 *
 * @param {Projection} a
 * @param {Projection} b
 */
function newerOrLarger(a, b) {
  const before = a.usual ? b.version - a.version : b.segments - a.segments;
  return before || a.id - b.id;
}

/** @param {Projection} projection the library's own first, then those of everything, then of a part */
function rank({ usual, subset }) {
  if (usual) return 0;
  return Object.keys(subset ?? {}).length > 0 ? 2 : 1;
}

/**
 * What sets a projection apart from the usual one: "UMAP · 12 neighbours · 400 segments of 14 tracks".
 *
 * @param {Projection} projection
 * @param {Projection} [usual] by the same method
 */
export function projectionName(projection, usual) {
  const { method, parameters, seed, segments, tracks } = projection;
  const parts = [methodName(method)];
  for (const [parameter, value] of Object.entries(parameters)) {
    if (value === usual?.parameters[parameter]) continue;
    const name = PARAMETER_NAMES.get(parameter) ?? parameter;
    parts.push(parameter === "n_neighbors" ? `${value} ${name}` : `${name} ${value}`);
  }
  if (seed) parts.push(`seed ${seed}`);
  if (segments !== usual?.segments || parts.length === 1) {
    parts.push(`${count(segments, "segment")} of ${count(tracks, "track")}`);
  }
  return parts.join(" · ");
}

/**
 * @param {Entry[]} entries
 * @param {number | null} id
 */
export function findProjection(entries, id) {
  for (const entry of entries) {
    const all = [...entry.projections.values(), ...entry.custom];
    const projection = all.find((each) => each.id === id);
    if (projection) return { entry, projection };
  }
  return null;
}

/**
 * @param {Entry[]} entries
 * @param {string | null} layerName
 */
export function findEntry(entries, layerName) {
  return entries.find((entry) => entry.layer.name === layerName);
}

/**
 * The entry where a person without earlier choices begins: one that has been laid out, if any.
 *
 * @param {Entry[]} entries
 */
export function startingEntry(entries) {
  const rank = (/** @type {Entry} */ entry) =>
    methodRank(startingMethod(entry)) * 10 + keyRank(entry.layer.key);
  return [...entries].sort((a, b) => rank(a) - rank(b))[0];
}

/**
 * The entry whose vectors are compared: the one that was asked for, else an embedding.
 *
 * @param {Entry[]} entries not empty
 * @param {string | null} layer
 */
export function entryToCompareBy(entries, layer) {
  const named = entries.find((entry) => entry.layer.name === layer);
  return named ?? entries.find((entry) => entry.layer.kind === "embedding") ?? entries[0];
}

/**
 * All layers, by their networks.
 *
 * @param {Entry[]} entries
 * @returns {Option[]}
 */
export function layerOptions(entries) {
  return entries.map(({ layer, model }) => ({
    value: layer.name,
    label: `${model.display_name}: ${layer.display_name}`, // a closed list shows no groups
  }));
}

/** @param {string} method */
function methodRank(method) {
  const rank = STARTING_METHODS.indexOf(method);
  if (rank >= 0) return rank;
  return STARTING_METHODS.length + Number(method === ORIGINAL);
}

/** @param {string} key */
function keyRank(key) {
  const rank = STARTING_KEYS.indexOf(key);
  return rank < 0 ? STARTING_KEYS.length : rank;
}

/**
 * @param {Entry} entry
 * @returns {string[]} methods that exist for the layer
 */
export function methodsOf(entry) {
  // Methods that the server gives another name come after those that are known here.
  return [...new Set([...METHOD_NAMES.keys(), ...entry.projections.keys()])].filter(
    (method) =>
      (method === ORIGINAL && entry.layer.segments > 0) || entry.projections.has(method),
  );
}

/** @param {Entry} entry */
export function startingMethod(entry) {
  const methods = methodsOf(entry);
  const known = STARTING_METHODS.find((method) => methods.includes(method));
  return known ?? methods.find((method) => method !== ORIGINAL) ?? ORIGINAL;
}

/**
 * What is on a map, or will be: a layer, and its projection; null where it is the layer's own
 * numbers.
 *
 * @typedef {{entry: Entry, method: string, projection: Projection | null}} Layout
 */

/**
 * How many axes there are to choose from.
 *
 * @param {Layout} layout
 */
export function dimensionsOf({ entry, projection }) {
  return projection ? projection.dimensions : entry.layer.size;
}

/**
 * Whether each axis means something by itself, and so may be logarithmic.
 *
 * @param {Layout} layout
 */
export function hasAxes({ method, projection }) {
  return method === ORIGINAL || /pca$/.test(method) || (projection?.dimensions ?? 0) > 2;
}

/** @typedef {{value: string, label: string, group?: string}} Option */

/**
 * The layouts that are offered for a layer; those made on demand by their number.
 *
 * @param {Entry} entry
 * @returns {Option[]}
 */
export function layoutOptions(entry) {
  const methods = methodsOf(entry).map((value) => ({ value, label: methodName(value) }));
  const custom = entry.custom.map((projection) => ({
    value: String(projection.id),
    label: projectionName(projection, entry.projections.get(projection.method)),
    group: "Made on demand",
  }));
  return [...methods, ...custom];
}

/**
 * What the three selects of "seen by" offer, given the layer that is shown.
 *
 * @param {Entry[]} entries
 * @param {Entry} current
 * @returns {{architectures: Option[], datasets: Option[], layers: Option[]}}
 */
export function seenByOptions(entries, current) {
  const { architecture, dataset } = current.model;
  const sameArchitecture = entries.filter((entry) => entry.model.architecture === architecture);
  const sameModel = sameArchitecture.filter((entry) => entry.model.dataset === dataset);
  return {
    architectures: options(entries, ({ model }) => [model.architecture, model.architecture_name]),
    datasets: options(sameArchitecture, ({ model }) => [model.dataset, model.dataset_name]),
    layers: sameModel.map(({ layer }) => ({ value: layer.name, label: layer.display_name })),
  };
}

/**
 * @param {Entry[]} entries
 * @param {(entry: Entry) => [string, string]} named value and label
 */
function options(entries, named) {
  return [...new Map(entries.map(named))].map(([value, label]) => ({ value, label }));
}

/**
 * The entry that comes nearest when a person changes architecture or dataset: the same other
 * half and kind of layer where they exist.
 *
 * @param {Entry[]} entries
 * @param {Entry} current
 * @param {{architecture?: string, dataset?: string}} change
 */
export function nearestEntry(entries, current, change) {
  const wanted = { ...current.model, ...change };
  const fitting = entries.filter(
    ({ model }) =>
      model.architecture === wanted.architecture &&
      (change.dataset === undefined || model.dataset === change.dataset),
  );
  const misses = (/** @type {Entry} */ entry) =>
    (entry.model.dataset === wanted.dataset ? 0 : 4) +
    (entry.layer.key === current.layer.key ? 0 : entry.layer.kind === current.layer.kind ? 1 : 2);
  return fitting.sort((a, b) => misses(a) - misses(b))[0] ?? current;
}

/** @param {string} method */
export function methodName(method) {
  const name = METHOD_NAMES.get(method);
  // Where methods are to tell nothing, one is called "layout-k": "Layout K".
  return name ?? method.replace("-", " ").replace(/^\w|\b\w$/g, (letter) => letter.toUpperCase());
}

/** @param {Layout} layout as it is offered */
export function layoutName({ entry, method, projection }) {
  const usual = entry.projections.get(method);
  return projection && projection !== usual ? projectionName(projection, usual) : methodName(method);
}
