// Two people wrote one field: both texts are shown until somebody chooses, with or without wifi.

import { apply } from "./apply.js";
import { short } from "./closing.js";
import { element, inWords, sort, takenOut, wordsOf } from "./drawing.js";
import { hush } from "./file.js";
import { nameOf } from "./journal.js";
import { journal, page, schoolTime, stands } from "./meeting.js";
import { $, $$, controls, fromTemplate, held, show } from "./rows.js";

const wrote = new Map(); // "thing:id:field" to the change that others wrote there last

// Who wrote what a field holds, and when, as far as this page has heard of it.
function holder(name) {
  const [own, other] = [journal.numbers.get(name), wrote.get(name)];
  const last = own?.number > (other?.number ?? 0) ? { by: page.me, at: own.at } : other;
  return { by: last?.by, at: last?.at, value: held(name) };
}

// In its part of a card: who wrote a version and when, by the school's clock.
function drawWriter(box, { by, at }) {
  const time = at?.length > 5 ? new Date(at).toTimeString().slice(0, 5) : at;
  $(".who", box).replaceChildren(element("bdi", {}, by || "At school"), time ? `, ${time}` : "");
}

// The control of a field: on the page, or in the template of its row.
function controlOf(name) {
  const [thing, , field] = name.split(":");
  return controls(name)[0] ?? $(`[name$=":${field}"]`, $(`#row-${thing}`)?.content);
}

// A value as a person reads it: whom or what it names, a day in words.
function said(control, value) {
  if (value === null || value === "") return "(empty)";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map((id) => held(`entry:${id}:text`)).join(", ");
  if (control?.type === "date") return inWords(value);
  if (control?.type === "radio") return $(`[value="${value}"]`, control.closest(".chips"))?.nextElementSibling.textContent ?? value;
  return [...control?.options ?? []].find((option) => option.value === value)?.text ?? value;
}

// What a card is about, what its versions say, and what can be done: only words can stand one under the other.
function drawCard(card) {
  const { of: name, theirs, mine, removed } = card.dataset;
  const [thing, id, field] = name.split(":");
  const values = [theirs, mine].map((json) => JSON.parse(json));
  const [first, second, both] = $$("button", card);
  const control = controlOf(name);
  const words = held(wordsOf(thing, id));
  const isRemoval = field === "removed";
  const label = control && $("legend, span", control.closest("fieldset.field, label"))?.textContent;
  const about = name === wordsOf(thing, id) || !words ? "" : ` · “${short(words)}”`;
  $("p", card).textContent = isRemoval ? "One of you took this out, and had not seen how it was reworded." : `${label ?? "This"}${about} ${removed ? "was taken out, and written anew." : "has two versions."}`;
  $$(".voice", card).forEach((box, number) => { box.textContent = !isRemoval ? said(control, values[number]) : values[number] ? "Taken out" : words; });
  if (isRemoval) [first.textContent, second.textContent] = values.map((out) => (out ? "Take it out" : "Keep it"));
  if (removed) [first.textContent, second.textContent] = ["Leave it out", "Put it back"];
  if (both) both.hidden = removed || !control?.matches("textarea, [type=text]") || values.some((value) => typeof value !== "string");
}

// A change that the school kept beside what the field holds, which is another's.
export function showVersions(change, answer = standing(change)) {
  if ($(`[data-conflict="${change.id}"]`)) return;
  const row = fromTemplate("conflict", change.id);
  const [theirs, mine] = $$(".pair > *", row);
  drawWriter(theirs, answer);
  drawWriter(mine, { by: page.me, ...change });
  const name = nameOf(change);
  const { thing, thing_id: id, field } = change;
  if (field === "removed") {
    apply([{ thing, thing_id: id, field, value: answer.value }]); // as it is at school
    hush();
  }
  Object.assign(row.dataset, { of: name, theirs: JSON.stringify(answer.value ?? null), mine: JSON.stringify(change.value), head: answer.head ?? "" });
  const removal = nameOf({ ...change, field: "removed" });
  if (answer.removed && !journal.waits(removal)) journal.heads.set(removal, answer.removed);
  if (name !== removal && (answer.removed || isOut(thing, id))) row.dataset.removed = journal.heads.get(removal);
  drawCard(row);
  $(`[data-list="${change.thing === "note" ? "note" : "conflict"}"]`).append(row);
  drawVersions();
  sayAgain();
  if (name !== removal && !journal.waits(name)) show(name, answer.value);
}

// What a field holds, as far as this page has heard of it.
function standing(change) {
  const { thing, thing_id: id, field } = change;
  return field === "removed" ? { ...holder(wordsOf(thing, id)), value: Boolean(isOut(thing, id)) } : holder(nameOf(change));
}

const isOut = (thing, id) => takenOut.has(`${thing}:${id}`) || $(`[data-row="${thing}:${id}"]:not([data-blank])`)?.hidden;

// What a field holds has changed, maybe since its versions were shown.
export function heldIsNow(name, change) {
  wrote.set(name, change);
  for (const card of $$(`[data-of="${name}"]`)) {
    card.dataset.theirs = JSON.stringify(change.value);
    drawWriter(card, change);
    drawCard(card);
  }
  const [thing, id] = name.split(":");
  if (name !== wordsOf(thing, id)) return;
  for (const card of $$(`[data-of="${thing}:${id}:removed"]`)) { // which shows these words
    drawWriter(card, change);
    drawCard(card);
  }
}

export function removeVersions(id) {
  $(`[data-conflict="${id}"]`)?.remove();
  drawVersions();
  sayAgain();
}

// What the page says of how it stands. Never before it has taken up what waits on the tablet.
const sayAgain = () => journal.pending || journal.soon(0);

// Who does an action is three fields to the school, and one to whoever decides.
const goWith = ({ dataset: { of: name } }) => (name.endsWith(":who_id") ? ["who", "by_whom"].flatMap((field) => $$(`[data-of="${name.replace("who_id", field)}"]`)) : []);

function drawVersions() {
  for (const card of $$("[data-conflict]")) for (const other of goWith(card)) other.hidden = true;
  $("[data-needs-you]").hidden = !$('[data-list="conflict"] > li');
  $("[data-versions]").hidden = !$('[data-list="note"] > li');
}

// The same as _settle in convo/hour/verbs.py.
export function settle(id, choice) {
  const card = $(`[data-conflict="${id}"]`);
  for (const other of goWith(card)) settle(other.dataset.conflict, choice);
  const { of: name, head, removed, ...json } = card.dataset;
  const [thing, thingId, field] = name.split(":");
  const [theirs, mine] = [JSON.parse(json.theirs), JSON.parse(json.mine)];
  const holds = json.holds && JSON.parse(json.holds);
  const value = { theirs, mine, both: `${theirs}\n${mine}` }[choice];
  const put = (fields) => apply(Object.entries(fields).map(([each, to]) => ({ thing, thing_id: thingId, field: each, value: to })));
  if (removed && choice !== "theirs" && field !== "removed") {
    stands(`${thing}:${thingId}:removed`, removed);
    journal.write(thing, thingId, "removed", false);
    if (!put({ removed: false }) && holds) put({ ...holds, removed: false }); // it was out when the page was made
    for (const row of $$(`[data-row="${thing}:${thingId}"]:not([data-kind], .copy)`)) sort(row.parentElement);
  }
  if (head) stands(name, head);
  journal.write(thing, thingId, field, value, { settles: [id] });
  put({ [field]: value });
  removeVersions(id);
  heldIsNow(name, { by: page.me, at: schoolTime(), value });
  ($("[data-conflict] button") ?? $("#stage-title")).focus();
}

$$("[data-conflict]").forEach(drawCard); // what the school drew in its own words
drawVersions();
