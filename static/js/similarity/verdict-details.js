/** What was heard in a question, by its names, and how near it is to the network. */

import { artistNames, timeSpan } from "../model/format.js";
import { roleName } from "../model/trial.js";
import { whySentence } from "../model/why.js";
import { byId } from "../ui/dom.js";

/**
 * @typedef {{number: number, start: number, end: number, role?: string, distance?: number,
 *   other_distance?: number | null, why?: import("../model/why.js").Why | null,
 *   track: {id: number, title: string, artists: {name: string}[]} | null}} Revealed
 */

const DIGITS = 3;

export class VerdictDetails {
  /**
   * @param {{reference: Revealed, candidates: Revealed[], other_layer: string}} told
   * @param {(number: number) => number} placeOf
   * @param {[string, string]} names of the layers
   * @param {"artist" | "track"} apart
   */
  show({ reference, candidates, other_layer }, placeOf, [first, second], apart) {
    const by = other_layer ? `${first}, then ${second}` : first;
    const all = apart === "artist" ? "All four are by different artists." : "All four are of different tracks: there are too few artists.";
    byId("verdict-how").textContent = `Cosine distance from the reference to ${by}: 0 is the same direction. ${all}`;
    const rows = [...candidates].sort((a, b) => placeOf(a.number) - placeOf(b.number));
    byId("verdict-list").replaceChildren(
      row("Reference", reference),
      ...rows.map((each) => row(String(placeOf(each.number)), each)),
    );
  }
}

/**
 * @param {string} name
 * @param {Revealed} revealed
 */
function row(name, revealed) {
  const item = document.createElement("li");
  const about = document.createElement("div");
  about.className = "alike-about";
  about.append(title(revealed));
  const said = [roleName(revealed.role ?? ""), whySentence(revealed.why ?? null)].filter(Boolean);
  if (revealed.role) about.append(paragraph(said.join(". ").replace(/^./, (letter) => letter.toUpperCase()), "muted"));
  const distances = [revealed.distance, revealed.other_distance].flatMap((each) =>
    typeof each === "number" ? [each.toFixed(DIGITS)] : [],
  );
  const time = timeSpan(revealed.start, revealed.end);
  const numbers = [time, distances.join(" / ")].filter(Boolean).join(" · ");
  item.append(paragraph(name), about, paragraph(numbers, "numbers muted alike-numbers"));
  return item;
}

/** @param {Revealed} revealed */
function title({ track }) {
  const line = document.createElement("p");
  if (!track) {
    line.textContent = "no longer in the library";
    return line;
  }
  const link = document.createElement("a");
  link.href = `/tracks/${track.id}`;
  link.textContent = track.title;
  const artists = document.createElement("span");
  artists.className = "muted";
  artists.textContent = artistNames(track);
  line.append(link, " ", artists);
  return line;
}

/**
 * @param {string} text
 * @param {string} [name] of its class
 */
function paragraph(text, name = "") {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}
