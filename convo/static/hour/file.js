// What waits of this conversation, as a file that opens for the person who wrote it, on whichever machine.

import { journal, page } from "./meeting.js";
import { $ } from "./rows.js";
import { asText } from "../tablet/base64.js";

const notice = $("[data-told]");

// Say what was done, and offer to undo it: until something else is typed, or another stage comes.
export function tell(text, undo) {
  const [says, button] = notice.children;
  says.textContent = text;
  button.value = undo;
  button.hidden = !undo;
  notice.hidden = false;
}

export const hush = () => { notice.hidden = true; };
addEventListener("input", hush);

// All that waits, encrypted under the person's key; what is written from now on are changes after it.
async function unsent() {
  await journal.keep();
  const store = await journal.store;
  return journal.asTheyAre(() => store.unsent(page.person, page.key));
}

export async function saveFile() {
  let records;
  try { records = await unsent(); } catch {
    return tell("This browser cannot encrypt, so it makes no file. Keep this page open until the school answers.");
  }
  if (!records.length) return tell("Everything is at school already. There is nothing to save.");
  const changes = records.map(({ n, flying, sent, ...record }) => ({ ...record, iv: asText(record.iv), data: asText(record.data) }));
  const content = JSON.stringify({ convo: 1, person: page.person, conversation: page.conversation, changes });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  link.download = `${new Date().toLocaleDateString("sv")} unsent.convo`; // as 2026-11-30, and nobody's name
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  tell(`The file “${link.download}” holds what waits here. Only you can open it: choose “Take in a file” under “Your account”.`);
}
