/** How what sounds alike is looked for on the pages of tracks, artists, albums and tags. */

/**
 * @typedef {import("./search.js").Same} Same
 * @typedef {{others: boolean, albums: boolean, perArtist: number | null}} AlikeChoices other artists
 *   only, other albums only, and at most so many by one artist
 */

const NAMES = { others: "others", albums: "other_albums", perArtist: "per_artist" };
const MOST_PER_ARTIST = 100; // that the server takes

/**
 * As an address asks for it; where it says nothing, as the person chose on another page.
 *
 * @param {string} address its query
 * @param {string} kept a query
 * @returns {AlikeChoices}
 */
export function alikeChoices(address, kept) {
  const said = new URLSearchParams(address);
  const asks = Object.values(NAMES).some((name) => said.has(name));
  const query = asks ? said : new URLSearchParams(kept);
  const perArtist = query.get(NAMES.perArtist) ?? "";
  const limited = /^[1-9]\d{0,2}$/.test(perArtist) && Number(perArtist) <= MOST_PER_ARTIST;
  return {
    others: query.get(NAMES.others) === "1",
    albums: query.get(NAMES.albums) === "1",
    perArtist: limited ? Number(perArtist) : null,
  };
}

/**
 * The choices as parameters of an address; what is as by default is null.
 *
 * @param {AlikeChoices} choices
 * @returns {Record<string, string | null>}
 */
export function alikeParameters({ others, albums, perArtist }) {
  return {
    [NAMES.others]: others ? "1" : null,
    [NAMES.albums]: albums ? "1" : null,
    [NAMES.perArtist]: perArtist === null ? null : String(perArtist),
  };
}

/**
 * What is left out by choice, besides what is in any case.
 *
 * @param {AlikeChoices} choices
 * @param {Same[]} always
 * @returns {Same[]}
 */
export function leftOut({ others, albums }, always) {
  /** @type {Same[]} */
  const chosen = [];
  if (others) chosen.push("artist");
  if (albums) chosen.push("album");
  return [...always, ...chosen];
}

/**
 * The choices as parameters of the API.
 *
 * @param {AlikeChoices} choices
 * @param {Same[]} [always] what is left out in any case
 * @returns {Record<string, string>}
 */
export function alikeRequest(choices, always = []) {
  const without = leftOut(choices, always).join();
  const { perArtist } = choices;
  return {
    ...(without && { without }),
    ...(perArtist !== null && { per_artist: String(perArtist) }),
  };
}
