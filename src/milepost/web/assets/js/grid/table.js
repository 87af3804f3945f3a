// The table of the grid: it makes a grid of a table of fields, and shows in it what stands where and what is meant.

/** @typedef {import("./selection.js").Place} Place */

const EDGES = ["selected", "top", "bottom", "left", "right"];

export class Table {
  /** @type {HTMLTableCellElement[]} */
  #cells;
  /** @type {Set<HTMLTableCellElement>} */
  #marked = new Set();
  /** @type {HTMLTableCellElement | undefined} */
  #active;
  #handle = document.createElement("span");

  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.element = table;
    this.rows = [...table.tBodies[0].rows];
    this.headings = [...table.querySelectorAll("th.milestone")];
    this.#cells = this.rows.flatMap((row) => [...row.querySelectorAll("td.cell")]);
    this.#handle.className = "fill-handle";
  }

  /** From fields to a grid: one tab stop, and nothing to focus in a cell until it is edited. */
  upgrade(columns) {
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-multiselectable", "true");
    this.#cells.forEach((cell, place) => {
      const input = cell.firstElementChild;
      const value = document.createElement("span");
      value.className = "value";
      input.type = "hidden";
      input.after(value);
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-selected", "false");
      cell.tabIndex = -1;
      if (columns[place % columns.length].locked) cell.setAttribute("aria-readonly", "true");
    });
    for (const summary of this.element.querySelectorAll("td.pipelines summary")) summary.tabIndex = -1;
  }

  /** What the fields say. */
  get typed() {
    return this.#cells.map((cell) => cell.firstElementChild.value);
  }

  cell(place) {
    return this.#cells[place];
  }

  field(place) {
    return this.#cells[place].firstElementChild;
  }

  /** The row and the column of what was pressed, or nothing. @returns {Place | undefined} */
  placeOf(target) {
    const cell = target.closest?.("td.cell");
    if (!cell || !this.element.contains(cell)) return undefined;
    return { row: cell.parentElement.sectionRowIndex, column: cell.cellIndex - this.#cells[0].cellIndex };
  }

  /** Show what stands in a cell, and put it into its field. */
  write(place, { text, mistake }) {
    const cell = this.#cells[place];
    const field = cell.firstElementChild;
    field.value = text;
    field.nextElementSibling.textContent = text;
    this.#tell(cell, field, mistake);
  }

  /** Show the active cell and the block that is meant. */
  mark(active, { top, left, bottom, right }) {
    const width = this.headings.length;
    const marked = new Set();
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const cell = this.#cells[row * width + column];
        marked.add(cell);
        const edges = [true, row === top, row === bottom, column === left, column === right];
        EDGES.forEach((name, edge) => cell.classList.toggle(name, edges[edge]));
        cell.setAttribute("aria-selected", "true");
      }
    }
    for (const cell of this.#marked.difference(marked)) unmark(cell);
    this.#marked = marked;
    this.headings.forEach((heading, column) => heading.classList.toggle("meant", column >= left && column <= right));
    this.#cells[bottom * width + right].append(this.#handle);
    this.#activate(this.#cells[active.row * width + active.column]);
  }

  isHandle(target) {
    return target === this.#handle;
  }

  /** Bring a cell into view, out from under the headings. */
  reveal(place) {
    this.#cells[place].scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  focus() {
    this.#active.focus({ preventScroll: true });
  }

  /** How many rows fit. */
  get page() {
    const frame = this.element.parentElement;
    return Math.max(1, Math.floor(frame.clientHeight / this.rows[0].offsetHeight) - 2);
  }

  #activate(cell) {
    if (this.#active) {
      this.#active.tabIndex = -1;
      this.#active.classList.remove("active");
    }
    this.#active = cell;
    cell.tabIndex = 0;
    cell.classList.add("active");
  }

  #tell(cell, field, mistake) {
    const told = cell.querySelector(".mistake");
    if (!mistake && !told) return;
    const line = told ?? Object.assign(document.createElement("span"), { className: "mistake", id: `${field.name}-mistake` });
    line.textContent = mistake;
    if (!mistake) line.remove();
    else if (!told) cell.append(line);
    for (const part of [cell, field]) {
      if (mistake) {
        part.setAttribute("aria-invalid", "true");
        part.setAttribute("aria-describedby", line.id);
      } else {
        part.removeAttribute("aria-invalid");
        part.removeAttribute("aria-describedby");
      }
    }
  }
}

function unmark(cell) {
  cell.classList.remove(...EDGES);
  cell.setAttribute("aria-selected", "false");
}
