// The keyboard: what each key does while a cell is active, and while one is edited.
import { moved } from "./selection.js";

/**
 * A key on an active cell.
 * @param {KeyboardEvent} event
 * @param {import("./target-grid.js").TargetGrid} grid
 * @param {import("./selection.js").Selection} selection
 */
export function onCell(event, grid, selection) {
  const from = event.shiftKey ? selection.extent : selection.active;
  const to = moved(event, from, { ...selection, rows: selection.rows, columns: selection.columns, page: grid.page });
  if (to && !event.altKey) return grid.select(() => (event.shiftKey ? selection.reach(to) : selection.go(to)));
  if (event.altKey && event.key === "ArrowDown") return grid.openPipelines();
  const act = event.ctrlKey || event.metaKey ? commands(grid, selection, event) : acts(grid, selection, event);
  if (act) return act();
  return isTyped(event) ? grid.edit({ afresh: true }) : false;
}

/**
 * A key while a cell is edited; other keys are the field's own.
 * @param {KeyboardEvent} event
 * @param {import("./target-grid.js").TargetGrid} grid
 */
export function inEditor(event, grid) {
  const step = event.shiftKey ? -1 : 1;
  if (event.isComposing) return false;
  if (event.key === "Enter") return grid.commit({ down: step, across: 0 });
  if (event.key === "Tab") return grid.commit({ down: 0, across: step });
  return event.key === "Escape" ? grid.cancel() : false;
}

function acts(grid, selection, { key, shiftKey }) {
  return {
    Enter: () => grid.edit(),
    F2: () => grid.edit(),
    Delete: () => grid.clear(),
    Backspace: () => grid.clear(),
    " ": () => (shiftKey ? grid.select(() => selection.takeRows()) : grid.tickSelected()),
  }[key];
}

function commands(grid, selection, { key, shiftKey }) {
  return {
    a: () => grid.select(() => selection.takeAll()),
    " ": () => grid.select(() => selection.takeColumns()),
    d: () => grid.fillDown(),
    r: () => grid.fillRight(),
    z: () => (shiftKey ? grid.redo() : grid.undo()),
    y: () => grid.redo(),
  }[key.toLowerCase()];
}

/** A key that writes something: it goes into the field that the edit has just brought forward. */
function isTyped({ key, ctrlKey, metaKey, altKey }) {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey;
}
