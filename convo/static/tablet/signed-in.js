// On every page of who has signed in: what they wrote and could not send is sent, whichever page they are on.
// Signing out leaves nothing of them on the tablet, and loses nothing: what waits is sent first, and what waits of
// somebody else stays, unreadable, until they come.

import { Journal } from "../hour/journal.js";
import { TabletStore, takeAway, waitingOn } from "./store.js";
import { registerWorker } from "./trusted.js";

const menu = document.querySelector("[data-signed-in]");
const form = menu.querySelector("form");
const person = menu.dataset.signedIn;
const token = form.elements.csrf_token.value;

// Resolves to whether the school now has everything that this person wrote in these conversations.
async function send(conversations) {
  const { key } = await (await fetch("/session", { headers: { Accept: "application/json" } })).json();
  const sent = await Promise.all(conversations.map(async (conversation) => {
    const address = `/conversations/${conversation}`;
    const addresses = { journal: `${address}/journal`, notes: `${address}/notes`, session: "/session" };
    const journal = new Journal({ store: TabletStore.open(person, conversation, key), conversation, person, addresses, pause: 0, token });
    await journal.start();
    return journal.flush();
  }));
  return sent.every(Boolean);
}

registerWorker(true).catch(() => {});

const waiting = () => waitingOn(person).catch(() => ({ mine: [], others: false }));

waiting().then(({ mine }) => mine.length && send(mine)).catch(() => {}); // without wifi: at the next page

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
  form.submit();
});

function says(what) {
  menu.querySelector("[data-waits]").hidden = what !== "waits";
  menu.querySelector("[data-lock]").hidden = !navigator.serviceWorker?.controller;
}

// Every tab of this person lets go of what it could read with.
function forget() {
  sessionStorage.clear();
  new BroadcastChannel("convo").postMessage("signed out");
}

// Without wifi nobody can be signed out at school. Until that is done, no page opens on this tablet, and what waits
// stays unreadable until the person who wrote it signs in.
menu.querySelector("[data-lock] button").addEventListener("click", async () => {
  await caches.open("convo-locked");
  forget();
  location.reload();
});
