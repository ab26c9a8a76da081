/** What the browser keeps between visits. Where it may keep nothing, each visit is the first. */

export const storage = {
  /**
   * @param {string} key
   * @returns {string | null}
   */
  getItem(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Blocked or full: what was chosen still holds until the page is left.
    }
  },
};
