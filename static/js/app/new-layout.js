/** Layouts on demand: asked for in a dialogue, made by a job, shown when they are ready. */

import { getJson, send } from "../api.js";
import { methodName } from "../model/catalogue.js";
import { filterQuery, filters } from "../model/track-filter.js";
import { layoutRequest } from "../model/layout-request.js";
import { NewLayoutDialogue } from "../ui/new-layout-dialogue.js";
import { byId } from "../ui/dom.js";
import { cancelJob, followJob } from "./follow-job.js";

/**
 * @typedef {import("./pane.js").Pane} Pane
 * @typedef {import("./jobs.js").Job} Job
 * @typedef {import("../ui/new-layout-dialogue.js").Wanted} Wanted
 */

export class NewLayout {
  /** @type {Pane} that asks */
  #pane;
  /** @type {Job | null} that makes a layout */
  #job = null;

  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.#pane = explorer.panes[0];
    this.dialogue = new NewLayoutDialogue({
      onMake: (wanted) => void this.#make(wanted),
      onCancel: () => void this.#cancel(),
    });
    explorer.panes.forEach((pane, index) => {
      const button = byId(`new-layout-open${index === 0 ? "" : index + 1}`);
      button.addEventListener("click", () => this.#open(pane));
    });
    byId("layout-ready-close").addEventListener("click", () => (byId("layout-ready").hidden = true));
  }

  /** @param {Pane} pane */
  #open(pane) {
    if (!this.#job) {
      this.#pane = pane;
      const { choices } = this.explorer;
      const layer = pane.wanted?.entry.layer.display_name ?? "";
      this.dialogue.describe(layer, filters(choices) ? byId("shown").textContent : null);
    }
    this.dialogue.open();
    if (!this.dialogue.ready) void this.#offer();
  }

  /** What can be asked for, and in which range, is the server's to say. */
  async #offer() {
    try {
      this.dialogue.offer(await getJson("projections/methods/"));
    } catch (error) {
      this.dialogue.fail(error instanceof Error ? error.message : "");
    }
  }

  /** @param {Wanted} wanted */
  async #make({ method, parameters, seed, onlyShown }) {
    const pane = this.#pane;
    const layer = pane.wanted?.entry.layer.name;
    if (!layer) return;
    const { choices } = this.explorer;
    const shown = { query: filterQuery(choices), every: choices.every };
    try {
      const body = layoutRequest({ layer, method, parameters, seed }, onlyShown ? shown : null);
      const response = await send("POST", "projections/", body);
      const answer = await response.json();
      const projection = response.status === 202 ? await this.#follow(answer) : answer.id;
      if (projection === null) return;
      await this.#ready(pane, layer, method, projection);
    } catch (error) {
      this.#job = null;
      this.dialogue.fail(error instanceof Error ? error.message : "");
    }
  }

  /**
   * @param {Job} job
   * @returns {Promise<number | null>} the finished projection; null where it was cancelled
   */
  async #follow(job) {
    this.#job = job;
    const ended = await followJob(job, (latest) => this.dialogue.showProgress(latest));
    this.#job = null;
    if (ended.state === "cancelled") {
      this.dialogue.idle("Cancelled.");
      return null;
    }
    if (ended.state === "failed" || ended.projection === null) throw new Error(ended.message);
    return ended.projection;
  }

  async #cancel() {
    if (!this.#job) return;
    try {
      await cancelJob(this.#job);
    } catch (error) {
      this.dialogue.fail(error instanceof Error ? error.message : "");
    }
  }

  /**
   * @param {Pane} pane
   * @param {string} layer
   * @param {string} method
   * @param {number} projection
   */
  async #ready(pane, layer, method, projection) {
    this.dialogue.idle(null);
    await this.explorer.refresh({ unasked: true });
    const show = () => {
      byId("layout-ready").hidden = true;
      pane.change({ layer, method, map: projection, x: 0, y: 1, log: [false, false] });
    };
    if (this.dialogue.isOpen) {
      this.dialogue.close();
      show();
      return;
    }
    // Whoever closed the dialogue looks at something else by now.
    byId("layout-ready-text").textContent = `The new ${methodName(method)} layout is ready.`;
    byId("layout-ready-show").onclick = show;
    byId("layout-ready").hidden = false;
  }
}
