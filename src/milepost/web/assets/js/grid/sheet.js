// The values of the grid, apart from how they are shown: what stands in a cell, and what may stand there.
import { parse, show } from "./values.js";
import { filled } from "./texts.js";

/**
 * @typedef {{text: string, value: number | null, mistake: string}} Cell  A mistaken cell has the value NaN.
 * @typedef {[number, Cell]} Change  The place of a cell, and what shall stand there.
 * @typedef {{key: string, name: string, isTeam: boolean, teams: string[]}} Row
 * @typedef {{label: string, name: string, locked: boolean}} Column
 */

export class Sheet {
  /** @type {Cell[]} */
  #cells;

  /**
   * @param {Row[]} rows
   * @param {Column[]} columns
   * @param {string[]} typed what stands in the cells, row by row
   */
  constructor(rows, columns, typed, config) {
    this.rows = rows;
    this.columns = columns;
    this.config = config;
    this.#cells = typed.map((text) => this.typed(text));
  }

  place(row, column) {
    return row * this.columns.length + column;
  }

  cell(row, column) {
    return this.#cells[this.place(row, column)];
  }

  at(place) {
    return this.#cells[place];
  }

  put(place, cell) {
    this.#cells[place] = cell;
  }

  isLocked(place) {
    return this.columns[place % this.columns.length].locked;
  }

  /** A cell as typed: what is wrong keeps its text. */
  typed(text) {
    const value = parse(text, this.config.unit, this.config.bare);
    const mistake = this.#mistake(value, text);
    return mistake ? { text, value: NaN, mistake } : this.valued(value);
  }

  /** A cell that holds a value. */
  valued(value) {
    return { text: this.shown(value), value, mistake: "" };
  }

  /** A cell that holds a calculated value: an impossible one is told as if it had been typed. */
  calculated(value) {
    return this.typed(this.shown(value));
  }

  shown(value) {
    return show(value, this.config.unit, this.config.marks);
  }

  /** How many cells hold a value, how many a mistake, and how many there are. */
  get tally() {
    const mistakes = this.mistaken.length;
    const empty = this.#cells.filter((cell) => cell.value === null).length;
    return { set: this.#cells.length - empty - mistakes, mistakes, all: this.#cells.length };
  }

  /** The places with a mistake. */
  get mistaken() {
    return this.#cells.flatMap((cell, place) => (cell.mistake ? [place] : []));
  }

  /** The next place with a mistake after this one, from the start again; nothing without any. */
  mistakeAfter(place) {
    return this.mistaken.find((next) => next > place) ?? this.mistaken[0];
  }

  #mistake(value, text) {
    const { least, most, zero, range, unreadable } = this.config.limits;
    if (value === null) return "";
    if (Number.isNaN(value)) return filled(unreadable, { text: text.trim().slice(0, 40) });
    if (value === 0 && zero) return zero;
    return least !== null && (value < least || value > most) ? range : "";
  }
}
