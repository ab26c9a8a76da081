/** A file that somebody searches by, as the API tells of it; and what is said about it. */

import { clock, count, timeLeft } from "./format.js";
import { searchAddress } from "./search.js";

/**
 * @typedef {{model: string, state: string, message: string, fraction: number | null,
 *   seconds_left: number | null}} Hearing of a network
 * @typedef {{token: string, name: string, duration: number | null, expires_at: string | null,
 *   gain_db: number, audio: string | null, clip: string | null, hearings: Hearing[]}} FileQuery
 * @typedef {{most_bytes: number, most_seconds: number, per_hour: number,
 *   kept: {token: string, name: string, duration: number | null}[]}} Limits
 */

/** No track of the library has it: what the player and the map call the file by. */
export const FILE_ID = 0;
/** Below this, minutes would say nothing. */
const SHORT_SECONDS = 60;

/**
 * The file as what the player plays.
 *
 * @param {FileQuery} query
 * @returns {import("./library.js").Track}
 */
export function asTrack({ name, duration, gain_db, audio, clip }) {
  return {
    id: FILE_ID,
    title: name,
    path: name,
    artists: [],
    album: null,
    duration,
    gain_db,
    state: "present",
    audio,
    clip,
    played_from: { provider: "local", page: null, licence: null },
    previews: null,
  };
}

/**
 * Why a file is not sent at all; null where it is.
 *
 * @param {{name: string, size: number}} file
 * @param {Limits} limits
 */
export function refusal({ name, size }, { most_bytes: most, per_hour: perHour }) {
  if (perHour < 1) return "This site takes no files.";
  if (size === 0) return `“${name}” is empty.`;
  if (size <= most) return null;
  return `“${name}” has ${megabytes(size)}, and at most ${megabytes(most)} are taken. Cut out a part of it.`;
}

/** @param {Limits} limits */
export function limitsSentence({ most_bytes: bytes, most_seconds: seconds }) {
  return `MP3, FLAC, Ogg, Opus, M4A, AAC, WAV, AIFF or WMA; up to ${megabytes(bytes)} and ${minutes(seconds)}. Forgotten after an hour.`;
}

/**
 * How far a file is that is being heard.
 *
 * @param {FileQuery} query
 * @param {Hearing | undefined} hearing
 */
export function hearingSentence({ name }, hearing) {
  if (hearing?.state !== "running") return `“${name}” waits for its turn…`;
  const left = hearing.seconds_left;
  const soon = left !== null && left < SHORT_SECONDS ? `${Math.max(Math.ceil(left), 1)} s left` : timeLeft(left);
  return [`Listening to “${name}”`, soon].filter(Boolean).join(" · ");
}

/**
 * @param {FileQuery} query
 * @param {string} model
 */
export function hearingBy(query, model) {
  return query.hearings.find((hearing) => hearing.model === model);
}

/**
 * How long the file is here.
 *
 * @param {FileQuery} query
 */
export function lifeSentence({ duration, expires_at: expiry }) {
  const length = duration === null ? "" : `${clock(duration)} long. `;
  if (expiry === null) return `${length}Kept until somebody deletes it.`;
  const time = new Date(expiry).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return `${length}Only you have its address. It is forgotten at ${time}, with all that was heard in it.`;
}

/**
 * What a map says of a file that is on it.
 *
 * @param {FileQuery} query
 * @param {number} marks on the map
 * @param {{exact: boolean | null, whole: boolean}} how
 */
export function placesSentence({ name }, marks, { exact, whole }) {
  if (marks === 0) return `“${name}” is silent: it lies nowhere.`;
  const what = whole ? "one diamond" : count(marks, "diamond");
  const where = exact === false ? ", each where its true neighbours are" : "";
  return `“${name}”: ${what}${whole ? where.replace("each ", "") : where}.`;
}

/**
 * The page of a file: what is most like it as a whole, until something else is asked.
 *
 * @param {string} token
 * @param {string | null} layer that is to be searched
 */
export function fileAddress(token, layer = null) {
  return searchAddress({ file: token, layer, find: "tracks", by: "stretches" });
}

/** @param {number} bytes */
function megabytes(bytes) {
  const number = bytes / 1e6;
  return `${number < 10 ? number.toFixed(1) : Math.round(number)} MB`;
}

/** @param {number} seconds */
function minutes(seconds) {
  const number = Number((seconds / 60).toPrecision(2));
  return `${number} minute${number === 1 ? "" : "s"}`;
}
