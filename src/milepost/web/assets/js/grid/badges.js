// What to point out about a team's row: the same rule as milepost/web/goals/grid.py, while people type.

/**
 * The badge of a row, or nothing.
 * @param {import("./sheet.js").Sheet} sheet
 * @param {number} row
 */
export function badge(sheet, row) {
  const { key, isTeam } = sheet.rows[row];
  if (!isTeam) return "";
  const columns = sheet.columns.map((_, column) => column);
  if (columns.every((column) => value(sheet, row, column) === null)) return "not_set";
  const people = sheet.rows.flatMap(({ teams }, place) => (teams.includes(key) ? [place] : []));
  return columns.some((column) => mismatched(sheet, row, people, column)) ? "mismatch" : "";
}

function mismatched(sheet, row, people, column) {
  const wished = value(sheet, row, column);
  const parts = people.map((person) => value(sheet, person, column));
  if (wished === null || parts.length === 0 || parts.includes(null)) return false;
  if (sheet.config.adds_up) return wished !== parts.reduce((sum, part) => sum + part, 0);
  return wished < Math.min(...parts) || wished > Math.max(...parts);
}

function value(sheet, row, column) {
  const { value, mistake } = sheet.cell(row, column);
  return mistake ? null : value;
}
