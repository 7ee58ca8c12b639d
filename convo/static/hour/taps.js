// What the family taps on the turned tablet is a proposal: it waits on the teacher's page until somebody takes it up
// or leaves it, with or without wifi.

import { act, refresh } from "./follows.js";
import { tell } from "./file.js";
import { journal, write } from "./meeting.js";
import { $, $$, fromTemplate, held } from "./rows.js";
import { newId } from "../tablet/store.js";

const section = $("[data-tapped]");
const NO_ROOM = "Three are chosen already. Take one out first, or leave this."; // as in convo/hour/verbs.py
const box = $('[data-list="tap"]');
let taps = $$("[data-tap]").map(({ dataset: { tap: id, thing, thingId, answer } }) => ({ id, thing, thing_id: thingId, answer }));

// The same as same_question in convo/conversation/rules.py.
const isWish = (answer) => answer === "this matters most";
export const tapOn = (id, answer) => taps.find((each) => each.thing_id === id && isWish(each.answer) === isWish(answer));

// Keep the list with the page: what the school has already would else be missing after a reload without wifi. The
// changes come first: the list knows of no tap that is not on its way.
export async function keepTaps() {
  await journal.keep();
  await (await journal.store).keepPage("family", { taps }).catch(() => {});
}

export function setTaps(now = taps) {
  if (JSON.stringify(now) === JSON.stringify(taps)) return;
  taps = now;
  draw();
  keepTaps();
  refresh();
}

function draw() {
  section.hidden = !taps.length;
  box.replaceChildren(...taps.map(rowOf).filter(Boolean));
}

// What stands there already, or what the kit has for it.
function rowOf({ id, thing, thing_id: about, answer }) {
  const stands = $(`[data-tap="${id}"]`, box);
  if (stands || !$("#row-tap")) return stands;
  const row = fromTemplate(answer === "not what I meant" ? "tap-wrong" : "tap", id);
  const words = $("bdi", row);
  const line = thing === "entry";
  words.dataset.show = `${thing}:${about}:${line ? "text" : "what"}`;
  words.textContent = held(words.dataset.show);
  $("strong", row).textContent = answer;
  if (line && answer === "that is right") $("button", row).textContent = "Noted"; // as in _rows.html
  return row;
}
journal.addEventListener("kit", () => box.children.length < taps.length && draw());

// Show one change of a tap, from wherever it comes: an answer, none any more, or what the teacher made of it.
export function showTapChange(id, field, value) {
  const others = taps.filter((each) => each.id !== id && each !== tapOn(value?.thing_id, value?.answer));
  setTaps(value?.answer ? [...others, { id, ...value }] : others);
}

function sayTap(id, field, value) {
  journal.write("tap", id, field, value);
  showTapChange(id, field, value);
}

// The family taps an answer, or takes back what they gave to the same question.
export function tap({ thing, id }, answer, undo) {
  sayTap(undo ? tapOn(id, answer).id : newId(), "answer", undo ? null : { thing, thing_id: id, answer });
}

// The teacher takes it up or leaves it.
section.addEventListener("submit", (event) => {
  event.preventDefault();
  const id = event.target.closest("[data-tap]").dataset.tap;
  const { thing, thing_id: about, answer } = taps.find((each) => each.id === id);
  const taken = event.submitter.value === "confirmed";
  // By the tap's id: taken up on two tablets, or again after a reload, it is one.
  if (taken && isWish(answer)) {
    const chosen = () => $(`[data-row="priority:${id}"], [data-entries~="${about}"]`);
    if (!chosen()) act("pick", about, id);
    if (!chosen()) return tell(NO_ROOM);
  }
  if (taken && answer === "that is right" && thing === "action") write("action", about, "agreement", "agreed");
  sayTap(id, "state", event.submitter.value);
  ($("button", box) ?? $("#stage-title")).focus();
});
