// <narrow-list>: a long list of boxes gets a field that narrows it. Ticked boxes stay in sight.
// Accents and case do not matter: "dabrowska" finds Dąbrowska.

/** @param {string} text */
export const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ł", "l").replaceAll("Ł", "l").toLowerCase();

class NarrowList extends HTMLElement {
  connectedCallback() {
    const field = document.createElement("input");
    field.type = "search";
    field.className = "input small";
    field.placeholder = field.ariaLabel = this.dataset.label;
    field.autocomplete = "off";
    const none = document.createElement("p");
    none.className = "hint";
    none.role = "status";
    this.prepend(field, none);
    field.addEventListener("input", () => this.#narrow(folded(field.value), none));
    // Enter in a field of a form would send it.
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

  /** @param {string} asked @param {HTMLElement} none */
  #narrow(asked, none) {
    let found = 0;
    for (const label of this.querySelectorAll("label.tick")) {
      const there = folded(label.textContent).includes(asked);
      label.hidden = !there && !label.querySelector("input").checked;
      found += Number(there);
    }
    none.textContent = found ? "" : this.dataset.none;
  }
}

customElements.define("narrow-list", NarrowList);
