/** What was selected before, on all maps of the page: undone step by step. */

/**
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {Map<Selection, readonly import("./selection.js").Step[]>} Before what each of the
 *   selections that changed at once was
 */

export class Past {
  /** @type {Before[]} */
  #steps = [];
  /** @type {Before | null} of what changes right now as one step */
  #open = null;

  get empty() {
    return this.#steps.length === 0;
  }

  /** @param {Selection} selection that is about to change */
  note(selection) {
    if (!this.#open) this.#steps.push(new Map([[selection, selection.steps]]));
    else if (!this.#open.has(selection)) this.#open.set(selection, selection.steps);
  }

  /**
   * Changes selections of several maps, which is undone as one step.
   *
   * @param {() => void} change
   */
  asOne(change) {
    const before = (this.#open = new Map());
    try {
      change();
    } finally {
      this.#open = null;
      if (before.size > 0) this.#steps.push(before);
    }
  }

  undo() {
    for (const [selection, steps] of this.#steps.pop() ?? []) selection.restore(steps);
  }

  forget() {
    this.#steps = [];
  }
}
