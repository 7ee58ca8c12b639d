// What stands in a composer and is not added yet outlives the page: kept on the tablet as it is typed, brought back
// by the next page of the same person and conversation. So does where the hand was when the page reloads itself.

import { $, $$ } from "./rows.js";
import { newId } from "../tablet/store.js";

const KEEP_HALF = 200; // ms

const boxes = () => $$("[data-blank] :is(textarea, input[type=text])").filter((box) => box.closest("[data-blank]").querySelector("[data-add]") && !box.closest("[data-if]"));
const typed = () => boxes().filter((box) => box.value.trim());

// What stands over the page, such as a pause, is not taken away from whoever reads it.
export function onceAlone(then) {
  const over = $("dialog[open]:not(.cover)");
  if (over) over.addEventListener("close", () => onceAlone(then), { once: true });
  else then();
}

export class Drafts {
  constructor(journal) {
    this.journal = journal;
    this.id = newId();
    this.leaving = false;
    this.ready = this.#bring().catch(() => {});
    document.addEventListener("input", () => { this.timer ??= setTimeout(() => this.leaving || this.#keep(), KEEP_HALF); });
    addEventListener("pagehide", () => this.timer && !this.leaving && this.#keep());
  }

  // Whether leaving the page needs a word: what was typed is lost where the browser keeps nothing.
  get asks() { return Boolean(this.journal.forgetful) && !this.leaving && typed().length > 0; }

  // Resolves when the page may go.
  async leave() {
    this.leaving = true;
    await this.#keep(true);
  }

  reload() {
    if ("turned" in document.body.dataset) return; // not before the teacher has it back
    onceAlone(async () => {
      if (this.leaving) return; // where it goes may take its time to come
      await this.leave();
      location.reload();
    });
  }

  async #keep(whole = false) {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.ready;
    const texts = typed().map((box) => [boxes().indexOf(box), box.value]);
    const open = whole ? $$("[data-keep][open]").map((part) => part.dataset.keep) : [];
    const at = whole ? document.activeElement.name : "";
    const store = await this.journal.store;
    await store.putHalf(this.id, texts.length || open.length || at ? { texts, open, at } : undefined).catch(() => {});
  }

  // A page holds a lock as long as it lives: what is half written in a page that has gone is brought here.
  async #bring() {
    const store = await this.journal.store;
    const mine = (id) => `convo half ${id}`;
    navigator.locks.request(mine(this.id), () => new Promise(() => {}));
    for (const [id, half] of await store.halves()) {
      await navigator.locks.request(mine(id), { ifAvailable: true }, async (gone) => {
        if (!gone) return;
        this.#show(half);
        await store.putHalf(id);
      });
    }
    if (typed().length) this.timer ??= setTimeout(() => this.#keep(), 0);
  }

  #show({ texts, open, at }) {
    for (const [number, text] of texts) {
      const box = boxes()[number];
      if (box) box.value = box.value ? `${text}\n${box.value}` : text;
    }
    for (const name of open) $(`[data-keep="${name}"]`)?.setAttribute("open", "");
    if (at) ($(`.choice [name="${at}"]`) ?? $("#stage-title")).focus();
  }
}
