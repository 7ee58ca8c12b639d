// What stands in a composer and is not added yet outlives leaving the hour's page and coming back to it in the
// same tab: kept as the page goes, taken away again as it comes. So does where the hand was.

import { $, $$ } from "./rows.js";

const boxes = () => $$("[data-blank] :is(textarea, input[type=text])").filter((box) => box.closest("[data-blank]").querySelector("[data-add]") && !box.closest("[data-if]"));
const typed = () => boxes().filter((box) => box.value.trim());

export class Drafts {
  // ``person`` keeps what one wrote from another who signs in after them.
  constructor(person, conversation) {
    this.key = `draft ${person} ${conversation}`;
    this.leaving = false;
    addEventListener("pagehide", () => this.#keep());
    this.#bring();
  }

  // Whether leaving the page needs a word: a link or a button of the page itself brings people back.
  get asks() { return !this.leaving && typed().length > 0; }

  reload() {
    this.leaving = true;
    location.reload();
  }

  #keep() {
    const texts = typed().map((box) => [boxes().indexOf(box), box.value]);
    const open = $$("[data-keep][open]").map((part) => part.dataset.keep);
    const at = this.leaving ? document.activeElement.name : "";
    if (texts.length || open.length || at) sessionStorage.setItem(this.key, JSON.stringify({ texts, open, at }));
  }

  #bring() {
    const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    sessionStorage.removeItem(this.key);
    if (!kept) return;
    for (const [number, text] of kept.texts) if (boxes()[number]) boxes()[number].value = text;
    for (const name of kept.open) $(`[data-keep="${name}"]`)?.setAttribute("open", "");
    if (kept.at) ($(`.choice [name="${kept.at}"]`) ?? $("#stage-title")).focus();
  }
}
