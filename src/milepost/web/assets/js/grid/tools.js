// The buttons above the grid: they act on the ticked rows, or on what is selected.
import { parse } from "./values.js";

const LOWEST = -90;
const HIGHEST = 900;

export class Tools {
  #grid;
  #element;
  #texts;

  /**
   * @param {import("./target-grid.js").TargetGrid} grid
   * @param {import("./texts.js").Texts} texts
   */
  constructor(grid, texts) {
    this.#grid = grid;
    this.#element = grid.querySelector(".grid-tools");
    this.#texts = texts;
    this.#element.hidden = false;
    grid.querySelector(".grid-keys").hidden = false;
    grid.addEventListener("click", (event) => this.#pressed(event.target.closest("[data-action]")));
    this.#element.addEventListener("keydown", (event) => this.#key(event));
    this.#element.addEventListener("toggle", (event) => this.#toggled(event.target), { capture: true });
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest("details.tool[open]")) this.#close();
    });
  }

  /** Show what can be undone and done again. */
  show(history) {
    this.#offer("undo", history.undoable);
    this.#offer("redo", history.redoable);
  }

  #offer(action, step) {
    const button = this.#button(action);
    button.disabled = !step;
    button.title = step ? this.#texts.say(action, { step }) : "";
  }

  #pressed(button) {
    if (!button) return;
    const actions = {
      apply: () => this.#apply(),
      pipelines: () => this.#pipelines(),
      copy: () => this.#done(this.#grid.copyEarlier(button.dataset.from)),
      raise: () => this.#raise(),
      fillRight: () => this.#grid.fillRight(),
      fillDown: () => this.#grid.fillDown(),
      undo: () => this.#grid.undo(),
      redo: () => this.#grid.redo(),
      next: () => this.#grid.goToMistake(),
    };
    actions[button.dataset.action]();
  }

  #apply() {
    const field = this.#element.querySelector("#grid-amount");
    const cell = this.#grid.typed(field.value);
    if (!this.#judge(field, cell.mistake || (cell.value === null ? this.#texts.say("amount") : ""))) return;
    this.#done(this.#grid.apply(cell, { everyMilestone: !this.#element.querySelector("[data-some]").checked }));
  }

  #pipelines() {
    const chosen = this.#element.querySelectorAll("[data-pipeline]:checked");
    this.#done(this.#grid.applyPipelines([...chosen].map((box) => box.value)));
  }

  #raise() {
    const field = this.#element.querySelector("#grid-percent");
    const [, minus, number] = field.value.trim().match(/^([-−]?)(.*)$/s);
    const percent = parse(number, "share") * (minus ? -1 : 1);
    const fits = number.trim() !== "" && percent >= LOWEST && percent <= HIGHEST;
    if (this.#judge(field, fits ? "" : this.#texts.say("percent"))) this.#done(this.#grid.raise(percent));
  }

  /** Whether a field is right; what is wrong is told beside it. */
  #judge(field, mistake) {
    this.#element.querySelector(`#${field.id}-mistake`).textContent = mistake;
    if (mistake) {
      field.setAttribute("aria-invalid", "true");
      field.focus();
    } else field.removeAttribute("aria-invalid");
    return !mistake;
  }

  #done(acted) {
    if (!acted) return;
    this.#close();
    this.#grid.focusCell();
  }

  #key(event) {
    const tool = event.target.closest("details.tool[open]");
    if (event.key === "Escape" && tool) {
      event.preventDefault();
      this.#close();
      tool.querySelector("summary").focus();
    }
    // The grid is part of a form, which Enter would send.
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      if (event.target.dataset.enter) this.#pressed(this.#button(event.target.dataset.enter));
    }
  }

  #toggled(tool) {
    if (!tool.open) return;
    for (const other of this.#element.querySelectorAll("details.tool[open]")) if (other !== tool) other.open = false;
    tool.querySelector("input:not([type=checkbox]), input, .copies button")?.focus();
  }

  #close() {
    for (const tool of this.#element.querySelectorAll("details.tool[open]")) tool.open = false;
  }

  #button(action) {
    return this.#element.querySelector(`[data-action="${action}"]`);
  }
}
