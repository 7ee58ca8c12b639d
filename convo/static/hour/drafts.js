// What stands in a composer and is not added yet outlives the page: kept on the tablet as it is typed, brought back
// by the next page of the same person and conversation. So does where the hand was when the page reloads itself.

import { short } from "./closing.js";
import { tell } from "./file.js";
import { journal } from "./meeting.js";
import { $, $$, controls, isHalf } from "./rows.js";
import { newId } from "../tablet/store.js";

const KEEP_HALF = 200; // ms
const thisPage = newId();
let goes = false; // this page, to another or to itself
let keepingHalf;

// Some offer words to be changed: those are known by their name, which every page gives them, the others by their place.
const offers = (box) => box.closest("[data-if]");
const boxes = () => $$("[data-add]").flatMap((button) => $$("textarea, input[type=text]", button.closest("[data-blank]")));
const composers = () => boxes().filter((box) => !offers(box));
const nameOfBox = (box) => (offers(box) ? box.name : composers().indexOf(box));
const boxNamed = (key) => (typeof key === "number" ? composers()[key] : controls(key).find(offers) ?? $("#do"));
export const typed = () => boxes().filter((box) => isHalf(box) && !offers(box)?.hidden);

async function keepHalf(whole) {
  clearTimeout(keepingHalf);
  keepingHalf = undefined;
  await brought;
  await writeHalf(whole);
}

// Whose words they are, and what else was chosen for them.
const chosen = (box) => $$("input:checked, select", box.closest("[data-blank]")).map(({ name, value }) => [name.split(":")[2], value]);

function choose(box, all) {
  for (const [field, value] of all) {
    for (const control of $$(`[name$=":${field}"]`, box.closest("[data-blank]"))) {
      if (control.matches("select")) control.value = value;
      else control.checked = control.value === value;
    }
  }
}

async function writeHalf(whole) {
  const texts = boxes().filter(isHalf).map((box) => [nameOfBox(box), box.value, chosen(box), box.name]);
  const open = whole ? $$("[data-keep][open]").map((part) => part.dataset.keep) : [];
  const at = whole ? document.activeElement.name : "";
  const store = await journal.store;
  await store.putHalf(thisPage, texts.length || open.length || at ? { texts, open, at } : undefined).catch(() => {});
}

// A page holds a lock as long as it lives: what is half written in a page that has gone is brought here.
async function bring() {
  const store = await journal.store;
  const lockOf = (id) => `convo half ${id}`;
  navigator.locks.request(lockOf(thisPage), () => new Promise(() => {}));
  for (const [id, half] of await store.halves()) {
    await navigator.locks.request(lockOf(id), { ifAvailable: true }, async (gone) => {
      if (!gone) return;
      showHalf(half);
      await writeHalf(); // before it goes from there
      await store.putHalf(id);
    });
  }
}

// Words stand before what was typed there since.
function putIn(box, text) { box.value = isHalf(box) ? `${text}\n${box.value}` : text; }

// What stands in a box that goes from the page, because others filled its place, goes on where actions are written.
export function saveHalf(box) {
  const stands = controls(box.name).some((other) => other !== box && other.value === box.value);
  if (isHalf(box) && !stands) putIn($("#do"), box.value);
}

function showHalf({ texts, open, at }) {
  for (const [key, text, all = [], name] of texts) {
    const box = boxNamed(key);
    const wasAdded = controls(name).some((other) => other !== box && (key >= 0 || other.value.trim() === text.trim())); // and the page went at once
    if (!box || wasAdded) continue;
    if (!box.value) choose(box, all);
    putIn(box, text);
  }
  for (const name of open) $(`[data-keep="${name}"]`)?.setAttribute("open", "");
  if (at) ($(`.choice [name="${at}"]`) ?? $("#stage-title")).focus();
}

// What stands over the page, a pause or the family's side, is not taken away from whoever reads it.
export function onceAlone(then) {
  if ($("dialog[open]:not(.cover), body[data-turned]")) setTimeout(() => onceAlone(then), 500);
  else then();
}

// Where the tablet keeps nothing: whether leaving would lose something.
export const onlyHere = () => journal.forgetful && (journal.pending || typed().length);

export const notAdded = (box) => `“${short(box.value)}” is not added yet: under ${box.closest("section")?.dataset.title ?? "Who is here"}. ${offers(box) ? "Use these words, or clear them." : "Add it, or clear it."}`;
const ONLY_HERE = "What you wrote is not at school yet, and nothing but this page keeps it. Stay here until the school answers.";
const AT_SCHOOL = "That page is at school. Choose it again when the school answers.";

// Leave the page if the school has everything, and still knows who asks: it would answer with another page than the
// one wanted. Else say why not. Resolves to whether the page goes.
export async function leave(go) {
  const may = await journal.flush() && await journal.signedIn();
  const [half] = journal.forgetful ? typed() : [];
  if (may && !half) return leaveAtOnce(go);
  tell(half ? notAdded(half) : onlyHere() ? ONLY_HERE : AT_SCHOOL);
}

// Once what is half written is kept.
export async function leaveAtOnce(go) {
  goes = true;
  await keepHalf(true);
  go();
  return true;
}

// Not while it goes somewhere else: that may take its time.
export const reloadPage = () => onceAlone(() => goes || onlyHere() || leaveAtOnce(() => location.reload()));

const keepHalfSoon = () => { if (!goes) keepingHalf ??= setTimeout(keepHalf, KEEP_HALF); };
document.addEventListener("input", () => {
  goes = false; // the way was stopped
  keepHalfSoon();
});
journal.addEventListener("state", keepHalfSoon); // what is added is not half written any more
addEventListener("pagehide", () => keepingHalf && !goes && keepHalf());
// What was typed is lost where the browser keeps nothing.
addEventListener("beforeunload", (event) => journal.forgetful && !goes && typed().length && event.preventDefault());

// Once the page shows what waits: what was added meanwhile is no half any more.
let brought;
export const bringHalves = () => brought ??= bring().catch(() => {});
