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

  /** The name of the step that can be taken back, if there is one. */
  get undoable() {
    return this.#done.at(-1)?.name;
  }

  /** The name of the step that can be done again, if there is one. */
  get redoable() {
    return this.#undone.at(-1)?.name;
  }
}
