// Blocks of cells as spreadsheets put them on the clipboard: tabs between cells, quotes where a cell holds a break.

/**
 * The rows of a block. Excel, Google Sheets and LibreOffice end the last row with a break, or do not.
 * @param {string} text
 * @returns {string[][]}
 */
export function read(text) {
  const rows = [[""]];
  const pieces = /"((?:[^"]|"")*)"(?=\t|\r?\n|\r|$)|([^\t\r\n]+)|(\t)|(\r?\n|\r)/y;
  for (const [, quoted, bare, tab, end] of text.matchAll(new RegExp(pieces, "g"))) {
    const row = rows.at(-1);
    if (end) rows.push([""]);
    else if (tab) row.push("");
    else row[row.length - 1] += quoted?.replaceAll('""', '"') ?? bare;
  }
  if (rows.length > 1 && rows.at(-1).join("") === "" && rows.at(-1).length === 1) rows.pop();
  return rows;
}

/**
 * A block as text.
 * @param {string[][]} rows
 */
export function asText(rows) {
  return rows.map((row) => row.map(quoted).join("\t")).join("\n");
}

/**
 * A block as a table.
 * @param {string[][]} rows
 */
export function asTable(rows) {
  const table = document.createElement("table");
  for (const row of rows) {
    const line = table.insertRow();
    for (const text of row) line.insertCell().textContent = text;
  }
  return table.outerHTML;
}

function quoted(text) {
  return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
