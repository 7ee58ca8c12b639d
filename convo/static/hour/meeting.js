// The meeting on this page, and the journal that its changes are written to.

import { Journal } from "./journal.js";
import { $, $$, show } from "./rows.js";
import { TabletStore } from "../tablet/store.js";

export const page = $("#hour").dataset;
// In an older browser the page stays one of plain forms, and says so.
if (![].findLast || !AbortSignal.timeout || !globalThis.BroadcastChannel) throw new Error("this browser is too old");
// The page as the school made it, for when it does not answer; none where this tablet already kept it.
export const made = "kept" in document.body.dataset ? undefined : document.documentElement.outerHTML;
// When it came from the school, by the tablet's clock; and what the school's clock says now.
let came = Number(document.body.dataset.kept ?? Date.now());
export const cameAt = came;
export const schoolTime = () => new Date(Date.parse(page.now) + Date.now() - came).toISOString();
export function setTime(now) {
  page.now = now;
  came = Date.now();
}
try {
  sessionStorage.setItem("person", page.person); // of this tab alone, and gone with it: a reload needs them
  sessionStorage.setItem("key", page.key);
} catch { /* storage is refused: the page says what it cannot do */ }

// A store that lasts needs all of these; without one of them TabletStore.open fails, and the page says so.
const keeps = async () => {
  if (!navigator.locks || !globalThis.indexedDB || !crypto.subtle) throw new Error("this browser keeps nothing");
  return TabletStore.open(page.person, page.conversation, page.key);
};

// The rest of the script. A browser never asks again for what it could not have: each try has an address of its own.
let rest;
let tries = 0;
const address = $("script[src*='/hour.js']")?.src.replace("hour.js", "follows.js");
export const load = () => rest ??= (tries++ ? import(`${address}&again=${tries}`) : import("./follows.js")).catch((fault) => { rest = undefined; throw fault; });

const tablet = keeps();
export const journal = new Journal({
  store: tablet, memory: async () => new (await load()).MemoryStore(tablet), conversation: page.conversation, person: page.person, pause: Number(page.flush),
  token: $('[name="csrf_token"]').value, now: schoolTime,
});
const HEARD = 1000; // ms until the school has heard of it, too
// Signed out in another tab: this one lets go of what it could read with, too.
new BroadcastChannel("convo").addEventListener("message", () => {
  globalThis.signedOut = true;
  sessionStorage.clear();
  document.body.hidden = true;
  setTimeout(() => location.replace("/sign-in"), HEARD);
});
for (const base of $$('[name$=":base"]')) {
  if (base.value) journal.heads.set(base.name.slice(0, -5), base.value);
}
// Where the fields stand that have no control of their own, as the school wrote it beside their row.
export function stand(rows) {
  for (const { dataset: { row, place, bases = "", heads = "" } } of rows) {
    for (const pair of `${bases} ${heads}`.split(" ")) {
      const [field, base] = pair.split(":");
      if (base) stands(`${row ?? place}:${field}`, base);
    }
  }
}

// The school said where a field stands; what has been written here since comes after it.
export function stands(name, base) { if (!journal.heads.has(name)) journal.heads.set(name, base); }

stand($$("[data-bases], [data-heads]"));

export function write(thing, id, field, value) {
  show(`${thing}:${id}:${field}`, value);
  journal.write(thing, id, field, value);
}
