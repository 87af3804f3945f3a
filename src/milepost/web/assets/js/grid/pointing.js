// The mouse: a press means a cell, a drag a block, a drag of the handle fills, a press on a heading a row or a column.

/**
 * @param {import("./target-grid.js").TargetGrid} grid
 * @param {import("./table.js").Table} table
 * @param {import("./selection.js").Selection} selection
 */
export function pointing(grid, table, selection) {
  /** The block that is being repeated, while the handle is dragged. */
  let source;
  let dragging = false;

  // The handle lies beside the table.
  const frame = table.element.parentElement;

  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("input, summary, label")) return;
    if (table.isHandle(event.target)) source = selection.block;
    else if (!pressed(event)) return;
    // A finger that moves scrolls.
    dragging = event.pointerType !== "touch";
    event.preventDefault();
    table.focus();
  });

  table.element.addEventListener("pointerover", (event) => {
    const place = dragging && table.placeOf(event.target);
    if (!place) return;
    if (source) grid.select(() => selection.take(stretched(source, place)));
    else grid.select(() => selection.reach(place));
  });

  window.addEventListener("pointerup", () => {
    if (source) grid.fill(source, selection.block);
    source = undefined;
    dragging = false;
  });

  table.element.addEventListener("dblclick", (event) => {
    if (table.placeOf(event.target) && !event.target.closest("input")) grid.edit();
  });

  function pressed(event) {
    const place = table.placeOf(event.target);
    const column = table.headings.indexOf(event.target.closest("th.milestone"));
    const row = table.rows.indexOf(event.target.closest("tbody th")?.parentElement);
    if (place) grid.select(() => (event.shiftKey ? selection.reach(place) : selection.go(place)));
    else if (column >= 0) whole(event, { row: selection.active.row, column }, () => selection.takeColumns());
    else if (row >= 0) whole(event, { row, column: selection.active.column }, () => selection.takeRows());
    return Boolean(place) || column >= 0 || row >= 0;
  }

  function whole(event, place, take) {
    grid.select(() => {
      if (event.shiftKey) selection.reach(place);
      else selection.go(place);
      take();
    });
  }
}

/** A block stretched to a place in the one direction in which it lies furthest. */
function stretched(block, { row, column }) {
  const down = Math.max(row - block.bottom, block.top - row, 0);
  const across = Math.max(column - block.right, block.left - column, 0);
  if (down >= across) return { ...block, top: Math.min(block.top, row), bottom: Math.max(block.bottom, row) };
  return { ...block, left: Math.min(block.left, column), right: Math.max(block.right, column) };
}
