// The meeting on this page, and the journal that its changes are written to.

import { Drafts } from "./drafts.js";
import { Journal, MemoryStore } from "./journal.js";
import { $, $$, show } from "./rows.js";

export const page = $("#hour").dataset;
export const journal = new Journal({
  store: new MemoryStore(), conversation: page.conversation, person: page.person, pause: Number(page.flush),
  token: $('[name="csrf_token"]').value,
  addresses: { journal: page.journal, notes: page.notes, session: page.session },
});
for (const base of $$('[name$=":base"]')) {
  if (base.value) journal.heads.set(base.name.slice(0, -5), base.value);
}
for (const row of $$("[data-bases]")) {
  for (const stands of row.dataset.bases.split(" ")) {
    const [field, base] = stands.split(":");
    if (base) journal.heads.set(`${row.dataset.row}:${field}`, base);
  }
}
export const drafts = new Drafts(page.person, page.conversation);

export function write(thing, id, field, value) {
  show(`${thing}:${id}:${field}`, value);
  journal.write(thing, id, field, value);
}

export function leave(go) {
  drafts.leaving = true;
  go();
}

export async function reloadAfter(change) {
  change?.();
  if (await journal.flush()) drafts.reload();
}
