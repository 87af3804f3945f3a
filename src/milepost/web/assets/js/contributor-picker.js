// Boxes to tick become a field to search in: what is chosen stands before it, what matches opens under it.
import { fold } from "./fold.js";

const MOST = 8;

class ContributorPicker extends HTMLElement {
  #current = -1;

  connectedCallback() {
    this.tokens = this.querySelector(".tokens");
    this.input = this.tokens.querySelector("input");
    this.list = this.querySelector(".candidates");
    this.status = this.querySelector("[role=status]");
    this.candidates = [...this.list.querySelectorAll("li[data-name]")].map((item, number) => ({
      item,
      box: item.querySelector("input"),
      folded: fold(item.dataset.name),
      number,
    }));
    this.classList.add("scripted");
    this.tokens.hidden = false;
    this.#makeOptions();
    this.#showTokens();
    this.input.addEventListener("input", () => this.#open());
    this.input.addEventListener("focus", () => this.#open());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.#close();
    });
    this.list.addEventListener("change", () => {
      this.#showTokens();
      this.#mark();
    });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get #shown() {
    return this.candidates.filter((one) => !one.item.hidden);
  }

  #makeOptions() {
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-multiselectable", "true");
    this.list.setAttribute("aria-label", this.input.getAttribute("aria-label"));
    for (const one of this.candidates) {
      one.item.setAttribute("role", "option");
      one.item.id = `candidate-${one.number}`;
      // An option may hold nothing that takes the focus; a hidden box is sent with the form all the same.
      one.box.hidden = true;
    }
  }

  #open() {
    const text = fold(this.input.value);
    let left = MOST;
    for (const one of this.candidates) {
      one.item.hidden = !one.folded.includes(text) || left-- <= 0;
    }
    this.#current = this.#shown.length && text ? 0 : -1;
    this.classList.toggle("open", this.#shown.length > 0);
    this.input.setAttribute("aria-expanded", String(this.#shown.length > 0));
    this.status.hidden = this.#shown.length > 0;
    this.status.textContent = this.#shown.length ? "" : this.dataset.none.replace("{text}", this.input.value.trim());
    this.#mark();
  }

  #close() {
    this.classList.remove("open");
    this.status.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #mark() {
    const current = this.#shown[this.#current];
    for (const one of this.candidates) {
      one.item.setAttribute("aria-selected", String(one.box.checked));
      one.item.classList.toggle("current", one === current);
    }
    if (current) {
      this.input.setAttribute("aria-activedescendant", current.item.id);
      current.item.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  #key(event) {
    const shown = this.#shown;
    const isOpen = this.classList.contains("open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return this.#open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#current = (this.#current + step + shown.length) % shown.length;
      this.#mark();
    } else if (event.key === "Enter") {
      // Enter chooses; it never sends the form from here.
      event.preventDefault();
      if (isOpen && shown[this.#current]) this.#toggle(shown[this.#current]);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      this.#close();
    } else if (event.key === "Backspace" && !this.input.value) {
      const last = this.candidates.filter((one) => one.box.checked).at(-1);
      if (last) this.#toggle(last);
    }
  }

  #toggle(one) {
    one.box.checked = !one.box.checked;
    this.input.value = "";
    this.#showTokens();
    this.#open();
    one.box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #showTokens() {
    const chosen = this.candidates.filter((one) => one.box.checked);
    this.tokens.querySelector("ul").replaceChildren(...chosen.map((one) => this.#token(one)));
  }

  #token(one) {
    const token = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", this.dataset.remove.replace("{name}", one.item.dataset.name));
    button.addEventListener("click", () => {
      this.#toggle(one);
      this.input.focus();
    });
    token.append(one.item.dataset.name, button);
    return token;
  }
}

customElements.define("contributor-picker", ContributorPicker);
