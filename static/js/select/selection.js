/**
 * What a person has selected on one map: steps that add to a selection or take from it, one after
 * the other. A selection says which segments are meant wherever they lie; of these, those count
 * that the page shows (its filter is kept apart).
 */

/**
 * @typedef {import("./polygon.js").Polygon} Polygon
 * @typedef {[number, number][]} Ranges first and last of each run of numbers, ascending
 * @typedef {{layer: string, projection: number | null, x: number, y: number,
 *   log: [boolean, boolean], averaged: boolean}} AreaMap where an area was drawn; `projection` is
 *   null on a layer's own dimensions; `averaged` where a dot stands for a track
 * @typedef {"add" | "subtract"} Op
 * @typedef {{op: Op, kind: "all"}} AllStep
 * @typedef {{op: Op, kind: "area", map: AreaMap, polygon: Polygon}} AreaStep
 * @typedef {{op: Op, kind: "tracks", tracks: Ranges}} TracksStep whole tracks, by id
 * @typedef {{op: Op, kind: "segments", layer: string, segments: Map<number, Ranges>}} SegmentsStep
 *   positions of some tracks' segments, as the layer cuts them
 * @typedef {AllStep | AreaStep | TracksStep | SegmentsStep} Step
 */

export class Selection extends EventTarget {
  /** @type {readonly Step[]} none where nothing is selected */
  #steps = [];

  /** @param {import("./past.js").Past} past which selections of several maps may share */
  constructor(past) {
    super();
    this.past = past;
  }

  get steps() {
    return this.#steps;
  }

  get empty() {
    return this.#steps.length === 0;
  }

  /** @param {Step} step */
  replace(step) {
    this.#become([step]);
  }

  /**
   * Adds to the selection or takes from it, as the step says.
   *
   * @param {Step} step
   */
  apply(step) {
    if (this.empty && step.op === "subtract") return;
    this.#become([...this.#steps, step]);
  }

  selectAll() {
    this.#become([{ op: "add", kind: "all" }]);
  }

  /** What was selected is not, and the other way round. */
  invert() {
    this.#become(inverted(this.#steps));
  }

  clear() {
    if (!this.empty) this.#become([]);
  }

  /**
   * Takes over what an address says; what was there before cannot be had back by undoing.
   *
   * @param {readonly Step[]} steps
   */
  load(steps) {
    this.past.forget();
    this.restore(steps);
  }

  /** @param {readonly Step[]} steps that were there before */
  restore(steps) {
    this.#steps = steps;
    this.#tell();
  }

  /** @param {readonly Step[]} steps */
  #become(steps) {
    this.past.note(this);
    this.restore(steps);
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Of ((nothing + A) - B) the complement is ((everything - A) + B): the steps stay what they are,
 * and need not be worked out.
 *
 * @param {readonly Step[]} steps
 * @returns {Step[]}
 */
function inverted(steps) {
  const [first, ...rest] = steps;
  const fromAll = first?.kind === "all" && first.op === "add";
  const flipped = (fromAll ? rest : steps).map((step) => ({ ...step, op: opposite(step.op) }));
  if (fromAll) return withoutIdleStart(flipped);
  return [{ op: "add", kind: "all" }, ...flipped];
}

/**
 * Taking from nothing does nothing.
 *
 * @param {Step[]} steps
 */
function withoutIdleStart(steps) {
  const start = steps.findIndex(({ op }) => op === "add");
  return start < 0 ? [] : steps.slice(start);
}

/**
 * @param {Op} op
 * @returns {Op}
 */
function opposite(op) {
  return op === "add" ? "subtract" : "add";
}

/** @param {AreaMap} map */
export function mapKey({ layer, projection, x, y, log, averaged }) {
  return `${layer} ${projection ?? ""} ${x} ${y} ${[...log, averaged].map(Number).join("")}`;
}
