/** The page: holds the choices, knows what there is, and has each map show what was chosen. */

import { ApiError, getJson, getList, isAbort } from "../api.js";
import { MapSurface } from "../map/surface.js";
import { buildCatalogue, findProjection } from "../model/catalogue.js";
import {
  fitAddress,
  initialChoices,
  missingChoices,
  parseAddress,
  remember,
  rememberAddress,
  resolvePane,
  withMaps,
} from "../model/choices.js";
import { storage } from "../storage.js";
import { byId } from "../ui/dom.js";
import { showAddressHint, tellAddressRoom } from "../ui/hints.js";
import { Stage } from "../ui/stage.js";
import { Colours } from "./colours.js";
import { Listening } from "./listening.js";
import { Pane } from "./pane.js";
import { Visibility } from "./visibility.js";

/**
 * @typedef {import("../model/catalogue.js").Entry} Entry
 * @typedef {import("../model/choices.js").Choices} Choices
 */

/** Changes that follow each other faster, as by an arrow key, are one step of the history. */
const STEP_MS = 1000;
/** Letters of an address: longer ones are refused by servers, and cut off in messages. */
const LONGEST_ADDRESS = 1999;

/**
 * Events: "zoom" when a map was zoomed or moved; "choices" after any change of `choices`, or of what there is to choose from; "content"
 * (detail `{pane}`) after a pane shows other points; "hover" (detail `{pane, index}`) when the pointer
 * is on another of its dots, or on none (-1); "filter" after HIDDEN flags changed; "colour"
 * after dots have other colours.
 */
export class Explorer extends EventTarget {
  /** @type {Choices} */
  choices;
  /** @type {Entry[]} */
  entries = [];
  /** @type {import("../model/colour-choice.js").Tag[]} */
  tags = [];
  library = { tracks: 0, tags: 0, artists: 0, albums: 0, may_work: false };
  #changedAt = -Infinity;
  /** @type {string[] | null} what an address that was just opened says in vain; null once told */
  #unknown;
  /** @type {Set<number>} projections that were asked for by their numbers */
  #sought = new Set();
  #lastLook = Promise.resolve();

  /** @param {HTMLElement[]} maps the elements of one map, or of two */
  constructor(maps) {
    super();
    const address = initialChoices(search(), maps.length, storage);
    this.choices = address.choices;
    this.#unknown = address.unknown;
    this.stage = new Stage(() => void this.refresh());
    this.colours = new Colours(this);
    this.surface = new MapSurface(byId("maps"));
    this.panes = maps.map((element, index) => new Pane(element, this, index));
    this.visibility = new Visibility(this);
    this.listening = new Listening(this);
    addEventListener("popstate", () => {
      const { choices, unknown } = parseAddress(search(), maps.length);
      this.#unknown = unknown;
      this.#changedAt = -Infinity;
      tellAddressRoom(!history.state?.rest);
      this.#take(choices);
    });
    this.#write("replaceState");
    rememberAddress(storage, maps.length, location.search);
  }

  /**
   * Looks at what there is, and shows what was chosen.
   *
   * @param {{unasked?: boolean}} [options] `unasked`: by the page itself, so that a failure does
   *   not take away the map that is shown
   * @returns {Promise<void>}
   */
  refresh({ unasked = false } = {}) {
    const look = () => this.#look(unasked);
    this.#lastLook = this.#lastLook.then(look, look); // one after the other
    return this.#lastLook;
  }

  /** @param {boolean} unasked */
  async #look(unasked) {
    try {
      const [library, models, projections] = await Promise.all([
        getJson("library/"),
        getJson("models/"),
        getJson("projections/"),
      ]);
      if (library.tags !== this.library.tags) this.tags = await getList("tags/?page_size=500");
      this.library = library;
      this.entries = buildCatalogue(models, [...projections, ...(await this.#older(projections))]);
    } catch (error) {
      this.#fail(error, unasked);
      return;
    }
    this.stage.upToDate();
    this.stage.showLibrary(this.library.tracks, this.entries.length);
    await this.#apply(unasked);
  }

  /**
   * Maps that were chosen by their numbers and are not the newest of their kind any more: they
   * stay as they are, or where they are not kept, the newest is shown from now on.
   *
   * @param {{id: number}[]} newest
   */
  async #older(newest) {
    const known = new Set(newest.map(({ id }) => id));
    const wanted = this.#chosenMaps().filter((id) => !known.has(id));
    if (wanted.length === 0) return [];
    for (const id of wanted) this.#sought.add(id);
    const asked = wanted.map((id) => getJson(`projections/${id}/`).catch(orNotFound));
    const found = await Promise.all(asked);
    this.choices = withMaps(this.choices, new Map(wanted.map((id, i) => [id, found[i]?.id ?? id])));
    this.#write("replaceState");
    return found.filter((projection) => projection !== null && !known.has(projection.id));
  }

  #chosenMaps() {
    return this.choices.panes.flatMap(({ map }) => (map === null ? [] : [map]));
  }

  /**
   * @param {Partial<Choices>} change
   * @param {{step?: boolean}} [options] `step`: whether the browser's Back leads to before it
   */
  change(change, { step: isStep = true } = {}) {
    const choices = { ...this.choices, ...change };
    const now = performance.now();
    const close = now - this.#changedAt < STEP_MS;
    const step = close || !isStep ? "replaceState" : "pushState";
    if (isStep) this.#changedAt = now;
    this.choices = choices;
    this.#write(step);
    this.#take(choices);
  }

  /** @param {Choices} choices that the address already has */
  #take(choices) {
    this.choices = choices;
    remember(storage, choices);
    rememberAddress(storage, choices.panes.length, location.search);
    const isNew = (/** @type {number} */ id) =>
      !this.#sought.has(id) && !findProjection(this.entries, id);
    if (this.#chosenMaps().some(isNew)) void this.refresh();
    else void this.#apply(false);
  }

  /**
   * Puts the choices where links, reload and Back find them; what the address has no room for,
   * where only reload and Back do.
   *
   * @param {"pushState" | "replaceState"} step
   */
  #write(step) {
    const room = LONGEST_ADDRESS - location.origin.length - location.pathname.length;
    const { query, rest } = fitAddress(this.choices, room);
    history[step]({ rest }, "", query || location.pathname);
    tellAddressRoom(rest === "");
  }

  /**
   * Shows what there is for the choices; asks only for what is not shown yet.
   *
   * @param {boolean} unasked as of `refresh`
   */
  async #apply(unasked) {
    if (this.entries.length === 0) return this.stage.succeeded();
    const shown = this.panes.map((pane, i) => {
      const beside = i === 0 ? undefined : this.panes[0].wanted?.entry;
      return pane.show(resolvePane(this.choices.panes[i], this.entries, beside));
    });
    byId("unlaid").hidden = this.panes.every(({ wanted }) => wanted?.entry.projections.size);
    this.#tellUnknown();
    this.dispatchEvent(new Event("choices"));
    const waiting = shown.filter((promise) => promise !== null);
    if (waiting.length > 0 && !unasked) this.stage.loading();
    try {
      await Promise.all(waiting);
      this.stage.succeeded();
    } catch (error) {
      if (!isAbort(error)) this.#fail(error, unasked);
    }
  }

  #tellUnknown() {
    if (!this.#unknown) return;
    const missing = missingChoices(this.choices, this.entries, this.tags);
    showAddressHint([...this.#unknown, ...missing]);
    this.#unknown = null;
  }

  /**
   * @param {unknown} error
   * @param {boolean} unasked
   */
  #fail(error, unasked) {
    const mapShown = this.panes.some((pane) => pane.content !== null);
    if (unasked && mapShown) this.stage.outdated(error);
    else this.stage.fail(error, mapShown);
  }
}

/** @param {unknown} error of a map that is asked for by its number */
function orNotFound(error) {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** The query of the address, with what it has no room for. */
function search() {
  const rest = history.state?.rest ?? "";
  return rest ? `${location.search}&${rest.slice(1)}` : location.search;
}
