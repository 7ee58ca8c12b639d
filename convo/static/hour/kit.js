// The kit: what the school gives for when the wifi drops. It is fetched once the page stands.

import { journal, page } from "./meeting.js";
import { $, $$ } from "./rows.js";

export let kit; // the school's document, once it is here

// Take up the kit: the guide's words go to their cards.
export function takeKit(from) {
  if (!from?.querySelector("#kit-colleagues")) return; // the page to sign in, or none
  kit = from;
  for (const words of $$("div[data-guide]", kit)) $(`a[data-guide="${words.dataset.guide}"]`)?.parentElement.replaceWith(document.importNode(words, true));
}

// A request that reads a page may be put into ours: making nodes from text is not allowed here.
export function bringKit() {
  if (kit) return;
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.open("GET", page.kit);
  request.addEventListener("load", () => takeKit(request.response));
  request.send();
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
