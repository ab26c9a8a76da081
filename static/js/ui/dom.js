/** Small helpers for the page's elements. */

/**
 * An element that the template is known to have.
 *
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return /** @type {E} */ (element);
}

/**
 * Fills a select, leaving it alone where nothing changed, so that an open list stays open.
 *
 * @param {HTMLSelectElement} select
 * @param {{value: string, label: string, group?: string}[]} options
 * @param {string} value the chosen one
 */
export function fillSelect(select, options, value) {
  const digest = JSON.stringify(options);
  if (select.dataset.options !== digest) {
    select.dataset.options = digest;
    const groups = new Map();
    for (const option of options) {
      const group = option.group ?? "";
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(new Option(option.label, option.value));
    }
    select.replaceChildren(
      ...[...groups].flatMap(([label, list]) => (label ? [optionGroup(label, list)] : list)),
    );
  }
  select.value = value;
  select.disabled = options.length < 2;
}

/**
 * @param {string} label
 * @param {HTMLOptionElement[]} options
 */
function optionGroup(label, options) {
  const group = document.createElement("optgroup");
  group.label = label;
  group.append(...options);
  return group;
}

/**
 * Shows a text, or hides its element where there is none.
 *
 * @param {HTMLElement} element
 * @param {string | null} text
 */
export function showText(element, text) {
  element.hidden = !text;
  element.textContent = text ?? "";
}

/**
 * @param {string} href
 * @param {string} text
 * @param {string} [className]
 */
export function linkTo(href, text, className = "") {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  link.className = className;
  return link;
}

/**
 * Artists, each leading to its page.
 *
 * @param {{id: number, name: string}[]} artists
 * @returns {(HTMLElement | string)[]}
 */
export function artistLinks(artists) {
  return artists.flatMap(({ id, name }, i) => {
    const link = linkTo(`/artists/${id}`, name);
    return i > 0 ? [", ", link] : [link];
  });
}

/**
 * Gives a person a file.
 *
 * @param {Blob} blob
 * @param {string} name of the file
 */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading
}
