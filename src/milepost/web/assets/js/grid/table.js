// The table of the grid: it makes a grid of a table of fields, and shows in it what stands where and what is meant.

/** @typedef {import("./selection.js").Place} Place */

const EDGES = ["selected", "edge-top", "edge-bottom", "edge-left", "edge-right"];

export class Table {
  /** @type {HTMLTableCellElement[]} */
  #cells;
  /** @type {Set<HTMLTableCellElement>} */
  #marked = new Set();
  /** @type {HTMLTableCellElement | undefined} */
  #active;
  /** @type {HTMLTableCellElement | undefined} */
  #corner;
  #handle = document.createElement("span");

  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.element = table;
    this.rows = [...table.tBodies[0].rows];
    this.headings = [...table.querySelectorAll("th.milestone")];
    this.#cells = this.rows.flatMap((row) => [...row.querySelectorAll("td.cell")]);
    this.#handle.className = "fill-handle";
    table.after(this.#handle);
    new ResizeObserver(() => this.#placeHandle()).observe(table);
  }

  /** From fields to a grid: one tab stop, and nothing to focus in a cell until it is edited. */
  upgrade(columns) {
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-multiselectable", "true");
    this.#cells.forEach((cell, place) => {
      const value = document.createElement("span");
      value.className = "value";
      value.textContent = cell.firstElementChild.value;
      cell.firstElementChild.after(value);
      cell.setAttribute("aria-selected", "false");
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
    this.#corner = this.#cells[bottom * width + right];
    this.#placeHandle();
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
      this.#active.removeAttribute("tabindex");
      this.#active.classList.remove("active");
    }
    this.#active = cell;
    cell.tabIndex = 0;
    cell.classList.add("active");
  }

  /** At the last corner of the block, beside the table: moving it does not lay the table out anew. */
  #placeHandle() {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.#corner ?? this.element;
    this.#handle.style.translate = `${offsetLeft + offsetWidth}px ${offsetTop + offsetHeight}px`;
  }

  #tell(cell, field, mistake) {
    if (!mistake && !cell.hasAttribute("aria-invalid")) return;
    const told = cell.querySelector(".mistake");
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
