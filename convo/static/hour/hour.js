// The hour on the tablet: what is typed and tapped becomes changes of the journal, and rows on the page.

import { journal, load, schoolTime, write } from "./meeting.js";
import { $, $$, addRow, isHalf, kindOf, nextPosition, renew, show, valueOf } from "./rows.js";
import "../tablet/cover.js";

const DOERS = { carer: "home", other: "home", pupil: "pupil", staff: "school", interpreter: "school" };
const LONG = 2000; // ms for the school to answer
const live = $("[data-saved]");

// -- how it stands with saving
const SAYS = {
  saving: "On this tablet", offline: "On this tablet · not at school yet",
  stuck: "Needs you: reload this page", signin: "Needs you: sign in again",
  another: "Needs you: sign in as yourself", refused: "Needs you: some words cannot be saved",
  two: "Needs you: two versions", half: "On this tablet · not added yet",
};
let last; // the state that the line tells of
let savedAt;
let late;
journal.addEventListener("memory", () => {
  SAYS.saving = "Not at school yet";
  SAYS.offline = "Not at school yet · keep this page open";
  SAYS.half = "Not added yet · keep this page open";
  load().then((rest) => rest.keepsNothing()).catch(() => {});
});
// It tells of what is saved, or what is wrong, not of every key, unless the school takes long.
journal.addEventListener("state", ({ detail }) => {
  if (detail === "saved") savedAt = `Saved at school ${new Date(schoolTime()).toTimeString().slice(0, 5)}`;
  if (detail !== "saving" || !last) tell(detail);
  else if (last === "saved") late ??= setTimeout(() => tell(detail), LONG);
});
function tell(state) {
  clearTimeout(late);
  late = undefined;
  last = state;
  const saved = state === "saved";
  const half = $$("[data-blank]:not([hidden]) :is(textarea, [type=text])").some((box) => isHalf(box) && $("[data-add]", box.closest("[data-blank]")));
  const needs = $("[data-conflict]") ? SAYS.two : half && SAYS.half;
  const text = saved ? needs || savedAt : SAYS[state];
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("here", text !== savedAt);
  if (state !== "saving") $(".stage-head button").hidden = saved;
}
for (const event of ["refused", "conflict", "closedAtSchool"]) journal.addEventListener(event, ({ detail }) => atLast().then((rest) => rest[event](detail)));
journal.addEventListener("aside", ({ detail: { answer } }) => setTimeout(() => then((rest) => rest.ended(answer.message))));
for (const event of ["online", "focus", "pageshow"]) addEventListener(event, () => journal.pending && journal.soon(0));
addEventListener("visibilitychange", () => document.hidden && journal.flush());
addEventListener("pagehide", () => journal.keep());
addEventListener("beforeunload", (event) => journal.pending && !journal.left && event.preventDefault());

// -- what follows from a change, once it is here
// Fetched again at the next change where the wifi was gone.
async function follows() {
  const rest = await load();
  await rest.kitIsHere;
  return rest;
}
const then = (what) => follows().then(what, () => {});
// The same, however long the wifi is gone.
const atLast = () => follows().catch(() => new Promise((again) => setTimeout(again, 3000)).then(atLast));
const refresh = () => then((rest) => rest.refreshSoon());
const doer = (id) => ({ who: $(`[data-doers] [value="${id}"]`)?.nextElementSibling.textContent ?? "", by_whom: DOERS[kindOf(id)] ?? "" });

let waiting;
const later = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 150); };

// -- typing and choosing
function record(control) {
  const [thing, id, field] = control.name.split(":");
  if (!field || control.closest("[data-blank]")?.querySelector("[data-add]")) return;
  const value = valueOf(control);
  if (value === undefined) return;
  control.setCustomValidity("");
  const row = control.closest("[data-blank], [data-row]");
  const marker = row && $(`[name="new"][value^="${thing}:${id}"]`, row);
  if (marker) {
    marker.remove();
    for (const hidden of $$(`[type="hidden"][name^="${thing}:${id}:"]:not([name$=":base"])`, row)) journal.write(thing, id, hidden.name.split(":")[2], valueOf(hidden));
  }
  show(control.name, value, control);
  journal.write(thing, id, field, value);
  if (thing === "action" && field === "who_id") choose(id, value);
  later();
}

function choose(action, participant) {
  if (!participant) return;
  for (const [field, value] of Object.entries(doer(participant))) write("action", action, field, value);
}
document.addEventListener("input", ({ target }) => {
  if (target.name) record(target);
  if (last === "saved") tell(last);
});
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-enter]");
  if (!box || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  add(box.closest("[data-blank]"));
});

// -- adding a row from a composer
function add(blank) {
  const [thing, id] = blank.dataset.blank.split(":");
  const values = {};
  for (const control of $$(`[name^="${thing}:${id}:"]:not([name$=":base"])`, blank)) {
    const value = valueOf(control);
    if (value !== undefined && value !== "" && value !== false) values[control.name.split(":")[2]] = value;
  }
  const box = $("[data-enter], textarea, input[type=text]", blank);
  const essence = values.text ?? values.what ?? values.name;
  if (!essence?.trim()) return box.focus();
  if (thing === "participant") return then((rest) => rest.another(blank, id, values));
  if (values.who_id) Object.assign(values, doer(values.who_id));
  if (thing === "entry") values.readers ??= "those present";
  if ($$(`[data-row="${blank.dataset.row}"]`)[1]) return; // what is done instead of a promise, by a second tap
  values.position = nextPosition(thing);
  addRow(thing, id, values);
  const order = ["parent", "kind", ...Object.keys(values)];
  for (const field of new Set(order)) if (field in values) journal.write(thing, id, field, values[field]);
  if (blank.dataset.row) return then((rest) => { rest.instead(blank, id); rest.refresh(); });
  box.value = "";
  for (const tick of $$(':checked[name$=":kind"], :checked[name$=":interpreted"]', blank)) tick.checked = tick.value === "";
  renew(blank);
  const caught = $("[data-caught]", blank);
  if (caught) caught.textContent = "Kept for Plan.";
  refresh();
  box.focus();
}

// -- buttons: those of a row say what they do in their value, the others by an attribute
const ELSEWHERE = ["go", "turn", "pause", "saveFile", "colleagues"];

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button, a");
  if (!button) return;
  const { dataset, name, value, href } = button;
  const composer = dataset.add && button.closest("[data-blank]");
  const verb = ELSEWHERE.find((each) => each in dataset);
  const leaves = href && !button.hash && !button.target && !event.ctrlKey && !event.metaKey;
  if (composer || name === "do" || name === "more" || verb || leaves) event.preventDefault();
  if (composer) add(composer);
  else if (name === "do") then((rest) => rest.act(...value.split(":")));
  else if (name === "more") then((rest) => rest.unfold(button));
  else if (verb) then((rest) => rest[verb](dataset[verb] || button));
  else if ("note" in dataset) { $("#staff-note").open = true; setTimeout(() => $("#new-note").focus()); }
  else if (leaves) then((rest) => rest.leave(() => { location = href; }));
});

addEventListener("submit", (event) => event.target.closest("section[data-stage], .who-is-here") && event.preventDefault());
addEventListener("load", refresh);
for (const part of $$("[data-plain]")) part.remove(); // all is here: nobody needs to save by hand
Promise.all([journal.start(), atLast()]).then(([waiting, rest]) => rest.begin(waiting)).catch(() => {});
