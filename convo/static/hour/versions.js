// Two people wrote one field: both texts are shown until somebody chooses, with or without wifi.

import { apply } from "./apply.js";
import { short } from "./closing.js";
import { clockTime, element, holds, inWords, sort, steadily, takenOut, wordsOf } from "./drawing.js";
import { hush } from "./file.js";
import { nameOf } from "./journal.js";
import { journal, page, schoolTime, stands } from "./meeting.js";
import { $, $$, controls, fromTemplate, held, valueOf } from "./rows.js";

const wrote = new Map(); // "thing:id:field" to the change that others wrote there last
const shownHere = new Map(); // what this page drew: ids of changes to them and the school's answers
const gone = new Map(); // cards that somebody chose of, by the same ids

// The change that a field got last, as far as this page has heard of it.
function lastOf(name) {
  const [own, other] = [journal.numbers.get(name), wrote.get(name)];
  return own?.number > (other?.number ?? 0) ? { ...own, by: page.me } : other;
}

// Who wrote what a field holds, and when.
function holder(name) {
  const { by, at, number } = lastOf(name) ?? {};
  return { by, at, number, value: held(name) };
}

// In its part of a card: who wrote a version and when, by the school's clock.
function drawWriter(box, { by, at }) {
  const time = clockTime(at);
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

// The words of a row, also where it is taken out.
function wordsOn({ dataset: { of, holds: row } }) {
  const [thing, id] = of.split(":");
  const name = wordsOf(thing, id);
  return held(name) || (takenOut.get(`${thing}:${id}`)?.meanwhile[name] ?? (row && JSON.parse(row)[name.split(":")[2]])) || "";
}

// For taking something out: of which words.
export function theseWords(thing, id) {
  const base = journal.heads.get(wordsOf(thing, id));
  return base && { base };
}

// What a card is about, what its versions say, and what can be done: only words can stand one under the other.
function drawCard(card) {
  const { of: name, theirs, mine, removed } = card.dataset;
  const [thing, id, field] = name.split(":");
  const values = [theirs, mine].map((json) => JSON.parse(json));
  const [first, second, both] = $$("button", card);
  const control = controlOf(name);
  const words = wordsOn(card);
  const isRemoval = field === "removed";
  const label = control && $("legend, span", control.closest("fieldset.field, label"))?.textContent;
  const about = name === wordsOf(thing, id) || !words ? "" : `“${short(words)}” · `;
  $("p", card).textContent = isRemoval ? "One of you took this out. Another reworded it, or put it back." : `${about}${label ?? "What it is made from"}: ${removed ? "taken out, and written anew." : "two versions."}`;
  $$(".voice", card).forEach((box, number) => { box.textContent = !isRemoval ? said(control, values[number]) : values[number] ? "Taken out" : words || box.textContent; });
  if (isRemoval) [first.textContent, second.textContent] = values.map((out) => (out ? "Take it out" : "Keep it"));
  else [first.textContent, second.textContent] = removed ? ["Leave it out", "Put it back"] : ["Keep the first", "Keep the second"];
  for (const [number, button] of [first, second].entries()) button.ariaDescription = $$("p", card).filter((part) => !part.matches(".voice") || part === $$(".voice", card)[number]).map((part) => part.textContent).join(" ");
  if (both) both.hidden = removed || !control?.matches("textarea, [type=text]") || values.some((value) => typeof value !== "string");
}

// A change that the school kept beside what the field holds, which is another's.
export function showVersions(change, told = standing(change)) {
  if (!$("#row-conflict")) return journal.addEventListener("kit", () => showVersions(change, told), { once: true });
  // An answer may be older than what the field holds by now: it came with a kept page, or was waited for.
  const answer = lastOf(nameOf(change))?.number > (told.number ?? change.number) ? { ...told, ...standing(change) } : told;
  for (const card of (change.settles ?? []).map((id) => gone.get(id))) { // what was chosen came too late
    if (card && !card.dataset.of.endsWith(":removed")) putCard(card, change.field === "removed" ? holder(card.dataset.of) : answer);
  }
  // From now on what is typed has seen the other's words.
  if (told.outcome && journal.heads.get(nameOf(change)) === change.id) journal.heads.set(nameOf(change), told.head);
  if ($(`[data-conflict="${change.id}"]`)) return;
  const row = fromTemplate("conflict", change.id);
  drawWriter(row.querySelector(".pair > :last-child"), { by: page.me, ...change });
  const name = nameOf(change);
  const { thing, thing_id: id, field } = change;
  const removal = nameOf({ ...change, field: "removed" });
  if (name === removal) {
    apply([{ thing, thing_id: id, field, value: answer.value }]); // as it is at school
    if ($("[data-told] button").value.endsWith(id)) hush();
  }
  Object.assign(row.dataset, { of: name, mine: JSON.stringify(change.value), head: answer.head ?? "" });
  if (answer.removed && !journal.waits(removal)) journal.heads.set(removal, answer.removed);
  // An answer says whether the row is out at school; what others did, the page.
  if (name !== removal && (answer.removed || (!answer.outcome && isOut(thing, id)))) row.dataset.removed = journal.heads.get(removal);
  putCard(row, answer);
  if (name !== removal && !journal.waits(name)) holds(name, answer.value);
  shownHere.set(change.id, [change, answer]);
  keepCards();
}

function putCard(card, answer) {
  card.dataset.theirs = JSON.stringify(answer.value ?? null);
  drawWriter(card, answer);
  drawCard(card);
  steadily(() => {
    $(`[data-list="${card.dataset.of.startsWith("note") ? "note" : "conflict"}"]`).append(card);
    drawVersions();
  });
  sayAgain();
}

// What a field holds, as far as this page has heard of it.
function standing(change) {
  const { thing, thing_id: id, field } = change;
  if (field !== "removed") return holder(nameOf(change));
  const value = Boolean(isOut(thing, id));
  return { ...holder(value ? nameOf(change) : wordsOf(thing, id)), value };
}

const isOut = (thing, id) => takenOut.has(`${thing}:${id}`) || $(`[data-row="${thing}:${id}"]:not([data-blank])`)?.hidden;

// Kept with the page: those that it drew since it came.
export async function keepCards() {
  await (await journal.store).keepPage("cards", { drawn: [...shownHere.values()] }).catch(() => {});
}

// What a field holds has changed, maybe since its versions were shown.
export function heldIsNow(name, change) {
  wrote.set(name, change);
  const [thing, id, field] = name.split(":");
  for (const card of $$(`[data-of^="${thing}:${id}:"]`)) {
    const { of, theirs } = card.dataset;
    if (of === name) card.dataset.theirs = JSON.stringify(change.value);
    else if (field === "removed") Object.assign(card.dataset, { removed: change.value ? change.id ?? "" : "" });
    if (of === name || (of.endsWith(":removed") && name === wordsOf(thing, id) && theirs !== "true")) drawWriter(card, change);
    drawCard(card);
  }
}

export function removeVersions(id) {
  const card = $(`[data-conflict="${id}"]`);
  if (card) gone.set(id, card);
  card?.remove();
  if (shownHere.delete(id)) keepCards();
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
  const row = json.holds && JSON.parse(json.holds);
  const value = { theirs, mine, both: `${theirs}\n${mine}` }[choice];
  const put = (fields) => apply(Object.entries(fields).map(([each, to]) => ({ thing, thing_id: thingId, field: each, value: to })));
  const out = field !== "removed" && (removed || isOut(thing, thingId));
  if (out && removed) stands(`${thing}:${thingId}:removed`, removed);
  if (out && choice === "theirs") { // it is left out, whatever its field holds: this page may not know that
    journal.write(thing, thingId, "removed", true, { settles: [id] });
    put({ removed: true });
    holds(name, value);
  } else {
    if (out) {
      journal.write(thing, thingId, "removed", false);
      if (!put({ removed: false }) && row) put({ ...row, removed: false }); // it was out when the page was made
      for (const row of $$(`[data-row="${thing}:${thingId}"]:not([data-kind], .copy)`)) sort(row.parentElement);
    }
    if (head) stands(name, head);
    journal.write(thing, thingId, field, value, { settles: [id], ...(field === "removed" && value && theseWords(thing, thingId)) });
    if (!put({ [field]: value }) && row) put({ ...row, removed: false });
  }
  removeVersions(id);
  heldIsNow(name, { by: page.me, at: schoolTime(), value });
  ($$("[data-conflict] button").find((button) => button.checkVisibility()) ?? $("#stage-title")).focus();
}

// What is typed on top of the first version is the first version.
document.addEventListener("input", ({ target }) => {
  const [thing, id, field] = target.name?.split(":") ?? [];
  const value = field && $(`[data-conflict][data-of^="${thing}:${id}:"]`) ? valueOf(target) : undefined;
  if (value !== undefined) steadily(() => heldIsNow(target.name, { by: page.me, at: schoolTime(), value }));
});

$$("[data-conflict]").forEach(drawCard); // what the school drew in its own words
drawVersions();
