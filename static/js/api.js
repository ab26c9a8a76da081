/** The one client of the REST API: addresses, errors, and requests that newer ones replace. */

import { tableFromIPC } from "@uwdata/flechette";

const ROOT = "/api/v1/";
/** How often something is asked for that the server has no time for yet. */
const MOST_TRIES = 20;
const NOT_FOUND = 404;

/** What went wrong, in words for a person; `status` is 0 where the server was not reached. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {string} code
   * @param {Record<string, string[]>} [errors] of parameters at fault
   */
  constructor(message, status, code, errors = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof Error && error.name === "AbortError";
}

/**
 * Whether a failure says nothing of what was asked: the server is not there, or in trouble.
 *
 * @param {unknown} error
 * @returns {error is ApiError}
 */
export function mayPass(error) {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

/**
 * What is waited for; where there is no such thing, it is said which.
 *
 * @template T
 * @param {Promise<T>} answer
 * @param {string} message
 * @returns {Promise<T>}
 */
export async function orMissing(answer, message) {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== NOT_FOUND) throw error;
    throw new ApiError(message, NOT_FOUND, error.code);
  }
}

/**
 * The error of an answer that is not 2xx, whose body is a problem of the API's or anything else.
 *
 * @param {number} status
 * @param {string} body
 */
export function errorFrom(status, body) {
  try {
    const { detail, code, errors } = JSON.parse(body);
    if (typeof detail === "string") return new ApiError(detail, status, code, errors);
  } catch {
    // Not by the API, as a proxy's page.
  }
  return new ApiError(`The server answered with an error (${status}).`, status, "error");
}

/** @type {Map<string, AbortController>} */
const slots = new Map();

/**
 * A signal for a new request in a slot; the slot's older request is aborted.
 *
 * @param {string} slot
 */
function takeSlot(slot) {
  slots.get(slot)?.abort();
  const controller = new AbortController();
  slots.set(slot, controller);
  return controller.signal;
}

/**
 * Aborts what is asked for in a slot: it is no longer wanted.
 *
 * @param {string} slot
 */
export function abandon(slot) {
  slots.get(slot)?.abort();
}

/**
 * @typedef {{slot?: string, signal?: AbortSignal}} RequestOptions
 * @typedef {Pick<RequestInit, "method" | "headers" | "body">} Message what is sent, if not a GET
 */

/**
 * @param {string} address absolute, or below the API's root
 * @param {RequestOptions} [options] a `slot` makes this request replace the slot's older one
 * @param {Message} [message]
 */
export async function request(address, { slot, signal } = {}, message = {}) {
  const url = address.startsWith("/") || address.includes("://") ? address : ROOT + address;
  let response;
  try {
    response = await fetch(url, { ...message, signal: slot ? takeSlot(slot) : signal });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError("The server cannot be reached. Is it still running?", 0, "unreachable");
  }
  if (!response.ok) throw errorFrom(response.status, await response.text());
  return response;
}

/**
 * @param {string} address
 * @param {RequestOptions} [options]
 * @returns {Promise<any>}
 */
export async function getJson(address, options) {
  return (await request(address, options)).json();
}

/**
 * As `getJson`, asking again while the server is busy with what others asked for.
 *
 * @param {string} address
 * @param {number} [pause] milliseconds
 */
export async function getPatiently(address, pause = 3000) {
  for (let left = MOST_TRIES; ; left -= 1) {
    try {
      return await getJson(address);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "busy" || left === 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * Sends something: makes, changes or deletes it.
 *
 * @param {"POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} address
 * @param {unknown} [content] becomes JSON
 * @param {RequestOptions} [options]
 * @returns {Promise<Response>}
 */
export function send(method, address, content, options) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const body = content === undefined ? undefined : JSON.stringify(content);
  return request(address, options, { method, headers, body });
}

/**
 * Sends a file as it is, and tells how much of it has been sent, which `fetch` does not.
 *
 * @param {string} address below the API's root
 * @param {File} file
 * @param {{signal: AbortSignal, onProgress: (share: number) => void}} options
 * @returns {Promise<string>} the answer's body
 */
export function upload(address, file, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ROOT + address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(responseText);
      else reject(errorFrom(status, responseText));
    });
    request.addEventListener("error", () => {
      reject(new ApiError("The file could not be sent. Is the server still running?", 0, "unreachable"));
    });
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** What proves to the server that a request comes from its own page; empty without a session. */
function csrfToken() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/**
 * Every row of a paged list. Of the address of the next page, only its query is taken: behind a
 * proxy the server may know itself by another name.
 *
 * @param {string} address
 * @param {RequestOptions} [options]
 * @returns {Promise<any[]>}
 */
export async function getList(address, options) {
  const [path] = address.split("?");
  const rows = [];
  for (let next = address; next; ) {
    const page = await getJson(next, options);
    rows.push(...page.results);
    next = page.next && path + page.next.slice(page.next.indexOf("?"));
  }
  return rows;
}

/**
 * An Arrow stream as typed arrays.
 *
 * @param {string} address
 * @param {RequestOptions} [options]
 * @returns {Promise<{columns: Record<string, any>, metadata: Record<string, string>}>}
 */
export async function getTable(address, options) {
  const response = await request(address, options);
  const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
  return {
    columns: table.toColumns(),
    metadata: Object.fromEntries(table.schema.metadata ?? []),
  };
}
