// The page without wifi. It holds nobody's words: it opens the conversation that this tablet keeps for the person
// whose tab this is, or says why it cannot.

import { LOCKED, lock } from "./lock.js";
import { keptPage } from "./trusted.js";
import { TabletStore } from "./store.js";

const CONVERSATION = /^\/conversations\/([0-9a-f-]{36})\/(family\/)?[a-z-]+$/;
const AGAIN = 3000; // ms until asking once more whether the school answers

const says = (name) => { for (const part of document.querySelectorAll("[data-says]")) part.hidden = part.dataset.says !== name; };
const session = async () => (await fetch("/session", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000) })).json();

// Once the school answers, the page is had from there.
function whenItAnswers(then) {
  setTimeout(async () => {
    try { await then(await session()); } catch { whenItAnswers(then); }
  }, AGAIN);
}

// Whoever signed out without wifi is signed out at school before anybody opens anything here.
async function unlock({ signed_in: signedIn, csrf }) {
  if (signedIn) await fetch("/sign-out", { method: "POST", redirect: "manual", body: new URLSearchParams({ csrf_token: csrf, others: "1" }) });
  await caches.delete(LOCKED);
  location = "/sign-in";
}

// Where it was turned to the family, nothing of the page is drawn before their side of it stands.
async function goOn(conversation, family) {
  const [person, key] = [sessionStorage.getItem("person"), sessionStorage.getItem("key")];
  const store = key && await TabletStore.open(person, conversation, key);
  const kept = store && await store.page("hour");
  if (!kept || (family && !await store.page("kit"))) return false;
  if (family) document.body.dataset.turned = "";
  const { hour } = document.body.dataset;
  const page = keptPage(kept.html);
  page.querySelector(".cover").open = false; // as it was when the page was kept
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  document.body.dataset.kept = kept.at;
  await import(hour);
  return true;
}

// Not where the tablet is turned to the family: behind it is the teacher's page. Who is signed in is known at school
// alone; where nobody is, a lock does no harm.
function offerWays() {
  const [locks, back] = ["[data-lock]", "[data-back]"].map((part) => document.querySelector(part));
  locks.hidden = false;
  back.hidden = !(globalThis.navigation?.canGoBack ?? history.length > 1);
  locks.querySelector("button").addEventListener("click", lock);
  back.querySelector("button").addEventListener("click", () => history.back());
}

async function beginWithoutWifi() {
  if (await caches.has(LOCKED)) {
    says("locked");
    return whenItAnswers(unlock);
  }
  const [, conversation, family] = CONVERSATION.exec(location.pathname) ?? [];
  if (conversation && await goOn(conversation, family).catch(() => false)) return;
  if (family && !location.search) return location.replace("?n=1"); // as the school makes it
  says(conversation && !sessionStorage.getItem("key") ? "sign in" : "no wifi");
  if (!family) offerWays();
  whenItAnswers(() => { if (conversation && !family) location.search = "now"; else location.reload(); }); // see sw.js, goesOn
}

beginWithoutWifi();
