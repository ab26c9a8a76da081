/** Sends a file, and waits until a network has heard it. */

import { ApiError, getJson, send, upload } from "../api.js";
import { hearingBy } from "../model/file-query.js";

const LOOK_MS = 400;
/** Looks that may fail in a row: a server that is started anew is back within them. */
const MOST_FAILED = 20;

/**
 * @typedef {import("../model/file-query.js").FileQuery} FileQuery
 * @typedef {import("../model/file-query.js").Hearing} Hearing
 */

/** What became of a hearing, in words for a person. */
export class NotHeard extends Error {}

/**
 * @param {File} file
 * @param {string} model that is to hear it
 * @param {{signal: AbortSignal, onProgress: (share: number) => void}} options
 * @returns {Promise<FileQuery>} once it has arrived
 */
export async function sendFile(file, model, options) {
  const query = new URLSearchParams({ model, name: file.name });
  return JSON.parse(await upload(`queries/?${query}`, file, options));
}

/**
 * Waits for a network that hears a file.
 *
 * @param {string} token
 * @param {string} model
 * @param {(query: FileQuery, hearing: Hearing | undefined) => void} onLook with the latest state
 * @param {AbortSignal} [signal]
 * @returns {Promise<FileQuery>} once it has been heard. Rejects with `NotHeard`
 */
export async function followHearing(token, model, onLook, signal) {
  for (let failed = 0; ; ) {
    try {
      /** @type {FileQuery} */
      const query = await getJson(`queries/${token}/`, { signal });
      const hearing = hearingBy(query, model);
      failed = 0;
      if (hearing?.state === "done") return query;
      if (hearing && hearing.state !== "queued" && hearing.state !== "running") {
        throw new NotHeard(hearing.message || "It was not heard to its end.");
      }
      onLook(query, hearing);
    } catch (error) {
      const mayPass = error instanceof ApiError && (error.status === 0 || error.status >= 500);
      if (!mayPass || ++failed > MOST_FAILED) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    signal?.throwIfAborted();
  }
}

/**
 * Has a network hear a file that is there.
 *
 * @param {string} token
 * @param {string} model
 */
export async function askToHear(token, model) {
  await send("POST", `queries/${token}/hearings/`, { model });
}

/** @param {string} token of a file that nobody wants any more */
export async function forgetFile(token) {
  await send("DELETE", `queries/${token}/`);
}
