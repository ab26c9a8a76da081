/** What maps and jobs have to say, in plain words: axes, trust, progress. */

import { hasAxes, methodName, ORIGINAL } from "./catalogue.js";
import { count, percent, thousands, timeLeft } from "./format.js";

/**
 * @typedef {import("./catalogue.js").Entry} Entry
 * @typedef {import("./catalogue.js").Layout} Layout
 * @typedef {import("./catalogue.js").Projection} Projection
 */

/**
 * The name of one axis.
 *
 * @param {Layout} layout
 * @param {number} dimension from 0
 */
export function axisName({ entry, method, projection }, dimension) {
  if (method === ORIGINAL) return entry.layer.tags[dimension] ?? `dimension ${dimension + 1}`;
  if (method === "pca" || method === "std-pca") {
    const share = projection?.explained_variance[dimension];
    const carried = share === undefined ? "" : ` (${percent(share)})`;
    return `component ${dimension + 1}${carried}`;
  }
  return `${methodName(method)} ${dimension + 1}`;
}

/**
 * @param {Layout} layout
 * @param {{x: number, y: number, log: [boolean, boolean]}} axes dimensions from 0
 */
export function axesSentence(layout, { x, y, log }) {
  const meaning = meaningOf(layout, x, y);
  return hasAxes(layout) && (log[0] || log[1]) ? `${meaning} ${logarithmSentence(log)}` : meaning;
}

/** @param {[boolean, boolean]} log */
function logarithmSentence([x, y]) {
  const which = x && y ? "Both axes are" : x ? "The axis across is" : "The axis upwards is";
  return `${which} logarithmic: equal steps multiply. Values of 0 and below lie at the edge.`;
}

/**
 * @param {Layout} layout
 * @param {number} x dimension from 0
 * @param {number} y dimension from 0
 */
function meaningOf({ entry, method, projection }, x, y) {
  const { layer } = entry;
  if (method === ORIGINAL && layer.kind === "taggram") {
    return (
      `Further right: the network hears more “${layer.tags[x]}”. ` +
      `Further up: more “${layer.tags[y]}”. 0 is no trace, 1 is certain.`
    );
  }
  if (method === ORIGINAL) {
    return (
      `Dimensions ${x + 1} and ${y + 1} of the ${layer.size} that the network computes. ` +
      "A single one has no name; see whether neighbours sound alike."
    );
  }
  if (method === "pca" || method === "std-pca") {
    const shares = projection?.explained_variance ?? [];
    const carried = (shares[x] ?? 0) + (shares[y] ?? 0);
    const even = method === "std-pca" ? ", every dimension counting equally" : "";
    return (
      `The axes are directions in which the music differs most${even}. ` +
      `These two carry ${percent(carried)} of all differences.`
    );
  }
  if (method === "tsne") {
    return (
      "Near means similar to the network. Directions have no meaning of their own, " +
      "nor has the distance between groups that lie far apart."
    );
  }
  return (
    "Near means similar to the network. Directions have no meaning of their own; " +
    "distances between far groups have little."
  );
}

/**
 * What an average of a track stands for.
 *
 * @param {number} segments
 * @param {number} spread root mean square distance of the segments to their average
 */
export function averageSentence(segments, spread) {
  return `Average of ${count(segments, "segment")} · spread ${spread.toPrecision(2)}`;
}

/**
 * How well neighbours on the map are neighbours to the network; null where it was not measured.
 *
 * @param {Projection | null} projection
 */
export function qualitySentence(projection) {
  if (!projection || projection.neighbours_kept === null) return null;
  const kept = `Kept ${percent(projection.neighbours_kept)} of neighbours`;
  const { trustworthiness } = projection;
  return trustworthiness === null ? kept : `${kept} · trustworthiness ${trustworthiness.toFixed(2)}`;
}

/**
 * The definition behind the quality sentence, for who asks.
 *
 * @param {Projection} projection
 */
export function qualityExplanation(projection) {
  const parts = [
    "Of the 12 segments most similar to a segment in all dimensions, this share is also " +
      "among its 12 nearest on the map, on average.",
  ];
  if (projection.neighbours_kept_other_tracks !== null) {
    const share = percent(projection.neighbours_kept_other_tracks);
    parts.push(`Without segments of the same track: ${share}.`);
  }
  if (projection.trustworthiness !== null) {
    const value = projection.trustworthiness.toFixed(2);
    parts.push(
      `Trustworthiness ${value} (Venna and Kaski; 1 where nothing on the map is near by mistake).`,
    );
  }
  return parts.join(" ");
}

/** What the method does: for a musician first, then exactly. */
const METHOD_EXPLANATIONS = new Map([
  [
    ORIGINAL,
    "No layout at all: two of the numbers that the network gives each segment, as they are.",
  ],
  [
    "pca",
    "Turns the cloud of segments so that you see its widest side. Exactly: principal components " +
      "of the centred vectors, by share of variance.",
  ],
  [
    "std-pca",
    "As PCA, but quiet numbers count as much as loud ones. Exactly: principal components after " +
      "every dimension is scaled to unit variance.",
  ],
  [
    "tsne",
    "Keeps close together what sounds alike, and gives up the rest. Exactly: t-distributed " +
      "stochastic neighbour embedding of the first principal components.",
  ],
  [
    "umap",
    "Keeps close together what sounds alike, with more of the overall shape. Exactly: uniform " +
      "manifold approximation and projection of the first principal components.",
  ],
]);

/** @param {string} method */
export function methodExplanation(method) {
  return METHOD_EXPLANATIONS.get(method) ?? "What it does is not told here, nor its real name.";
}

/** @param {Entry} entry */
export function layerExplanation(entry) {
  const { layer, model } = entry;
  const kind =
    layer.kind === "taggram"
      ? "Taggrams: how strongly the network hears each of its tags in every segment, from 0 to 1."
      : "Embeddings: the network's own description of the sound, in numbers without names.";
  const about = layer.kind === "taggram" ? "" : layer.description;
  const size = `Exactly: ${layer.size} numbers for each ${layer.segment_seconds.toFixed(2)} s.`;
  return [kind, size, about, model.description].filter(Boolean).join(" ");
}

/**
 * Of what part of the library a map was made; null where it is of everything.
 *
 * @param {Projection | null} projection
 */
export function partSentence(projection) {
  if (!projection || Object.keys(projection.subset ?? {}).length === 0) return null;
  const { segments, tracks } = projection;
  return `This map was made of ${count(segments, "segment")} of ${count(tracks, "track")} alone.`;
}

/**
 * How many dots lie among strangers; null where nothing was laid out.
 *
 * @param {{misplaced: number, measured: number, all: number} | null} found
 * @param {Projection | null} [projection] that was measured
 */
export function misplacedSentence(found, projection) {
  if (!found) return "These are two numbers as they are: no layout could misplace a dot.";
  const { misplaced, measured, all } = found;
  if (all === 0) return "No dots are shown.";
  if (measured === 0 && projection?.trustworthiness != null) {
    return "This map is older than the measure of single dots: manage.py reduce_all adds it.";
  }
  if (measured === 0) return "Too few segments to tell which are misplaced.";
  const share = percent(misplaced / measured);
  const marked = `${count(misplaced, "dot")} (${share}) ${misplaced === 1 ? "lies" : "lie"} among strangers`;
  return measured < all
    ? `${marked}, of ${thousands(measured)} that were measured, drawn by lot.`
    : `${marked}: what is around them here is not what sounds alike.`;
}

/** What jobs do, by their kind. */
const JOBS = new Map([
  ["index", "Looking for music"],
  ["metadata", "Reading titles and tags"],
  ["extraction", "Listening to the music"],
  ["reduction", "Laying out the map"],
  ["projection", "Laying out a map on demand"],
  ["vector-index", "Preparing search"],
  ["jamendo", "Asking Jamendo for names"],
  ["comparison", "Comparing two networks"],
  ["questions", "Making a listening test"],
  ["duplicates", "Looking for duplicates"],
]);

/**
 * What a job does.
 *
 * @param {import("../app/jobs.js").Job} job
 */
export function jobName({ kind }) {
  return JOBS.get(kind) ?? "At work";
}

/**
 * How far a job is.
 *
 * @param {import("../app/jobs.js").Job} job
 */
export function jobSentence(job) {
  const name = jobName(job);
  if (job.state === "queued") return `${name}: waiting for its turn`;
  const done = job.fraction === null ? "" : percent(job.fraction);
  return [name, done, timeLeft(job.seconds_left)].filter(Boolean).join(" · ");
}
