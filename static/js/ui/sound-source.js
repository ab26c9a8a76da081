/** Where sound comes from, if not from this computer, and under which licence. */

/**
 * @param {HTMLElement} place
 * @param {import("../model/library.js").Track} track
 */
export function showSource(place, { played_from: source }) {
  const streamed = source?.provider === "jamendo";
  place.hidden = !streamed;
  if (!streamed) return;
  const page = source.page ? [external("Jamendo", source.page)] : ["Jamendo"];
  const licence = source.licence ? [" · ", external(source.licence.name, source.licence.url)] : [];
  place.replaceChildren("from ", ...page, ...licence);
}

/**
 * A link to another site, in a tab of its own: music goes on in this one.
 *
 * @param {string} text
 * @param {string} address
 */
function external(text, address) {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener external";
  link.textContent = text;
  return link;
}
