/** What was chosen on the page, in its address. */

/** @param {Record<string, string | null>} values by name; null takes a name out */
export function keepInAddress(values) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, "", `?${query}`);
}
