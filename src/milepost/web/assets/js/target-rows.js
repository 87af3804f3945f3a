// <target-rows>: the rows of the overview can be ticked in ranges and by goal, and goals collapse.

const COLLAPSED = "collapsed-goals";

class TargetRows extends HTMLElement {
  /** @type {HTMLInputElement | null} The row from which a range is ticked. */
  #from = null;

  connectedCallback() {
    this.#addEvery();
    this.#addCollapse();
    this.addEventListener("click", (event) => this.#tick(event));
    this.addEventListener("click", (event) => this.#open(event));
    this.addEventListener("change", () => this.#tell());
    // The boxes are empty only after the form was reset.
    this.addEventListener("reset", () => queueMicrotask(() => this.#tell()));
    this.#tell();
  }

  /** The boxes that can be ticked, in the order of the page. @param {ParentNode} part */
  boxes(part = this) {
    return [...part.querySelectorAll("input[name='target']")];
  }

  /** Tick or clear a row, or the rows from the last one that was ticked to it. @param {HTMLInputElement} box */
  toggle(box, { range = false } = {}) {
    box.checked = !box.checked;
    this.#extend(box, range);
    this.#tell();
  }

  /** Collapse or expand a goal. @param {HTMLElement} body @param {boolean} collapsed */
  collapse(body, collapsed) {
    const button = body.querySelector("button.collapse");
    button.ariaExpanded = String(!collapsed);
    for (const row of body.rows) if (!row.matches(".of-goal")) row.hidden = collapsed;
    const kept = new Set(JSON.parse(sessionStorage.getItem(COLLAPSED) ?? "[]"));
    if (collapsed) kept.add(body.dataset.goal);
    else kept.delete(body.dataset.goal);
    sessionStorage.setItem(COLLAPSED, JSON.stringify([...kept]));
  }

  #tick(event) {
    const box = event.target.closest("input[type='checkbox']");
    if (box?.name === "target") this.#extend(box, event.shiftKey);
    if (box?.matches(".every")) {
      for (const one of this.boxes(box.closest("tbody") ?? this)) one.checked = box.checked;
      this.#tell();
    }
  }

  /** A press beside every control of a row opens its details. */
  #open(event) {
    const link = event.target.closest("tr")?.querySelector(".row-actions a");
    if (!link || event.target.closest("a, button, input, label, summary, .menu, [popover]")) return;
    if (getSelection().toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  }

  #extend(box, range) {
    const boxes = this.boxes();
    const [first, last] = [boxes.indexOf(this.#from), boxes.indexOf(box)].sort((a, b) => a - b);
    if (range && first >= 0) for (const one of boxes.slice(first, last + 1)) one.checked = box.checked;
    this.#from = box;
  }

  #tell() {
    const chosen = this.boxes().filter((box) => box.checked).length;
    const words = this.querySelector(".chosen-rows");
    const form = new Intl.PluralRules(document.documentElement.lang).select(chosen);
    words.textContent = (words.dataset[form] ?? words.dataset.many).replace("{count}", String(chosen));
    for (const every of this.querySelectorAll(".every")) {
      const boxes = this.boxes(every.closest("tbody") ?? this);
      const ticked = boxes.filter((box) => box.checked).length;
      every.checked = ticked > 0 && ticked === boxes.length;
      every.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  }

  #addEvery() {
    for (const cell of this.querySelectorAll("[data-every]")) {
      if (!this.boxes(cell.closest("tbody") ?? this).length) continue;
      const label = document.createElement("label");
      label.className = "tick";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.className = "every";
      box.ariaLabel = cell.dataset.every;
      label.append(box);
      cell.append(label);
    }
  }

  #addCollapse() {
    const kept = JSON.parse(sessionStorage.getItem(COLLAPSED) ?? "[]");
    for (const heading of this.querySelectorAll("[data-collapse]")) {
      const body = heading.closest("tbody");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "icon-button collapse";
      button.ariaLabel = heading.dataset.collapse;
      button.append(document.querySelector("#collapse-sign").content.cloneNode(true));
      button.addEventListener("click", () => this.collapse(body, button.ariaExpanded === "true"));
      heading.prepend(button);
      this.collapse(body, kept.includes(body.dataset.goal));
    }
  }
}

customElements.define("target-rows", TargetRows);
