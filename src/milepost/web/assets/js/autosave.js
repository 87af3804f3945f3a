// A form that saves itself shortly after every change, and takes from the answer the parts marked as live.
import { showLive } from "./live-parts.js";

const PAUSE = 600;

class Autosave {
  #form;
  #timer = 0;
  #sent = 0;

  constructor(form) {
    this.#form = form;
    form.addEventListener("input", () => this.#later());
    form.addEventListener("change", () => this.#later());
    form.addEventListener("submit", () => clearTimeout(this.#timer));
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), PAUSE);
  }

  async #save() {
    const number = ++this.#sent;
    const form = this.#form;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.redirected) return this.#tell(form.dataset.lost);
      if (!answer.ok) return this.#tell(form.dataset.failed);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // A slower answer to an older change shows nothing.
      if (number === this.#sent) this.#show(page);
    } catch {
      this.#tell(form.dataset.failed);
    }
  }

  #show(page) {
    this.#tell("");
    showLive(page, (part) => !part.contains(document.activeElement));
  }

  #tell(text) {
    const place = this.#form.querySelector("[data-unsaved]");
    place.querySelector("span").textContent = text;
    place.hidden = !text;
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
