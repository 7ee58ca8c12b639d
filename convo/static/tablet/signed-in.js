// On every page of who has signed in: what they wrote and could not send is sent, whichever page they are on.
// Signing out leaves nothing of them on the tablet, and loses nothing: what waits is sent first, and what waits of
// somebody else stays, unreadable, until they come.

import { Journal } from "../hour/journal.js";
import { TabletStore, addressesOf, takeAway, waitingOn } from "./store.js";
import { registerWorker } from "./trusted.js";

const menu = document.querySelector("[data-signed-in]");
const form = menu.querySelector("form");
const person = menu.dataset.signedIn;
const token = form.elements.csrf_token.value;

// Resolves to whether the school now has everything that this person wrote in these conversations.
async function send(conversations) {
  const { key } = await (await fetch("/session", { headers: { Accept: "application/json" } })).json();
  const sent = await Promise.all(conversations.map(async (conversation) => {
    const journal = new Journal({ store: TabletStore.open(person, conversation, key), conversation, person, addresses: addressesOf(conversation), pause: 0, token });
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
  if (mine.length && !await send(mine).catch(() => false)) {
    menu.querySelector("[data-waits]").hidden = false;
    return;
  }
  if (others) {
    await takeAway(person);
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "others", value: "1" }));
  }
  form.submit();
});
