/** A question of the listening test: what keys do, what is still missing, and what is said after. */

import { count } from "./format.js";
import { oneOf, text } from "./keys.js";

/**
 * @typedef {{number: number, clip: string, seconds: number, gain_db: number}} Sound
 * @typedef {{id: string, reference: Sound, candidates: Sound[], apart: "artist" | "track"}} Question
 * @typedef {"nearest" | "models" | "distances" | "random"} Strategy
 * @typedef {{layer: string | null, other: string | null, strategy: Strategy}} Practice
 * @typedef {{choice: number | null, agrees: boolean, nearest: number, agrees_other: boolean | null,
 *   nearest_other: number | null}} Verdict by the candidates' numbers
 * @typedef {{do: "hear", place: number} | {do: "choose" | "none" | "answer" | "stop" | "keys"}} Act
 */

/** What a rater may choose: a place among the three, or none of them. */
export const NONE = "none";

const PRACTICE = {
  layer: text("layer"),
  other: text("other"),
  strategy: oneOf("strategy", /** @type {const} */ (["nearest", "models", "distances", "random"])),
};

/**
 * @param {string} query of the page's address; what makes no sense there is as by default
 * @returns {Practice}
 */
export function parsePractice(query) {
  const written = new URLSearchParams(query);
  const values = Object.entries(PRACTICE).map(([property, { name, initial, parse }]) => {
    const value = written.get(name);
    return [property, (value === null ? undefined : parse(value)) ?? initial];
  });
  return Object.fromEntries(values);
}

/** @param {Practice} practice */
export function practiceAddress(practice) {
  const query = new URLSearchParams();
  for (const [property, { name, initial, write }] of Object.entries(PRACTICE)) {
    const value = practice[/** @type {keyof Practice} */ (property)];
    if (value !== initial) query.set(name, write(/** @type {any} */ (value)));
  }
  return query.size ? `/similarity?${query}` : "/similarity";
}

/**
 * A rater's number, of 16 random bytes: a UUID of version 4. Browsers make one themselves only
 * where the site is served by https.
 *
 * @param {Uint8Array} bytes
 */
export function raterNumber(bytes) {
  const own = Uint8Array.from(bytes);
  own[6] = (own[6] & 0x0f) | 0x40;
  own[8] = (own[8] & 0x3f) | 0x80;
  const digits = [...own].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** @param {string | null} written */
export function isRaterNumber(written) {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(written ?? "");
}

/**
 * @param {string} key
 * @returns {Act | null}
 */
export function actOf(key) {
  if (/^[0-3]$/.test(key)) return { do: "hear", place: Number(key) };
  if (key === " ") return { do: "choose" };
  if (key === "n" || key === "N") return { do: "none" };
  if (key === "Enter") return { do: "answer" };
  if (key === "Escape") return { do: "stop" };
  return key === "?" ? { do: "keys" } : null;
}

/**
 * What has to be done before one can answer; null where nothing has.
 *
 * @param {boolean[]} heard the reference and the three
 * @param {string | null} chosen a place, or none of them
 */
export function missing(heard, chosen) {
  const [reference, ...choices] = heard;
  const unheard = choices.flatMap((known, index) => (known ? [] : [String(index + 1)]));
  const parts = [...(reference ? [] : ["the reference"]), ...unheard];
  if (parts.length === heard.length) return "Hear the reference, then the three.";
  if (parts.length) return `Not heard yet: ${joined(parts)}.`;
  return chosen === null ? "Choose one of them, or none." : null;
}

/** @param {string[]} parts */
function joined(parts) {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/**
 * Whether the networks agree with an answer, in a sentence each.
 *
 * @param {Verdict} verdict
 * @param {(number: number) => number} placeOf a candidate's number, where it was shown
 * @param {[string, string]} networks names of the layers, the second where two are compared
 */
export function verdictSentence(verdict, placeOf, [first, second]) {
  const two = verdict.nearest_other !== null;
  const said = [opinion(two ? first : "The network", verdict.choice, verdict.nearest, placeOf)];
  if (verdict.nearest_other !== null) {
    said.push(opinion(second, verdict.choice, verdict.nearest_other, placeOf));
  }
  return said.join(" ");
}

/**
 * @param {string} who
 * @param {number | null} choice
 * @param {number} nearest
 * @param {(number: number) => number} placeOf
 */
function opinion(who, choice, nearest, placeOf) {
  if (choice === nearest) return `${who} agrees.`;
  return `${who} would have chosen ${placeOf(nearest)}.`;
}

const ROLES = new Map([
  ["nearest", "the nearest"],
  ["nearest-other", "the nearest to the second network"],
  ["near", "near"],
  ["middle", "of middle distance"],
  ["far", "far"],
  ["random", "drawn by lot"],
]);

/** @param {string} role */
export function roleName(role) {
  return ROLES.get(role) ?? role;
}

/**
 * @param {number} answered
 * @param {number} of
 */
export function lengthSentence(answered, of) {
  if (answered === 0) return `${count(of, "question")}. You can stop at any time and go on later in this browser.`;
  return `You have answered ${answered} of ${count(of, "question")}: go on where you stopped.`;
}
