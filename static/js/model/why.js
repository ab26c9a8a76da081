/** Why two moments sound alike, in words. */

/**
 * @typedef {{tag: string, here: number, there: number}} TagPair shares of the library
 * @typedef {{shared: TagPair[], differ: TagPair[]}} Why
 */

const FEW = 3; // tags of a kind that are told

/**
 * @param {Why | null} why
 * @returns {string} empty where nothing is known
 */
export function whySentence(why) {
  if (!why) return "";
  const more = why.differ.filter(({ here, there }) => there > here);
  const less = why.differ.filter(({ here, there }) => there < here);
  const parts = [
    sentence("Both:", why.shared),
    sentence("There more:", more),
    sentence("There less:", less),
  ].filter(Boolean);
  return parts.join(" ") || "No tag stands out in either.";
}

/**
 * @param {string} beginning
 * @param {TagPair[]} pairs
 */
function sentence(beginning, pairs) {
  const tags = pairs.slice(0, FEW).map(({ tag }) => tag);
  return tags.length ? `${beginning} ${tags.join(", ")}.` : "";
}
