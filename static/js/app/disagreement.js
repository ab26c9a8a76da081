/** Where two networks disagree: how little their true neighbours overlap, dot by dot. */

import { getJson, getTable, isAbort, send } from "../api.js";
import { slotsOfValues, valuesPalette } from "../model/colours.js";
import { percent } from "../model/format.js";
import { meanOfTracks, valuesByTime } from "../model/values.js";
import { DisagreementPanel } from "../ui/disagreement-panel.js";
import { cancelJob, followJob } from "./follow-job.js";

/**
 * @typedef {import("./jobs.js").Job} Job
 * @typedef {{id: number, layers: string[], mean: number | null}} Comparison
 */

export class Disagreement {
  /** The two layers that are compared, or on their way. */
  #pair = "";
  /** @type {Job | null} */
  #job = null;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.panel = new DisagreementPanel({
      onToggle: (wanted) => explorer.change({ disagree: wanted }),
      onCancel: () => void this.#cancel(),
      onPreview: (track, kind) => {
        explorer.listening.preview(track, kind).catch((error) => this.panel.fail(error.message));
      },
      onRetry: () => {
        this.#pair = "";
        void this.#update();
      },
    });
    explorer.addEventListener("choices", () => void this.#update());
  }

  async #update() {
    const { choices, panes } = this.explorer;
    this.panel.setWanted(choices.disagree);
    const layers = panes.map(({ wanted }) => wanted?.entry.layer.name ?? "");
    const pair = choices.disagree && !layers.includes("") ? layers.join(" ") : "";
    if (pair === this.#pair) return;
    this.#pair = pair;
    this.explorer.colours.lend(null); // those of the pair before mean nothing here
    if (pair === "") return this.panel.clear();
    try {
      const comparison = await this.#compare(layers, pair);
      if (comparison && this.#pair === pair) await this.#show(comparison, pair);
    } catch (error) {
      if (isAbort(error) || this.#pair !== pair) return;
      this.panel.fail(error instanceof Error ? error.message : "");
    }
  }

  /**
   * @param {string[]} layers
   * @param {string} pair
   * @returns {Promise<Comparison | null>} null where something else is wanted by now
   */
  async #compare(layers, pair) {
    this.panel.asking();
    const response = await send("POST", "comparisons/", { layers }, { slot: "comparison" });
    const answer = await response.json();
    if (response.status !== 202) return answer;
    this.#job = answer;
    const ended = await followJob(answer, (job) => {
      if (this.#pair === pair) this.panel.progress(job);
    });
    if (this.#job === answer) this.#job = null;
    if (this.#pair !== pair) return null;
    if (ended.comparison === null) throw new Error(ended.message || "The comparison was stopped.");
    return getJson(`comparisons/${ended.comparison}/`, { slot: "comparison" });
  }

  /**
   * @param {Comparison} comparison
   * @param {string} pair
   */
  async #show(comparison, pair) {
    const [{ columns, metadata }, tracks] = await Promise.all([
      getTable(`comparisons/${comparison.id}/points/`, { slot: "disagreement" }),
      getJson(`comparisons/${comparison.id}/tracks/?page_size=20`, { slot: "differing tracks" }),
    ]);
    if (this.#pair !== pair) return;
    const coarser = this.explorer.entries.find(({ layer }) => layer.name === metadata.layer);
    if (!coarser) throw new Error("One of the two layers is not here any more.");
    const found = { track: columns.track, position: columns.position, value: columns.disagreement };
    this.explorer.colours.lend({
      name: "disagreement",
      palette: valuesPalette(),
      legend: null,
      ends: ["same neighbours", "none in common"],
      slots: ({ points, layer, averaged }) => {
        const values = averaged
          ? meanOfTracks(points.track, found)
          : valuesByTime(points, layer, found, coarser.layer);
        return slotsOfValues(values, [0, 1]);
      },
    });
    this.panel.show(
      comparison.mean === null
        ? "There are too few segments to compare."
        : `On average, ${percent(comparison.mean)} of a moment's nearest neighbours differ.`,
      tracks.results,
    );
  }

  async #cancel() {
    if (!this.#job) return;
    await cancelJob(this.#job).catch((error) => this.panel.fail(error.message));
  }
}
