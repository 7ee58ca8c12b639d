// What stands in a composer and is not added yet outlives the page: kept on the tablet as it is typed, brought back
// by the next page of the same person and conversation. So does where the hand was when the page reloads itself.

import { journal } from "./meeting.js";
import { $, $$ } from "./rows.js";
import { newId } from "../tablet/store.js";

const KEEP_HALF = 200; // ms
const thisPage = newId();
let goes = false; // this page, to another or to itself
let keepingHalf;

const boxes = () => $$("[data-add]").flatMap((button) => $$("textarea, input[type=text]", button.closest("[data-blank]"))).filter((box) => !box.closest("[data-if]"));
export const typed = () => boxes().filter((box) => box.value.trim());

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
  const texts = boxes().map((box, number) => [number, box.value, chosen(box)]).filter(([, text]) => text.trim());
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

function showHalf({ texts, open, at }) {
  for (const [number, text, all = []] of texts) {
    const box = boxes()[number];
    const wasAdded = $$("textarea").some((other) => other !== box && other.value === text); // and the page went at once
    if (!box || wasAdded) continue;
    if (!box.value) choose(box, all);
    box.value = box.value ? `${text}\n${box.value}` : text;
  }
  for (const name of open) $(`[data-keep="${name}"]`)?.setAttribute("open", "");
  if (at) ($(`.choice [name="${at}"]`) ?? $("#stage-title")).focus();
}

// What stands over the page, a pause or the family's side, is not taken away from whoever reads it.
export function onceAlone(then) {
  if ($("dialog[open]:not(.cover), body[data-turned]")) setTimeout(() => onceAlone(then), 500);
  else then();
}

// Leave the page once what is half written is kept.
export async function leave(go) {
  goes = true;
  await keepHalf(true);
  go();
}

// Not while it goes somewhere else: that may take its time.
export const reloadPage = () => onceAlone(() => goes || leave(() => location.reload()));

const keepHalfSoon = () => { keepingHalf ??= setTimeout(() => goes || keepHalf(), KEEP_HALF); };
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
