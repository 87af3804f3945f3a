// What the grid tells beside the table: what is selected, how much is set, what was done, what is wrong.

export class Notices {
  #texts;
  #selected;
  #set;
  #said;
  #alert;
  #next;
  #wrong = "";

  /**
   * @param {HTMLElement} grid
   * @param {import("./texts.js").Texts} texts
   */
  constructor(grid, texts) {
    this.#texts = texts;
    this.#selected = grid.querySelector(".grid-selected");
    this.#set = grid.querySelector(".grid-set");
    this.#said = grid.querySelector(".grid-said");
    this.#alert = grid.querySelector(".grid-foot [role='alert']");
    this.#next = grid.querySelector("[data-action='next']");
  }

  /** What was done, in sentences. */
  tell(sentences) {
    this.#said.textContent = sentences.join(" ");
  }

  say(name, values) {
    this.tell([this.#texts.say(name, values)]);
  }

  /** How many rows are ticked, and how large the selected block is. */
  selection({ top, left, bottom, right }, ticked) {
    const [rows, columns] = [bottom - top + 1, right - left + 1];
    const parts = ticked ? [this.#texts.say("ticked", { count: ticked })] : [];
    if (rows * columns > 1) parts.push(this.#texts.say("selected", { count: rows * columns, rows, columns }));
    this.#selected.textContent = parts.join(" · ");
  }

  /** How many cells are set, and how many are wrong. */
  sums({ set, mistakes, all }) {
    this.#set.textContent = this.#texts.say("set", { count: set, all });
    this.#next.hidden = mistakes === 0;
    this.#wrong = mistakes ? this.#texts.say("mistakes", { count: mistakes }) : "";
    this.calm();
  }

  /** What cannot be done. */
  alarm(sentence) {
    if (this.#alert.textContent !== sentence) this.#alert.textContent = sentence;
  }

  /** Back to what is wrong in the cells. */
  calm() {
    this.alarm(this.#wrong);
  }
}
