// The ticked rows, and the pipelines of each row.

export class Rows {
  #rows;
  #all;

  /** @param {import("./table.js").Table} table */
  constructor(table, changed) {
    this.#rows = table.rows;
    this.#all = table.element.querySelector("[data-all]");
    table.element.addEventListener("change", ({ target }) => {
      if (target === this.#all) for (const row of this.#rows) tick(row).checked = this.#all.checked;
      if (target.closest("td.pipelines")) this.#name(target.closest("tr"));
      if (target.closest(".tick-cell")) this.#told(changed);
    });
    this.#told(() => undefined);
  }

  /** The places of the ticked rows. */
  get ticked() {
    return this.#rows.flatMap((row, place) => (tick(row).checked ? [place] : []));
  }

  /** Tick rows; when all of them are ticked, untick them. */
  toggle(places, changed) {
    const ticks = places.map((place) => tick(this.#rows[place]));
    const all = ticks.every((box) => box.checked);
    for (const box of ticks) box.checked = !all;
    this.#told(changed);
  }

  /** The keys of the pipelines of a row; none means all. */
  pipelines(place) {
    return boxes(this.#rows[place]).filter((box) => box.checked).map((box) => box.value);
  }

  /** Choose the pipelines of a row. */
  choose(place, keys) {
    for (const box of boxes(this.#rows[place])) box.checked = keys.includes(box.value);
    this.#name(this.#rows[place]);
  }

  /** Open the pipelines of a row for the keyboard. */
  open(place) {
    const details = this.#rows[place].querySelector("td.pipelines details");
    if (!details) return;
    details.open = true;
    boxes(this.#rows[place])[0].focus();
  }

  #name(row) {
    const chosen = boxes(row).filter((box) => box.checked).map((box) => box.parentElement.textContent.trim());
    const summary = row.querySelector("td.pipelines summary");
    const name = chosen.join(", ") || row.closest("table").dataset.allPipelines;
    summary.querySelector("span").textContent = name;
    summary.setAttribute("aria-label", `${row.dataset.name}: ${name}`);
  }

  #told(changed) {
    const count = this.ticked.length;
    this.#all.checked = count > 0 && count === this.#rows.length;
    this.#all.indeterminate = count > 0 && count < this.#rows.length;
    for (const row of this.#rows) row.classList.toggle("ticked", tick(row).checked);
    changed(count);
  }
}

function tick(row) {
  return row.querySelector(".tick-cell input");
}

function boxes(row) {
  return [...row.querySelectorAll("td.pipelines input[type=checkbox]")];
}
