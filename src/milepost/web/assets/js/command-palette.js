// Ctrl or ⌘ and K open the search over the page; arrows choose, Enter goes there, Escape closes.
const PAUSE = 120;

class CommandPalette extends HTMLElement {
  #timer = 0;
  #asked = 0;

  connectedCallback() {
    this.link = this.querySelector("a.search");
    this.dialog = this.querySelector("dialog");
    this.input = this.dialog.querySelector("input");
    this.results = this.dialog.querySelector("#palette-results");
    this.link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#open();
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.#open();
      }
    });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE);
    });
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  #open() {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
  }

  async #ask() {
    const number = ++this.#asked;
    const address = new URL(this.link.href);
    address.searchParams.set("q", this.input.value);
    address.searchParams.set("panel", "");
    const answer = await fetch(address);
    if (answer.redirected || !answer.ok) return location.assign(this.link.href);
    const text = await answer.text();
    if (number !== this.#asked) return;
    this.results.innerHTML = text;
    this.results.querySelector("ul")?.setAttribute("role", "listbox");
    this.#links.forEach((link, place) => {
      link.parentElement.setAttribute("role", "presentation");
      link.setAttribute("role", "option");
      link.id = `palette-${place}`;
      link.tabIndex = -1;
    });
    this.#choose(0);
  }

  get #links() {
    return [...this.results.querySelectorAll("a")];
  }

  get #chosen() {
    return this.#links.findIndex((link) => link.getAttribute("aria-selected") === "true");
  }

  #choose(place) {
    const links = this.#links;
    links.forEach((link, one) => link.setAttribute("aria-selected", String(one === place)));
    if (links[place]) this.input.setAttribute("aria-activedescendant", links[place].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const links = this.#links;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && links.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#choose((this.#chosen + step + links.length) % links.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      links[this.#chosen]?.click();
    }
  }
}

customElements.define("command-palette", CommandPalette);
