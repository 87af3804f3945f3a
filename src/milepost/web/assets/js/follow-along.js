// While a page says that something is under way it is asked for again, and its live parts follow.
import { showLive } from "./live-parts.js";

const PAUSE = 1500;

function isUnderWay() {
  return document.querySelector("[data-under-way]") !== null;
}

async function look() {
  try {
    const answer = await fetch(location.href);
    // Whoever was signed out meanwhile has nothing to follow.
    if (answer.redirected) return;
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // A server that is away for a moment is asked again.
  }
  later();
}

function show(page) {
  const held = document.activeElement.closest("[data-live]");
  showLive(page, () => true);
  // Whoever was on a button that is gone goes on with the one in its place.
  if (held && !held.contains(document.activeElement)) held.querySelector("a, button")?.focus();
}

function later() {
  if (isUnderWay()) setTimeout(look, PAUSE);
}

later();
