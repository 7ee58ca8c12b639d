// On every page of who has signed in: what they wrote and could not send is sent, whichever page they are on.
// Signing out leaves nothing of them on the tablet, and loses nothing: what waits is sent first, and what waits of
// somebody else stays, unreadable, until they come.

import { Journal } from "../hour/journal.js";
import { forget, lock } from "./lock.js";
import { TOO_LATE, TabletStore } from "./store.js";
import { registerWorker } from "./trusted.js";
import { takeAllAway, takeAway, waitingOn } from "./whose.js";

const menu = document.querySelector("[data-signed-in]");
const form = menu.querySelector("form");
const person = menu.dataset.signedIn;
const token = form.elements.csrf_token.value;

// Resolves to whether the school now has everything that this person wrote in these conversations.
async function send(conversations) {
  const { key } = await (await fetch("/session", { headers: { Accept: "application/json" } })).json();
  const sent = await Promise.all(conversations.map(async (conversation) => {
    const journal = new Journal({ store: TabletStore.open(person, conversation, key), conversation, person, pause: 0, token });
    journal.addEventListener("closed", ({ detail: to }) => tells("A conversation that you closed without wifi is closed at school, and the copies are there.", to, "Go to the copies"));
    journal.addEventListener("refused", ({ detail: { change, answer } }) => change.thing === "seal" && tells(`A conversation that you closed without wifi is not closed yet. ${answer.message}`, `/conversations/${conversation}/review`, "Go to it"));
    await journal.start();
    return journal.flush();
  }));
  return sent.every(Boolean);
}

// What became of the closing of a meeting whose page has gone.
function tells(words, href, link) {
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: `${words} ` });
  notice.setAttribute("role", "status");
  notice.append(Object.assign(document.createElement("a"), { href, textContent: link }));
  document.querySelector("h1").after(notice);
}

registerWorker().catch(() => {});

// A tablet whose database does not answer lets its person sign out all the same.
const inTime = (asked) => Promise.race([asked, new Promise((_, fail) => setTimeout(fail, TOO_LATE))]);
const waiting = () => inTime(waitingOn(person)).catch(() => ({ mine: [], others: false }));

waiting().then(async ({ mine, others }) => {
  if (others) import("./left-behind.js").then(({ handOver }) => handOver(person, token)).catch(() => {});
  if (mine.length) await send(mine);
}).catch(() => {}); // without wifi: at the next page

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { mine, others } = await waiting();
  if (mine.length && !await send(mine).catch(() => false)) return says("waits");
  if (!await fetch("/health").then(({ ok }) => ok, () => false)) return says("offline");
  if (others) {
    await takeAway(person);
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "others", value: "1" }));
  }
  forget();
  if (!others) await Promise.allSettled([takeAllAway(), dropWorkers()].map(inTime));
  form.submit();
});

function says(what) {
  menu.querySelector("[data-waits]").hidden = what !== "waits";
  menu.querySelector("[data-lock]").hidden = !navigator.serviceWorker?.controller;
}

// The school asks the browser to forget all this, too, but not every browser does.
async function dropWorkers() {
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

menu.querySelector("[data-lock] button").addEventListener("click", lock);
