/** What dots can be coloured by, and how a choice is written: see `Choices.colour`. */

/**
 * @typedef {{id: number, category: string, name: string, tracks: number}} Tag
 * @typedef {{artists: number, albums: number}} Library how many there are
 * @typedef {import("./catalogue.js").Entry} Entry
 * @typedef {{value: string, label: string, group?: string}} Option
 */

const ONE_TAG = "tag";
const HEARD = "heard";
const WORDS = "words";

/** Names of the categories that MTG-Jamendo has; others go by their own. */
const CATEGORY_NAMES = new Map([
  ["mood/theme", "mood or theme"],
  ["", "other tags"],
]);

/**
 * The kind of a choice: what the first select shows.
 *
 * @param {string} colour
 */
export function kindOf(colour) {
  if (colour.startsWith(`${ONE_TAG}:`)) return ONE_TAG;
  if (colour.startsWith(`${HEARD}:`)) return HEARD;
  if (colour.startsWith(`${WORDS}:`)) return WORDS;
  return colour;
}

/**
 * What comes after the first colon.
 *
 * @param {string} colour
 */
export function argumentOf(colour) {
  return colour.slice(colour.indexOf(":") + 1);
}

/**
 * @param {Entry[]} entries
 * @param {Entry} entry that is shown
 * @param {Tag[]} tags
 * @param {Library} library
 * @param {boolean} averaged whether dots are averages, which lie nowhere in their tracks
 * @returns {Option[]}
 */
export function colourOptions(entries, entry, tags, library, averaged) {
  const categories = [...new Set(tags.filter((tag) => tag.tracks > 0).map((tag) => tag.category))];
  const options = categories.map((category) => ({
    value: `tags:${category}`,
    label: categoryName(category),
  }));
  if (library.artists > 0) options.push({ value: "artist", label: "artist" });
  if (library.albums > 0) options.push({ value: "album", label: "album" });
  options.push({ value: "track", label: "track" });
  if (!averaged) options.push({ value: "position", label: "position in the track" });
  options.push({ value: "density", label: "density" });
  if (tags.length > 0) options.push({ value: ONE_TAG, label: "one tag…" });
  if (taggramsFor(entries, entry).length > 0) {
    options.push({ value: HEARD, label: "what a network hears…" });
    options.push({ value: WORDS, label: "a search by tags…" });
  }
  return options;
}

/**
 * A colour in words: "mood or theme", "artist", "guitar".
 *
 * @param {string} colour
 * @param {Tag[]} tags
 */
export function colourName(colour, tags) {
  const kind = kindOf(colour);
  if (kind === ONE_TAG) return tags.find(({ id }) => id === Number(argumentOf(colour)))?.name ?? "tag";
  if (kind === HEARD) return argumentOf(colour);
  if (kind === WORDS) return argumentOf(colour).replace(/@[\w-]+$/, "");
  if (kind.startsWith("tags:")) return categoryName(argumentOf(colour));
  return kind === "position" ? "position in the track" : kind;
}

/**
 * What the second select offers; empty where the kind needs none.
 *
 * @param {string} kind
 * @param {Entry[]} entries
 * @param {Entry} entry that is shown
 * @param {Tag[]} tags
 * @returns {Option[]}
 */
export function tagOptions(kind, entries, entry, tags) {
  if (kind === ONE_TAG) {
    return tags
      .filter((tag) => tag.tracks > 0)
      .map(({ id, category, name }) => ({
        value: `${ONE_TAG}:${id}`,
        label: name,
        group: categoryName(category),
      }));
  }
  if (kind !== HEARD) return [];
  return taggramsFor(entries, entry).flatMap(({ model, layer }) => {
    const own = model.name === entry.model.name;
    return layer.tags.map((name) => ({
      value: own ? `${HEARD}:${name}` : `${HEARD}:${name}@${layer.name}`,
      label: name,
      group: own ? `${model.display_name}: the network on the map` : model.display_name,
    }));
  });
}

/** @param {string} category */
export function categoryName(category) {
  return CATEGORY_NAMES.get(category) ?? category;
}

/**
 * Layers of tag activations, that of the network on the map first.
 *
 * @param {Entry[]} entries
 * @param {Entry} entry
 */
export function taggramsFor(entries, entry) {
  const all = entries.filter(({ layer }) => layer.kind === "taggram" && layer.segments > 0);
  const isOwn = (/** @type {Entry} */ each) => each.model.name === entry.model.name;
  return [...all.filter(isOwn), ...all.filter((each) => !isOwn(each))];
}

/**
 * Which layer of tag activations a colour of the kind "heard" or "words" means, and what of it: a
 * tag, or a query.
 *
 * @param {string} colour that exists
 * @param {Entry[]} entries
 * @param {Entry} entry that is shown
 */
export function heardBy(colour, entries, entry) {
  const argument = argumentOf(colour);
  const layers = taggramsFor(entries, entry).map(({ layer }) => layer);
  const other = layers.find(({ name }) => argument.endsWith(`@${name}`));
  if (other) return { layer: other, tag: argument.slice(0, -other.name.length - 1) };
  return { layer: layers[0], tag: argument };
}

/**
 * A search by tags as a colour: "words:<query>", with "@<layer>" unless the network on the map is asked.
 *
 * @param {string} query
 * @param {string} layer
 * @param {Entry[]} entries
 * @param {Entry} entry that is shown
 */
export function wordsColour(query, layer, entries, entry) {
  const own = taggramsFor(entries, entry)[0].layer.name === layer;
  return `${WORDS}:${query}${own ? "" : `@${layer}`}`;
}

/**
 * The choice itself, or the first that tells tracks apart where it does not exist (another
 * network hears other tags; another library has other categories).
 *
 * @param {string} colour
 * @param {Entry[]} entries
 * @param {Entry} entry
 * @param {Tag[]} tags
 * @param {Library} library
 * @param {boolean} averaged
 */
export function existingColour(colour, entries, entry, tags, library, averaged) {
  const kinds = colourOptions(entries, entry, tags, library, averaged).map((option) => option.value);
  const kind = kindOf(colour);
  if (!kinds.includes(kind)) return kinds.find((each) => tellsApart(each, library)) ?? "track";
  const offered = tagOptions(kind, entries, entry, tags).map((option) => option.value);
  return offered.length === 0 || offered.includes(colour) ? colour : offered[0];
}

/**
 * Whether a kind has more than one value: a lone artist or album sets no tracks apart.
 *
 * @param {string} kind
 * @param {Library} library
 */
function tellsApart(kind, library) {
  if (kind === "artist") return library.artists > 1;
  if (kind === "album") return library.albums > 1;
  return true;
}
