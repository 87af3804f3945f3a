// <key-shortcuts>: single keys act on the overview, beside everything that links and buttons do.
// They never act while somebody types or a menu is open, and "?" lists them; data-off leaves only the list.

const TYPING = "input:not([type='checkbox']), textarea, select, [contenteditable]";

class KeyShortcuts extends HTMLElement {
  #dialog = this.querySelector("dialog");

  connectedCallback() {
    const help = this.querySelector(".help");
    help.hidden = false;
    help.addEventListener("click", () => this.#dialog.showModal());
    document.addEventListener("keydown", (event) => this.#press(event));
  }

  #press(event) {
    if (event.defaultPrevented || event.target.closest(TYPING)) return;
    const undo = event.key === "z" && (event.ctrlKey || event.metaKey);
    if (undo && press(document.querySelector("[data-undo]"))) event.preventDefault();
    if (event.ctrlKey || event.metaKey) return;
    if (this.#dialog.open || this.hasAttribute("data-off")) return;
    const act = event.altKey ? this.#withAlt[event.key] : this.#keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act?.(event) === true) event.preventDefault();
  }

  #withAlt = {
    ArrowLeft: () => follow("a[rel='prev']"),
    ArrowRight: () => follow("a[rel='next']"),
  };

  #keys = {
    "?": () => this.#dialog.showModal() ?? true,
    c: () => follow("[data-create]"),
    "/": () => open("#name"),
    f: () => open(".filters summary"),
    e: () => follow(".row-actions a + a", here()),
    x: () => this.#tick({ range: false }),
    Enter: (event) => event.target === here() && follow(".row-actions a", here()),
    Delete: () => this.#remove(),
    ArrowDown: (event) => this.#move(1, event.shiftKey),
    ArrowUp: (event) => this.#move(-1, event.shiftKey),
    ArrowLeft: () => this.#collapse(true),
    ArrowRight: () => this.#collapse(false),
    ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((place) => [String(place + 1), () => press(steps()[place])])),
  };

  get #rows() {
    return document.querySelector("target-rows");
  }

  #move(step, range) {
    const rows = [...document.querySelectorAll("target-rows tbody tr:not([hidden])")];
    const next = rows[rows.indexOf(here()) + step] ?? (here() ? null : rows[0]);
    if (!next || document.querySelector("details[name='filters'][open]")) return false;
    if (range && here()) select(this.#rows, here());
    next.tabIndex = -1;
    next.focus();
    if (range) select(this.#rows, next);
    return true;
  }

  #tick(how) {
    const box = here()?.querySelector("input[type='checkbox']");
    if (!box) return false;
    if (box.matches(".every")) box.click();
    else this.#rows.toggle(box, how);
    return true;
  }

  #remove() {
    const ticked = this.#rows?.boxes().some((box) => box.checked);
    return Boolean(ticked) && press(document.querySelector("[data-remove]"));
  }

  #collapse(collapsed) {
    const row = here();
    if (!row) return false;
    const body = row.closest("tbody");
    this.#rows.collapse(body, collapsed);
    if (collapsed) Object.assign(body.rows[0], { tabIndex: -1 }).focus();
    return true;
  }
}

/** The row that holds the focus. */
const here = () => document.activeElement?.closest("target-rows tbody tr") ?? null;

const steps = () => [...document.querySelectorAll(".strip .step")];

/** Tick a row, whatever it was. */
function select(rows, row) {
  const box = row.querySelector("input[name='target']");
  if (box && !box.checked) rows.toggle(box);
}

function follow(selector, part = document) {
  const link = part?.querySelector(selector);
  link?.click();
  return Boolean(link);
}

function press(button) {
  button?.click();
  return Boolean(button);
}

/** Open the menu that holds an element, and go there. */
function open(selector) {
  const element = document.querySelector(selector);
  if (!element) return false;
  element.closest("details").open = true;
  element.focus();
  return true;
}

customElements.define("key-shortcuts", KeyShortcuts);
