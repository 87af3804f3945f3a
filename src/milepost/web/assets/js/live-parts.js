// The parts of a page that are marked as live, taken from a fresh copy of it.
export function showLive(page, wants) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (fresh && fresh.innerHTML !== part.innerHTML && wants(part)) part.replaceChildren(...fresh.childNodes);
  }
}
