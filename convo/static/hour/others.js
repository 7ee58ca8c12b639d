// What others do in this conversation meanwhile: asked of the school every few seconds, shown on the page, and kept
// on the tablet with the page.

import { conflict, refresh, take } from "./follows.js";
import { nameOf } from "./journal.js";
import { bringKit, kit } from "./kit.js";
import { journal, page, setTime } from "./meeting.js";
import { streamOf } from "../tablet/store.js";
import { reloadPage, typed } from "./drafts.js";
import { $, $$ } from "./rows.js";
import { setTaps } from "./taps.js";
import { removeVersions } from "./versions.js";

const EVERY = 3000; // ms
const TOO_LATE = 8000; // ms for an answer
let lacks = false; // whether a line was put back that this page never had
const after = { journal: Number(page.last), notes: Number(page.lastNotes) };

// What the tablet received after the page that it keeps.
export async function catchUp(store) {
  for (const stream of ["journal", "notes"]) {
    const missed = (await store.log(stream)).filter(({ number }) => number > after[stream]);
    take(missed); // what the page lacks it shows when it comes anew: by itself it might come as it is
  }
  setTaps((await store.page("family"))?.taps);
  for (const [change, answer] of (await store.page("cards"))?.drawn ?? []) conflict({ change, answer });
}

// What waited when the page came, or has left, and the school may have had before: others may have gone on from it
// since, and the page shows it over what they wrote.
const unsure = new Set();

function askFrom() {
  for (const change of unsure) {
    const { id, number } = journal.numbers.get(nameOf(change)) ?? {};
    if (id !== change.id) continue;
    unsure.delete(change);
    const stream = streamOf(change);
    after[stream] = Math.min(after[stream], number - 1);
  }
}

const noTapWaits = () => !journal.kept.some(({ thing }) => thing === "tap");

async function ask() {
  if (!kit) return bringKit(); // who comes, and what is asked, is made from it
  askFrom();
  const asked = noTapWaits(); // else the answer may be older than what was tapped
  const response = await fetch(`/conversations/${page.conversation}/journal?after=${after.journal}&notes=${after.notes}`, {
    redirect: "error", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TOO_LATE),
  });
  if (response.status === 401) return journal.askWho();
  if (!response.ok) return;
  const found = await response.json();
  setTime(found.now);
  const store = await journal.store;
  for (const [stream, changes] of [["journal", found.changes], ["notes", found.notes]]) {
    if (!changes.length) continue;
    for (const change of journal.kept) if (change.flying && changes.some((other) => nameOf(other) === change.name)) unsure.add(change);
    if (!take(changes)) lacks = true;
    await store.keepLog(stream, changes).catch(() => {});
    after[stream] = changes.at(-1).number;
    for (const change of changes) if (change.outcome === "conflict" && found.conflicts.includes(change.id)) conflict({ change });
  }
  if (asked && noTapWaits()) setTaps(found.taps);
  const settled = $$("[data-conflict]").map((card) => card.dataset.conflict).filter((id) => !found.conflicts.includes(id));
  settled.forEach(removeVersions);
  if (settled.length) refresh();
  // What was typed and not added when somebody else closes goes to school all the same, to be decided on there.
  if (found.state !== "open" && !journal.over) for (const half of typed()) $("[data-add]", half.closest("[data-blank]")).click();
  if ((lacks || found.state !== "open") && !journal.pending && !journal.over) reloadPage();
  if (journal.pending || !$("[data-saved]").textContent) journal.soon(0); // the school answers
}

export function follow(waiting = []) {
  for (const change of waiting) if (streamOf(change) in after) unsure.add(change);
  setTimeout(async () => {
    if (!document.hidden) await ask().catch(() => {});
    follow();
  }, EVERY);
}
