// The kit: what the school gives for when the wifi drops. It is fetched once the page stands.

import { journal, page } from "./meeting.js";
import { $, $$ } from "./rows.js";
import { keptPage } from "../tablet/trusted.js";

const TOO_LONG = 8000; // ms for the school to answer

export let kit; // the school's document, once it is here
let fresh; // whether it came from there just now
let kitCame;
export const kitIsHere = new Promise((came) => { kitCame = came; }); // or cannot be had now

// What the kit has under a name, to be put into the page, once it is here.
export const copyOf = (name) => kit && document.importNode($(`#kit-${name}`, kit).content, true);

// Take up the kit: the guide's words go to their cards.
function takeKit(from) {
  if (!$("#kit-colleagues", from)) return false;
  kit = from;
  if (!$("link[data-kept]")) {
    for (const part of $$("link[data-kept], template[data-into]", kit)) document.body.append(document.importNode(part, true));
  }
  for (const words of $$("div[data-guide]", kit)) $(`a[data-guide="${words.dataset.guide}"]`)?.parentElement.replaceWith(document.importNode(words, true));
  journal.dispatchEvent(new Event("kit"));
  kitCame();
  return true;
}

// As it was kept on the tablet, and then from the school; again where it may have changed since.
export async function bringKit(again) {
  if (fresh && !again) return;
  const store = await journal.store;
  const kept = !kit && await store.page("kit").catch(() => {});
  if (kept) takeKit(keptPage(kept.html));
  try {
    const response = await fetch(`/conversations/${page.conversation}/kit`, { redirect: "error", signal: AbortSignal.timeout(TOO_LONG) });
    const html = await response.text();
    fresh = takeKit(keptPage(html));
    if (fresh) await store.keepPage("kit", { html });
  } catch { /* without wifi */ }
  kitCame();
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
