// Which cells are meant: one is active, and a block of cells reaches from the anchor to the extent.

/** @typedef {{row: number, column: number}} Place */

export class Selection {
  /** @type {Place} */
  active = { row: 0, column: 0 };
  /** @type {Place} */
  #anchor = { row: 0, column: 0 };
  /** @type {Place} */
  #extent = { row: 0, column: 0 };

  constructor(rows, columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** The block, its ends included. */
  get block() {
    const [top, bottom] = ordered(this.#anchor.row, this.#extent.row);
    const [left, right] = ordered(this.#anchor.column, this.#extent.column);
    return { top, left, bottom, right };
  }

  get count() {
    const { top, left, bottom, right } = this.block;
    return (bottom - top + 1) * (right - left + 1);
  }

  /** The end of the block that moves. */
  get extent() {
    return this.#extent;
  }

  /** Mean one cell. */
  go(place) {
    this.active = this.#anchor = this.#extent = this.#within(place);
  }

  /** Mean all from the active cell to this one. */
  reach(place) {
    this.#anchor = this.active;
    this.#extent = this.#within(place);
  }

  /** Mean a block; its first corner becomes active unless the active cell is in it. */
  take({ top, left, bottom, right }) {
    const { row, column } = this.active;
    const inside = row >= top && row <= bottom && column >= left && column <= right;
    this.#anchor = this.#within({ row: top, column: left });
    this.#extent = this.#within({ row: bottom, column: right });
    if (!inside) this.active = this.#anchor;
  }

  takeRows() {
    this.take({ ...this.block, left: 0, right: this.columns - 1 });
  }

  takeColumns() {
    this.take({ ...this.block, top: 0, bottom: this.rows - 1 });
  }

  takeAll() {
    this.take({ top: 0, left: 0, bottom: this.rows - 1, right: this.columns - 1 });
  }

  #within({ row, column }) {
    return { row: clamp(row, this.rows - 1), column: clamp(column, this.columns - 1) };
  }
}

/**
 * Where a key leads from a place, or nothing when it does not move.
 * @param {KeyboardEvent} event
 * @param {Place} from
 * @param {{rows: number, columns: number, page: number}} size
 */
export function moved({ key, ctrlKey, metaKey }, { row, column }, { rows, columns, page }) {
  const far = ctrlKey || metaKey;
  switch (key) {
    case "ArrowUp":
      return { row: far ? 0 : row - 1, column };
    case "ArrowDown":
      return { row: far ? rows - 1 : row + 1, column };
    case "ArrowLeft":
      return { row, column: far ? 0 : column - 1 };
    case "ArrowRight":
      return { row, column: far ? columns - 1 : column + 1 };
    case "Home":
      return { row: far ? 0 : row, column: 0 };
    case "End":
      return { row: far ? rows - 1 : row, column: columns - 1 };
    case "PageUp":
      return { row: row - page, column };
    case "PageDown":
      return { row: row + page, column };
    default:
      return undefined;
  }
}

function ordered(one, other) {
  return one < other ? [one, other] : [other, one];
}

function clamp(number, most) {
  return Math.max(0, Math.min(most, number));
}
