// What the tablet holds of this conversation is put on its page: what it received after the page that it kept, then
// what waits to be sent, then what was half written. Then the page is kept as the school made it, for when the school
// does not answer: encrypted, with where its clock stood. And others are listened to.

import { bringHalves } from "./drafts.js";
import { bringBack, clock, turnTo } from "./follows.js";
import { cameAt, journal, made, page } from "./meeting.js";
import { catchUp, follow } from "./others.js";
import { $, $$, renew } from "./rows.js";
import { keepTaps } from "./taps.js";
import { turn } from "./turned.js";
import { keepCards } from "./versions.js";
import { registerWorker } from "../tablet/trusted.js";

const schoolAt = Date.parse(page.now); // when the page was made: the tablet's clock may be put back
const hourScript = $("script[src*='/hour.js']")?.getAttribute("src");

export async function begin(waiting) {
  const store = await journal.store;
  if (!made) {
    // Another tab may have begun with the same kept page. Where somebody has begun to write here, it goes on.
    $$("[data-blank]:not([data-row])").filter((blank) => $('[name="new"]', blank)).forEach(renew);
    await catchUp(store);
    const stood = await store.page("clock");
    if (stood) clock.goOn(stood);
  }
  bringBack(waiting);
  bringHalves();
  const address = location.pathname.replace("/family/", "/");
  const link = made ? null : $(`.stages a[href$="${address}"]`); // the page was kept at another stage
  if (link) turnTo(link.dataset.go);
  if (address !== location.pathname) turn($("[data-turn]")); // and may be turned to the family
  else sessionStorage.removeItem("turned"); // by its address, past the way back
  follow(waiting);
  if (!made) return;
  journal.soon(0); // the page says how it stands
  await keepHour(store);
}

// Resolves when the tablet keeps the scripts of this page: after an update, once the new ones have taken over.
async function mayKeep() {
  const shell = await globalThis.caches?.match("/offline");
  if (shell && !(await shell.text()).includes(hourScript)) await new Promise((then) => navigator.serviceWorker.addEventListener("controllerchange", then));
}

async function keepHour(store) {
  registerWorker(hourScript).catch(() => {}); // without it the page opens at the school only
  await store.keepPage("clock", clock.standing);
  await mayKeep();
  if ((await store.page("hour"))?.school > schoolAt) return; // another tab came later, and was quicker
  await store.keepPage("hour", { html: made, at: cameAt, school: schoolAt });
  await keepTaps();
  await keepCards();
  await store.keepLog("journal", [], Number(page.last));
  await store.keepLog("notes", [], Number(page.lastNotes));
}
