// What was done can be undone, one step at a time, as far back as the page was opened.

/**
 * @typedef {{name: string, undo: () => void, redo: () => void}} Step
 */

export class History {
  /** @type {Step[]} */
  #done = [];
  /** @type {Step[]} */
  #undone = [];

  /** Remember a step that was just done. */
  add(step) {
    this.#done.push(step);
    this.#undone = [];
  }

  /** Take the last step back, and tell which it was. */
  undo() {
    const step = this.#done.pop();
    if (step) this.#undone.push(step);
    step?.undo();
    return step?.name;
  }

  /** Do the step again that was taken back last. */
  redo() {
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
    step?.redo();
    return step?.name;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }
}
