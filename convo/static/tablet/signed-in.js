// On every page of who has signed in: what they wrote and could not send is sent, whichever page they are on.
// Signing out leaves nothing of them on the tablet, and loses nothing: what waits is sent first, what was never added
// is asked about, and what waits of somebody else stays, unreadable, until they come.

import { Journal } from "../hour/journal.js";
import { forget, lock, tabs } from "./lock.js";
import { TOO_LATE, TabletStore } from "./store.js";
import { registerWorker } from "./trusted.js";
import { takeAllAway, takeAway, waitingOn } from "./whose.js";

const menu = document.querySelector("[data-signed-in]");
const form = menu.querySelector("form");
const person = menu.dataset.signedIn;
const token = form.elements.csrf_token.value;
const ID = /^[0-9a-f-]{36}$/;
let gone = false; // what was never added may go, and what a silent tablet does not tell of
const unknown = new Set(); // conversations that the school does not have: erased, or an older backup was taken up

// The tab was somebody else's before: it lets go of what it could read with.
if (![null, person].includes(sessionStorage.getItem("person"))) sessionStorage.clear();

const session = async () => (await fetch("/session", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TOO_LATE) })).json();

// Resolves to whether the school now has everything that this person wrote in these conversations. Another's key
// opens nothing of it.
async function send(conversations, { key, person: now }) {
  if (now !== person) return false;
  unknown.clear();
  const sent = await Promise.all(conversations.map(async (conversation) => {
    const journal = new Journal({ store: TabletStore.open(person, conversation, key), conversation, person, pause: 0, token });
    journal.addEventListener("closedAtSchool", ({ detail: to }) => tells("A conversation that you closed without wifi is closed at school, and the copies are there.", to, "Go to the copies"));
    journal.addEventListener("refused", ({ detail: { change, answer } }) => change.thing === "seal" && tells(`A conversation that you closed without wifi is not closed yet. ${answer.message ?? "Some words are not at school yet."}`, `/conversations/${conversation}/review`, "Go to it"));
    await journal.start();
    if (await journal.flush()) return true;
    if (journal.missing) unknown.add(conversation);
    return journal.missing;
  }));
  return sent.every(Boolean);
}

// What became of something whose page has gone.
function tells(words, href, link) {
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: `${words} ` });
  notice.setAttribute("role", "status");
  if (href) notice.append(Object.assign(document.createElement("a"), { href, textContent: link }));
  document.querySelector("h1").after(notice);
}
const told = sessionStorage.getItem("told"); // by an hour that has ended
if (told) tells(told);
sessionStorage.removeItem("told");

registerWorker().catch(() => {});

// A tablet whose database does not answer lets its person sign out all the same, once they know what that may cost.
// Of others there may be anything then: nothing of theirs is taken away.
const inTime = (asked) => Promise.race([asked, new Promise((_, fail) => setTimeout(fail, TOO_LATE))]);
const waiting = () => inTime(waitingOn(person)).catch(() => ({ mine: [], others: true, silent: true }));

// What somebody typed and never added, or what could not be saved as it is.
async function unadded(conversations, { key, person: now }) {
  const words = await Promise.all(conversations.map(async (conversation) => {
    const store = await TabletStore.open(person, conversation, key);
    const halves = (await store.halves()).flatMap(([, { texts }]) => texts.map(([, text]) => text));
    const lost = (await store.all()).filter(({ refused }) => refused || unknown.has(conversation)).map(({ value }) => value);
    const typed = [...halves, ...lost].filter((text) => typeof text === "string" && text.trim() && !ID.test(text));
    return typed.length || !lost.length ? typed : ["What you did in a conversation"];
  }));
  return now === person ? words.flat() : [];
}

waiting().then(async ({ mine, others }) => {
  if (others) import("./left-behind.js").then(({ handOver }) => handOver(person, token)).catch(() => {});
  if (mine.length) await send(mine, await session());
}).catch(() => {}); // without wifi: at the next page

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const who = await session().catch(() => {});
  if (who?.signed_in && who.person !== person) return location.reload(); // this page was left over
  const { mine, halves, others, silent } = await waiting();
  if (mine.length && !(who && await send(mine, who).catch(() => false))) return says("waits");
  if (!who) return says("offline");
  if (silent && !gone) return says("silent");
  const [half] = gone ? [] : await unadded([...new Set([...halves, ...unknown])], who).catch(() => ["What you typed"]);
  if (half) {
    menu.querySelector("[data-half] bdi").textContent = half;
    return says("half");
  }
  if (others) {
    await inTime(takeAway(person, unknown)).catch(() => {});
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "others", value: "1" }));
  }
  forget();
  if (!others) await Promise.allSettled([takeAllAway(), dropWorkers()].map(inTime));
  form.submit(); // not by fetch: WebKit waits for ever for an answer that clears what it keeps
});

for (const button of menu.querySelectorAll("[data-half] button, [data-silent] button")) {
  button.addEventListener("click", () => {
    gone = true;
    form.requestSubmit();
  });
}

function says(what) {
  for (const name of ["waits", "half", "silent"]) menu.querySelector(`[data-${name}]`).hidden = what !== name;
  menu.querySelector("[data-lock]").hidden = what === "half" || what === "silent" || !navigator.serviceWorker?.controller;
}

// The school asks the browser to forget all this, too, but not every browser does.
async function dropWorkers() {
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

// Nothing of a child stays on the screen of another tab, and it asks for no page before the school has heard of it.
tabs.addEventListener("message", async () => {
  globalThis.signedOut = true;
  sessionStorage.clear();
  document.body.hidden = true;
  for (let tries = 0; tries < 20; tries += 1) {
    if ((await session().catch(() => ({}))).person !== person) break;
    await new Promise((go) => setTimeout(go, 300));
  }
  location.replace("/sign-in");
});

menu.querySelector("[data-lock] button").addEventListener("click", lock);
