// Editing one cell: its own field of the form comes forward, and below it stands how it is understood.

export class Editor {
  #sheet;
  #table;
  #place = -1;
  #echo = document.createElement("output");

  constructor(sheet, table) {
    this.#sheet = sheet;
    this.#table = table;
    this.#echo.className = "echo";
    this.#echo.id = "grid-echo";
  }

  get isOpen() {
    return this.#place >= 0;
  }

  get place() {
    return this.#place;
  }

  /** Edit the cell at a place: what stands there, or, when a character was typed, something new. */
  open(place, { afresh }) {
    this.#place = place;
    const field = this.#field;
    field.setAttribute("aria-describedby", this.#echo.id);
    field.parentElement.classList.add("editing");
    field.parentElement.append(this.#echo);
    if (afresh) field.value = "";
    field.focus({ preventScroll: true });
    field.select();
    this.echo();
  }

  /** Tell how what is typed is understood. */
  echo() {
    const { text, mistake } = this.typed;
    this.#echo.textContent = mistake || text;
    this.#echo.classList.toggle("wrong", mistake !== "");
    this.#field.toggleAttribute("aria-invalid", false);
    if (mistake) this.#field.setAttribute("aria-invalid", "true");
  }

  /** The cell as typed. */
  get typed() {
    return this.#sheet.typed(this.#field.value);
  }

  /** Stop editing; the field says again what stands in the cell. */
  close() {
    const field = this.#field;
    const place = this.#place;
    this.#place = -1;
    this.#echo.remove();
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    field.parentElement.classList.remove("editing");
    this.#table.write(place, this.#sheet.at(place));
  }

  get #field() {
    return this.#table.field(this.#place);
  }
}
