/** What tracks are filtered by: a row for each tag, artist, album and text, which can be removed. */

import { categoryName } from "../model/colour-choice.js";
import { withoutTerm } from "../model/track-filter.js";
import { linkTo } from "./dom.js";

/**
 * @typedef {import("../model/track-filter.js").TagTerm} TagTerm
 * @typedef {import("./filter-suggestions.js").Conditions} TrackFilter
 * @typedef {{tagOf: (id: number) => {name: string, category: string} | undefined,
 *   nameOf: (kind: "tags" | "artists" | "albums", id: number) => string | undefined,
 *   change: (change: Partial<TrackFilter>) => void}} Context
 */

/** How a tag is joined to the one before it: `or`, then `not`. */
const JOINS = new Map([
  ["and", { or: false, not: false }],
  ["or", { or: true, not: false }],
  ["and not", { or: false, not: true }],
  ["or not", { or: true, not: true }],
]);
const FIRST_JOINS = new Map([
  ["with", { or: false, not: false }],
  ["without", { or: false, not: true }],
]);

/**
 * @param {HTMLElement} list
 * @param {TrackFilter} filter
 * @param {Context} context
 */
export function renderConditions(list, filter, context) {
  const { tags, artists, albums, text } = filter;
  const names = [...artists.map((id) => context.nameOf("artists", id)), ...albums.map((id) => context.nameOf("albums", id)), ...tags.map(({ id }) => context.tagOf(id)?.name)];
  const digest = JSON.stringify([tags, artists, albums, text, names]);
  if (list.dataset.digest === digest) return; // an open menu stays open
  const rows = [
    ...filter.tags.map((_, index) => tagRow(filter.tags, index, context)),
    ...nameRows("artists", "by", filter, context),
    ...nameRows("albums", "from", filter, context),
  ];
  if (filter.text) {
    rows.push(row(fixed("with"), `“${filter.text}”`, null, "", () => context.change({ text: null })));
  }
  // A menu that was just used keeps the focus.
  const focused = [...list.querySelectorAll("select, button")].indexOf(
    /** @type {Element} */ (document.activeElement),
  );
  list.replaceChildren(...rows);
  list.hidden = rows.length === 0;
  const controls = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("select, button"));
  if (focused >= 0 && list.dataset.digest !== undefined) {
    (controls[Math.min(focused, controls.length - 1)] ?? document.getElementById("find"))?.focus();
  }
  list.dataset.digest = digest;
}

/**
 * @param {TagTerm[]} terms
 * @param {number} index
 * @param {Context} context
 */
function tagRow(terms, index, { tagOf, nameOf, change }) {
  const term = terms[index];
  const tag = tagOf(term.id);
  const name = tag?.name ?? nameOf("tags", term.id) ?? `tag ${term.id}`;
  const menu = document.createElement("select");
  menu.setAttribute("aria-label", `How ${name} counts`);
  for (const [label, { or, not }] of index === 0 ? FIRST_JOINS : JOINS) {
    menu.append(new Option(label, label, false, or === (index > 0 && term.or) && not === term.not));
  }
  menu.addEventListener("change", () => {
    const join = JOINS.get(menu.value) ?? FIRST_JOINS.get(menu.value);
    change({ tags: terms.with(index, { ...term, ...join }) });
  });
  const category = tag ? categoryName(tag.category) : "";
  return row(menu, name, `/tags/${term.id}`, category, () => change({ tags: withoutTerm(terms, index) }));
}

/**
 * @param {"artists" | "albums"} kind
 * @param {string} word before the name
 * @param {TrackFilter} filter
 * @param {Context} context
 */
function nameRows(kind, word, filter, { nameOf, change }) {
  const ids = filter[kind];
  return ids.map((id, index) =>
    row(fixed(index === 0 ? word : `or ${word}`), nameOf(kind, id) ?? "…", `/${kind}/${id}`, "", () =>
      change({ [kind]: ids.filter((each) => each !== id) }),
    ),
  );
}

/**
 * @param {HTMLElement} join
 * @param {string} name
 * @param {string | null} page of what is named
 * @param {string} detail
 * @param {() => void} onRemove
 */
function row(join, name, page, detail, onRemove) {
  const item = document.createElement("li");
  const text = page ? linkTo(page, name) : fixed(name);
  text.className = "label";
  text.title = [name, detail].filter(Boolean).join(": ");
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "icon";
  remove.textContent = "×";
  remove.setAttribute("aria-label", `Remove ${name}`);
  remove.addEventListener("click", onRemove);
  item.append(join, text, remove);
  return item;
}

/** @param {string} word */
function fixed(word) {
  const element = document.createElement("span");
  element.className = "muted";
  element.textContent = word;
  return element;
}
