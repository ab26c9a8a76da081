/** The map that was seen last, which a page of something on it begins with and leads back to. */

import { initialChoices, lastAddress, parseAddress } from "../model/choices.js";
import { storage } from "../storage.js";

/** The query of that map; empty where one came from another site. */
export function mapQuery() {
  const own = document.referrer && new URL(document.referrer).origin === location.origin;
  return own ? lastAddress(storage) : "";
}

/**
 * The choices of the page's own address, else of that map.
 *
 * @returns {import("../model/choices.js").Choices}
 */
export function mapChoices() {
  const own = parseAddress(location.search, 1);
  return (own.written ? own : initialChoices(mapQuery(), 1, storage)).choices;
}
