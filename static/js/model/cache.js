/** A cache of the latest answers, so that sweeping back over the map asks nothing twice. */

/**
 * @template V
 */
export class LatestCache {
  /** @type {Map<string, V>} */
  #values = new Map();
  /** @type {Map<string, Promise<V>>} */
  #pending = new Map();

  /** @param {number} limit how many answers are kept */
  constructor(limit) {
    this.limit = limit;
  }

  /**
   * @param {string} key
   * @returns {V | undefined}
   */
  get(key) {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value); // now the latest
    return value;
  }

  /**
   * @param {string} key
   * @param {V} value
   */
  set(key, value) {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.limit) {
      this.#values.delete(/** @type {string} */ (this.#values.keys().next().value));
    }
  }

  /**
   * The kept answer, the one under way, or a new one.
   *
   * @param {string} key
   * @param {() => Promise<V>} load
   * @returns {Promise<V>}
   */
  async resolve(key, load) {
    const kept = this.get(key);
    if (kept !== undefined) return kept;
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = load().finally(() => this.#pending.delete(key));
      this.#pending.set(key, pending);
    }
    const value = await pending;
    this.set(key, value);
    return value;
  }
}
