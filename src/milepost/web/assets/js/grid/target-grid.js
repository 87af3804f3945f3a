// <target-grid> makes a spreadsheet of a table of fields: it moves, selects, fills, pastes, undoes. The fields of the
// form hold everything, so that sending it says the same with and without this script.
import { badge } from "./badges.js";
import { asTable, asText, read } from "./clipboard.js";
import * as edits from "./edits.js";
import { Editor } from "./editor.js";
import { History } from "./history.js";
import { inEditor, onCell } from "./keys.js";
import { Notices } from "./notices.js";
import { pointing } from "./pointing.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { Sheet } from "./sheet.js";
import { Table } from "./table.js";
import { Texts } from "./texts.js";
import { Tools } from "./tools.js";
import { exported } from "./values.js";

export class TargetGrid extends HTMLElement {
  #config;
  #texts;
  #table;
  #sheet;
  #selection;
  #rows;
  #editor;
  #tools;
  #notices;
  #history = new History();

  connectedCallback() {
    if (this.#table || !this.querySelector("tbody tr")) return;
    this.#config = JSON.parse(this.querySelector("script[type='application/json']").textContent);
    this.#texts = new Texts(this.#config.texts, this.#config.language);
    this.#notices = new Notices(this, this.#texts);
    this.#table = new Table(this.querySelector("table"));
    this.#sheet = new Sheet(this.#table.rows.map(toRow), this.#table.headings.map(toColumn), this.#table.typed, this.#config);
    this.#selection = new Selection(this.#sheet.rows.length, this.#sheet.columns.length);
    this.#editor = new Editor(this.#sheet, this.#table);
    this.#table.upgrade(this.#sheet.columns);
    this.#rows = new Rows(this.#table, () => this.#showTicks());
    this.#tools = new Tools(this, this.#texts);
    this.#listen();
    this.#showAll();
    this.dataset.ready = "";
  }

  // What keys, pointer and tools may do.

  /** Change what is selected, and show it. */
  select(act) {
    if (this.#editor.isOpen) this.#leaveEditor();
    act();
    this.#showSelection();
    this.#table.focus();
    return true;
  }

  edit({ afresh = false } = {}) {
    const place = this.#activePlace;
    if (this.#sheet.isLocked(place)) return this.#refuse(place);
    this.#selection.go(this.#selection.active);
    this.#showSelection();
    this.#editor.open(place, { afresh });
    // The character that was typed goes on into the field.
    return !afresh;
  }

  /** Take what was typed and move on; what is wrong is told, and stays to be mended. */
  commit({ down, across }) {
    const cell = this.#editor.typed;
    if (cell.mistake) {
      this.#notices.alarm(cell.mistake);
      return true;
    }
    const place = this.#editor.place;
    this.#editor.close();
    this.#change("step_typing", [[place, cell]], { quiet: true });
    const { row, column } = this.#selection.active;
    return this.select(() => this.#selection.go({ row: row + down, column: column + across }));
  }

  cancel() {
    this.#editor.close();
    this.#notices.calm();
    this.#table.focus();
    return true;
  }

  clear() {
    return this.#change("step_clear", edits.clear(this.#sheet, this.#selection.block));
  }

  fillDown() {
    return this.#change("step_fill", edits.fillDown(this.#sheet, this.#selection.block));
  }

  fillRight() {
    return this.#change("step_fill", edits.fillRight(this.#sheet, this.#selection.block));
  }

  fill(source, target) {
    return this.#change("step_fill", edits.extend(this.#sheet, source, target));
  }

  apply(cell, { everyMilestone }) {
    const [, columns] = edits.sides(this.#selection.block);
    const all = edits.range(0, this.#sheet.columns.length - 1);
    const changes = edits.apply(this.#sheet, this.#meantRows, everyMilestone ? all : columns, cell);
    return this.#change("step_apply", changes);
  }

  applyPipelines(keys) {
    const before = this.#meantRows.map((row) => [row, this.#rows.pipelines(row)]);
    const redo = () => before.forEach(([row]) => this.#rows.choose(row, keys));
    const undo = () => before.forEach(([row, chosen]) => this.#rows.choose(row, chosen));
    redo();
    this.#remember({ name: this.#texts.say("step_pipelines"), undo, redo });
    return true;
  }

  raise(percent) {
    return this.#change("step_raise", edits.raise(this.#sheet, this.#meantPlaces, percent));
  }

  /** The values of the period before; with one cell selected and no row ticked, into all that are empty. */
  copyEarlier(from) {
    const one = this.#rows.ticked.length === 0 && this.#selection.count === 1;
    const places = one ? this.#emptyPlaces : this.#meantPlaces;
    return this.#change("step_copy", edits.copyEarlier(this.#sheet, places, this.#config.earlier[from]));
  }

  undo() {
    return this.#travel("undone", this.#history.undo());
  }

  redo() {
    return this.#travel("redone", this.#history.redo());
  }

  tickSelected() {
    const [rows] = edits.sides(this.#selection.block);
    this.#rows.toggle(rows, (count) => this.#notices.say("ticked", { count }));
    this.#showTicks();
    return true;
  }

  openPipelines() {
    this.#rows.open(this.#selection.active.row);
    return true;
  }

  goToMistake() {
    const place = this.#sheet.mistakeAfter(this.#activePlace);
    const width = this.#sheet.columns.length;
    if (place !== undefined) this.select(() => this.#selection.go({ row: Math.floor(place / width), column: place % width }));
  }

  focusCell() {
    this.#table.focus();
  }

  typed(text) {
    return this.#sheet.typed(text);
  }

  get page() {
    return this.#table.page;
  }

  #listen() {
    const table = this.#table.element;
    pointing(this, this.#table, this.#selection);
    table.addEventListener("keydown", (event) => this.#key(event));
    table.addEventListener("input", () => this.#editor.isOpen && this.#editor.echo());
    table.addEventListener("focusout", (event) => this.#editor.isOpen && this.#leftEditor(event));
    table.addEventListener("copy", (event) => this.#copy(event));
    table.addEventListener("cut", (event) => this.#copy(event) && this.clear());
    table.addEventListener("paste", (event) => this.#paste(event));
    this.closest("form")?.addEventListener("submit", () => this.#editor.isOpen && this.#leaveEditor());
  }

  #key(event) {
    if (event.target.closest("td.pipelines, .tick-cell")) return this.#leavePipelines(event);
    const handled = this.#editor.isOpen ? inEditor(event, this) : onCell(event, this, this.#selection);
    if (handled) event.preventDefault();
  }

  #leavePipelines(event) {
    if (event.key !== "Escape") return;
    event.target.closest("details")?.removeAttribute("open");
    this.#table.focus();
  }

  #leftEditor(event) {
    if (event.target === this.#table.field(this.#editor.place)) this.#leaveEditor();
  }

  /** Keep what was typed, right or wrong: a mistake stays beside its cell until it is mended. */
  #leaveEditor() {
    const { place, typed } = this.#editor;
    this.#editor.close();
    this.#change("step_typing", [[place, typed]], { quiet: true });
  }

  #copy(event) {
    if (this.#editor.isOpen) return false;
    const [rows, columns] = edits.sides(this.#selection.block);
    const { unit, marks } = this.#config;
    const block = rows.map((row) => columns.map((column) => exported(this.#sheet.cell(row, column).value, unit, marks)));
    event.clipboardData.setData("text/plain", asText(block));
    event.clipboardData.setData("text/html", asTable(block));
    event.preventDefault();
    this.#notices.say("copied", { count: this.#selection.count });
    return true;
  }

  #paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (this.#editor.isOpen || text === "") return;
    event.preventDefault();
    const found = edits.paste(this.#sheet, read(text), this.#selection.block);
    const told = [
      found.matched && this.#texts.say("matched", { count: found.matched }),
      found.unmatched.length && this.#texts.say("unmatched", { count: found.unmatched.length, text: found.unmatched[0] }),
      found.unread.length && this.#texts.say("kept", { count: found.unread.length, text: found.unread[0].trim() }),
      found.clippedColumns && this.#texts.say("clipped_columns", { count: found.clippedColumns }),
      found.clippedRows && this.#texts.say("clipped_rows", { count: found.clippedRows }),
    ];
    this.#change("step_paste", found.changes, { told: told.filter(Boolean) });
  }

  /** Make changes as one step that can be undone; locked cells stay, and are told. */
  #change(name, changes, { told = [], quiet = false } = {}) {
    const open = changes.filter(([place]) => !this.#sheet.isLocked(place));
    const made = open.filter(([place, cell]) => this.#sheet.at(place).text !== cell.text);
    const before = made.map(([place]) => [place, this.#sheet.at(place)]);
    const locked = changes.length - open.length;
    const count = made.length;
    if (count) {
      const step = { name: this.#texts.say(name), undo: () => this.#put(before), redo: () => this.#put(made) };
      this.#put(made);
      this.#remember(step);
    }
    if (locked) told = [...told, this.#texts.say("locked", { count: locked })];
    if (!quiet) this.#notices.tell([count ? this.#texts.say("changed", { count }) : this.#texts.say("nothing"), ...told]);
    return true;
  }

  #put(changes) {
    for (const [place, cell] of changes) {
      this.#sheet.put(place, cell);
      this.#table.write(place, cell);
    }
    this.#showSums();
  }

  #remember(step) {
    this.#history.add(step);
    this.#tools.show(this.#history);
    this.dispatchEvent(new CustomEvent("targets-changed", { bubbles: true }));
  }

  #travel(direction, step) {
    if (!step) return true;
    this.#tools.show(this.#history);
    this.#notices.say(direction, { step });
    this.dispatchEvent(new CustomEvent("targets-changed", { bubbles: true }));
    return true;
  }

  #refuse(place) {
    const { name } = this.#sheet.columns[place % this.#sheet.columns.length];
    this.#notices.alarm(this.#texts.say("ended", { column: name }));
    return true;
  }

  get #activePlace() {
    const { row, column } = this.#selection.active;
    return this.#sheet.place(row, column);
  }

  /** The ticked rows, or, without any, those of the selection. */
  get #meantRows() {
    const { ticked } = this.#rows;
    return ticked.length ? ticked : edits.sides(this.#selection.block)[0];
  }

  /** All cells of the ticked rows, or, without any, those of the selection. */
  get #meantPlaces() {
    const columns = edits.sides(this.#selection.block)[1];
    const all = edits.range(0, this.#sheet.columns.length - 1);
    const meant = this.#rows.ticked.length ? all : columns;
    return this.#meantRows.flatMap((row) => meant.map((column) => this.#sheet.place(row, column)));
  }

  get #emptyPlaces() {
    const all = edits.range(0, this.#sheet.tally.all - 1);
    return all.filter((place) => this.#sheet.at(place).text === "" && !this.#sheet.isLocked(place));
  }

  #showAll() {
    this.#sheet.mistaken.forEach((place) => this.#table.write(place, this.#sheet.at(place)));
    this.#table.mark(this.#selection.active, this.#selection.block);
    this.#showTicks();
    this.#showSums();
  }

  #showSelection() {
    const { row, column } = this.#selection.count > 1 ? this.#selection.extent : this.#selection.active;
    this.#table.mark(this.#selection.active, this.#selection.block);
    this.#table.reveal(this.#sheet.place(row, column));
    this.#notices.calm();
    this.#showTicks();
  }

  #showTicks() {
    this.#notices.selection(this.#selection.block, this.#rows?.ticked.length);
  }

  #showSums() {
    this.#notices.sums(this.#sheet.tally);
    this.#sheet.rows.forEach(({ isTeam }, row) => isTeam && this.#showBadge(row));
  }

  #showBadge(row) {
    const shown = badge(this.#sheet, row);
    for (const tag of this.#table.rows[row].querySelectorAll("[data-badge]")) tag.hidden = tag.dataset.badge !== shown;
  }
}

function toRow(row) {
  const { row: key, name, teams = "" } = row.dataset;
  return { key, name, isTeam: "team" in row.dataset, teams: teams.split(" ").filter(Boolean) };
}

function toColumn(heading) {
  const label = heading.querySelector(".short").textContent;
  return { label, name: heading.dataset.name, locked: "locked" in heading.dataset };
}

customElements.define("target-grid", TargetGrid);
