// What can be done to many cells at once. Each answers with the changes to make, and makes none.
import { finder, folded } from "./names.js";
import { parse, rounded } from "./values.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./sheet.js").Change} Change */
/** @typedef {{top: number, left: number, bottom: number, right: number}} Block */

/** The same in every cell of these rows and columns. */
export function apply(sheet, rows, columns, cell) {
  return rows.flatMap((row) => columns.map((column) => [sheet.place(row, column), cell]));
}

/** Nothing in any cell of a block. */
export function clear(sheet, block) {
  return apply(sheet, ...sides(block), sheet.valued(null));
}

/** The first row of a block in all its rows; a single row takes from the one above it. */
export function fillDown(sheet, block) {
  const from = block.top === block.bottom ? block.top - 1 : block.top;
  return from < 0 ? [] : extend(sheet, { ...block, top: from, bottom: from }, { ...block, top: from });
}

/** The first column of a block in all its columns; a single column takes from the one before it. */
export function fillRight(sheet, block) {
  const from = block.left === block.right ? block.left - 1 : block.left;
  return from < 0 ? [] : extend(sheet, { ...block, left: from, right: from }, { ...block, left: from });
}

/** A block repeated over a larger one that holds it. */
export function extend(sheet, source, target) {
  const height = source.bottom - source.top + 1;
  const width = source.right - source.left + 1;
  const [rows, columns] = sides(target);
  const places = rows.flatMap((row) => columns.map((column) => ({ row, column })));
  return places
    .filter(({ row, column }) => !holds(source, row, column))
    .map(({ row, column }) => [
      sheet.place(row, column),
      sheet.cell(source.top + wrapped(row - source.top, height), source.left + wrapped(column - source.left, width)),
    ]);
}

/** Every value among these places raised by so many percent. */
export function raise(sheet, places, percent) {
  return places
    .filter((place) => sheet.at(place).value)
    .map((place) => [place, sheet.calculated(rounded(sheet.at(place).value * (1 + percent / 100), sheet.config.unit))]);
}

/** What was in these places in the period before, where that is known. */
export function copyEarlier(sheet, places, values) {
  const width = sheet.columns.length;
  const earlier = (place) => values[sheet.rows[Math.floor(place / width)].key]?.[place % width] ?? null;
  return places
    .filter((place) => earlier(place) !== null)
    .map((place) => [place, sheet.calculated(rounded(earlier(place), sheet.config.unit))]);
}

/**
 * A block from a spreadsheet: by the names of its first column where they are names of rows, else from the top left
 * of the selection; a single value fills the selection.
 * @returns {{changes: Change[], unread: string[], clippedRows: number, clippedColumns: number,
 *   matched: number, unmatched: string[]}}
 */
export function paste(sheet, rows, block) {
  if (rows.length === 1 && rows[0].length === 1) rows = repeated(rows[0][0], block);
  const laid = byName(sheet, rows, block) ?? inOrder(rows, block);
  const found = { changes: [], unread: [], clippedRows: 0, clippedColumns: 0, matched: 0, unmatched: [], ...laid.told };
  const width = sheet.columns.length;
  const clipped = new Set();
  for (const { row, cells } of laid.lines) {
    if (row >= sheet.rows.length) found.clippedRows += 1;
    else for (const { column, text } of cells) {
      const cell = sheet.typed(text);
      if (column >= width) clipped.add(column);
      else if (cell.mistake) found.unread.push(text);
      else found.changes.push([sheet.place(row, column), cell]);
    }
  }
  return { ...found, clippedColumns: clipped.size };
}

/** The rows and the columns of a block. */
export function sides({ top, left, bottom, right }) {
  return [range(top, bottom), range(left, right)];
}

/** All numbers from one to another. */
export function range(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => first + step);
}

function inOrder(rows, { top, left }) {
  const lines = rows.map((texts, down) => ({
    row: top + down,
    cells: texts.map((text, across) => ({ column: left + across, text })),
  }));
  return { lines, told: {} };
}

function byName(sheet, rows, { left }) {
  if (rows[0].length < 2) return undefined;
  const find = finder(sheet.rows.map((row) => row.name));
  const places = rows.map(([name]) => find(name));
  if (places.every((place) => place < 0)) return undefined;
  const headed = places[0] < 0 ? headings(sheet, rows[0]) : undefined;
  const column = (across) => (headed ? headed[across] : left + across);
  const lines = rows.map(([, ...texts], down) => ({
    row: places[down],
    cells: texts.map((text, across) => ({ column: column(across), text })).filter((cell) => cell.column >= 0),
  }));
  const missing = rows.map(([name]) => name).filter((name, down) => places[down] < 0 && !(headed && down === 0));
  const told = { matched: places.filter((place) => place >= 0).length, unmatched: missing.filter((name) => name.trim()) };
  return { lines: lines.filter(({ row }) => row >= 0), told };
}

/** The column that each heading names; nothing when the row is not one of headings. */
function headings(sheet, [, ...texts]) {
  const labels = sheet.columns.map((column) => [folded(column.label), folded(column.name)]);
  const columns = texts.map((text) => labels.findIndex((label) => label.includes(folded(text))));
  const unreadable = texts.every((text) => Number.isNaN(parse(text, sheet.config.unit) ?? NaN));
  return columns.some((column) => column >= 0) && unreadable ? columns : undefined;
}

function repeated(text, block) {
  const [rows, columns] = sides(block);
  return rows.map(() => columns.map(() => text));
}

function holds({ top, left, bottom, right }, row, column) {
  return row >= top && row <= bottom && column >= left && column <= right;
}

function wrapped(number, length) {
  return ((number % length) + length) % length;
}
