// The kit: what the school gives for when the wifi drops. It is fetched once the page stands.

import { journal, page } from "./meeting.js";
import { $, $$ } from "./rows.js";
import { keptPage } from "../tablet/trusted.js";

const TOO_LONG = 8000; // ms for the school to answer

export let kit; // the school's document, once it is here

// Take up the kit: the guide's words go to their cards.
function takeKit(from) {
  if (!$("#kit-colleagues", from)) return false;
  kit = from;
  for (const words of $$("div[data-guide]", kit)) $(`a[data-guide="${words.dataset.guide}"]`)?.parentElement.replaceWith(document.importNode(words, true));
  return true;
}

// From the school, and kept on the tablet; without wifi as it was kept.
async function bringKit() {
  if (kit) return;
  const store = await journal.store;
  try {
    const response = await fetch(page.kit, { redirect: "error", signal: AbortSignal.timeout(TOO_LONG) });
    const html = await response.text();
    if (!takeKit(keptPage(html))) return;
    await store.keepPage("kit", { html });
  } catch {
    const kept = await store.page("kit").catch(() => {});
    if (kept) takeKit(keptPage(kept.html));
  }
}

// Each card stays open or closed as it was left.
const cards = $$(".guide");
for (const card of cards) {
  card.open = sessionStorage.getItem("guide") === "open";
  card.addEventListener("toggle", () => {
    sessionStorage.setItem("guide", card.open ? "open" : "closed");
    for (const other of cards) other.open = card.open;
  });
}
journal.addEventListener("state", ({ detail }) => detail === "saved" && bringKit()); // where the wifi was gone before
bringKit();
