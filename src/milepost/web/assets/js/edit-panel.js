// The edit panel opens over the page that its link stands on, and goes with Escape and Back. Links work without it.
const PART = { headers: { "HX-Request": "true" } };
const PATH = /^\/goals\/\d+\/edit$/;

class EditPanel extends HTMLElement {
  #dirty = false;
  #sending = false;

  connectedCallback() {
    this.addEventListener("input", () => (this.#dirty = true));
    this.addEventListener("change", (event) => this.#chosen(event.target));
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.leave();
    });
    this.querySelector("[aria-invalid], [role=alert]:not([hidden]), #panel-title")?.focus();
  }

  /** Close, unless something was typed: then ask first. */
  leave() {
    if (!this.#dirty) return this.#close();
    const question = this.querySelector("[data-dirty]");
    question.hidden = false;
    question.querySelector("[data-keep]").focus();
  }

  #close() {
    if (history.state?.panel) history.back();
    else location.assign(this.querySelector("[data-close]").href);
  }

  /** Ticking a box is choosing for oneself. */
  #chosen(box) {
    if (box.name?.startsWith("notice-")) this.querySelector("[name=notices][value=own]").checked = true;
  }

  #click(event) {
    const { target } = event;
    const tab = target.closest("[data-tab]");
    if (tab) {
      event.preventDefault();
      this.#show(tab);
    } else if (target.closest("[data-close]")) {
      event.preventDefault();
      this.leave();
    } else if (target.closest("[data-keep]")) {
      this.querySelector("[data-dirty]").hidden = true;
      this.querySelector("#panel-title").focus();
    } else if (target.closest("[data-discard]")) this.#close();
  }

  #show(tab) {
    for (const one of this.querySelectorAll("[data-tab]")) one.toggleAttribute("aria-current", one === tab);
    tab.setAttribute("aria-current", "true");
    for (const part of this.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== tab.dataset.tab;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    this.#sending = true;
    const form = event.target;
    const body = new FormData(form, event.submitter);
    try {
      const answer = await fetch(form.action, { ...PART, method: "POST", body });
      if (answer.status === 204) return this.#saved();
      const text = await answer.text();
      if (answer.redirected || !text.includes("<edit-panel")) return this.#tell(this.dataset.lost);
      this.#replace(text);
    } catch {
      this.#tell(this.dataset.failed);
    } finally {
      this.#sending = false;
    }
  }

  /** The page under the panel is loaded again, with the numbers as they are now. */
  #saved() {
    const under = history.state?.panel ?? this.querySelector("[data-close]").href;
    location.replace(under);
  }

  #replace(text) {
    const fresh = parse(text);
    const open = this.querySelector("[data-tab][aria-current]").dataset.tab;
    this.replaceWith(fresh);
    fresh.touch(open);
  }

  /** What was typed before is still unsaved. @param {string} open the tab to show */
  touch(open) {
    this.#dirty = true;
    this.#show(this.querySelector(`[data-tab=${open}]`));
  }

  #tell(text) {
    const place = this.querySelector("[data-unsaved]");
    place.querySelector("span").textContent = text;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }
}

const parse = (text) => document.importNode(new DOMParser().parseFromString(text, "text/html").querySelector("edit-panel"), true);

let opener = null;

const open = async (link) => {
  const answer = await fetch(link.href, PART);
  const text = await answer.text();
  if (!answer.ok || !text.includes("<edit-panel")) return location.assign(link.href);
  document.querySelector("edit-panel")?.remove();
  opener = link;
  history.pushState({ panel: location.href }, "", link.href);
  document.body.append(parse(text));
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.closest("edit-panel") || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (link.origin !== location.origin || !PATH.test(link.pathname)) return;
  event.preventDefault();
  open(link).catch(() => location.assign(link.href));
});

addEventListener("popstate", () => {
  if (PATH.test(location.pathname)) return location.reload();
  document.querySelector("edit-panel")?.remove();
  opener?.focus();
});

customElements.define("edit-panel", EditPanel);
