/** What the stage says when there is something to say: loading, failed, or nothing to show. */

import { ApiError, mayPass } from "../api.js";
import { byId } from "./dom.js";

/** What loads faster is not worth a word. */
const SOON_MS = 300;
const UNAUTHORIZED = 401;

export class Stage {
  #timer = 0;

  /** @param {() => void} onRetry */
  constructor(onRetry) {
    byId("failure-retry").addEventListener("click", onRetry);
    byId("failure-close").addEventListener("click", () => (byId("failure").hidden = true));
  }

  /** To be called when a map is asked for: says so if it takes long. */
  loading() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => (byId("loading").hidden = false), SOON_MS);
  }

  /** To be called once nothing more is on its way. */
  loaded() {
    clearTimeout(this.#timer);
    byId("loading").hidden = true;
  }

  /**
   * @param {number} tracks in the library
   * @param {number} layers that a network has heard
   */
  showLibrary(tracks, layers) {
    byId("empty").hidden = tracks > 0;
    byId("unheard").hidden = tracks === 0 || layers > 0;
    document.body.classList.toggle("without-map", layers === 0);
    if (layers === 0) this.loaded();
  }

  /**
   * Says what was asked for and cannot be had.
   *
   * @param {unknown} error
   * @param {boolean} mapShown an earlier map is still there to go back to
   */
  fail(error, mapShown) {
    this.loaded();
    byId("failure").hidden = false;
    byId("failure-close").hidden = !mapShown;
    explain(byId("failure"), error);
  }

  /**
   * Says quietly that the map is not the newest: nobody asked, and it is still good.
   *
   * @param {unknown} error
   */
  outdated(error) {
    byId("outdated").hidden = false;
    explain(byId("outdated"), error);
  }

  /** The server answers again. */
  upToDate() {
    byId("outdated").hidden = true;
  }

  /** What is chosen is what is shown. */
  succeeded() {
    this.loaded();
    byId("failure").hidden = true;
  }
}

/**
 * Says in a container's `.failure-message` what went wrong, and offers to log in, or to try again,
 * where that helps.
 *
 * @param {HTMLElement} container
 * @param {unknown} error
 */
export function explain(container, error) {
  const message = /** @type {HTMLElement} */ (container.querySelector(".failure-message"));
  message.textContent = error instanceof Error ? error.message : String(error);
  const retry = /** @type {HTMLElement | null} */ (container.querySelector(".retry"));
  if (retry) retry.hidden = error instanceof ApiError && !mayPass(error);
  const logIn = /** @type {HTMLAnchorElement} */ (container.querySelector("a.log-in"));
  logIn.hidden = !(error instanceof ApiError && error.status === UNAUTHORIZED);
  logIn.search = String(new URLSearchParams({ next: location.pathname + location.search }));
}
