// The page is kept as the school made it, for when the school does not answer: encrypted, with where its clock stood.

import { clock } from "./follows.js";
import { cameAt, made, page } from "./meeting.js";
import { $ } from "./rows.js";
import { keepTaps } from "./taps.js";
import { registerWorker } from "../tablet/trusted.js";

const hourScript = $("script[src*='/hour.js']")?.getAttribute("src");

// Resolves when the tablet keeps the scripts of this page: after an update, once the new ones have taken over.
async function mayKeep() {
  const shell = await globalThis.caches?.match("/offline");
  if (shell && !(await shell.text()).includes(hourScript)) await new Promise((then) => navigator.serviceWorker.addEventListener("controllerchange", then));
}

export async function keepHour(store) {
  registerWorker(hourScript).catch(() => {}); // without it the page opens at the school only
  await store.keepPage("clock", clock.standing);
  await mayKeep();
  await store.keepPage("hour", { html: made, at: cameAt });
  await keepTaps();
  await store.keepLog("journal", [], Number(page.last));
  await store.keepLog("notes", [], Number(page.lastNotes));
}
