// Two people wrote one field: both texts are shown until somebody chooses, with or without wifi.

import { putBack, removeRow, sort } from "./drawing.js";
import { journal, page, stands } from "./meeting.js";
import { $, $$, addRow, fromTemplate, show } from "./rows.js";
import { showPerson } from "./who.js";

const shown = (value) => (value === null || value === "" ? "(empty)" : value);

// The school's answer to a change that it kept beside another's.
export function showVersions(change, answer) {
  const row = fromTemplate("conflict", change.id);
  const [theirs, mine] = $$(".pair > *", row);
  for (const [box, who, text] of [[theirs, answer.by, answer.value], [mine, page.me, change.value]]) {
    $(".who bdi", box).textContent = who;
    $(".voice", box).textContent = shown(text);
  }
  Object.assign(row.dataset, { of: change.name, theirs: JSON.stringify(answer.value ?? null), mine: JSON.stringify(change.value), head: answer.head ?? "" });
  if (answer.removed) {
    row.dataset.removed = answer.removed;
    const name = `${change.thing}:${change.thing_id}:removed`;
    if (!journal.waits(name)) journal.heads.set(name, answer.removed);
  }
  $(`[data-list="${change.thing === "note" ? "note" : "conflict"}"]`).append(row);
  drawVersions();
  if (!journal.waits(change.name)) show(change.name, answer.value);
}

// What a field holds has changed since its versions were shown.
export function heldIsNow(name, value, by) {
  for (const card of $$(`[data-of="${name}"]`)) {
    card.dataset.theirs = JSON.stringify(value);
    $(".who bdi", card).textContent = by;
    $(".voice", card).textContent = shown(value);
  }
}

export function removeVersions(id) {
  $(`[data-conflict="${id}"]`)?.remove();
  drawVersions();
}

function drawVersions() {
  $("[data-needs-you]").hidden = !$('[data-list="conflict"] > li');
  $("[data-versions]").hidden = !$('[data-list="note"] > li');
}

// Show what a field now holds, whatever it is a field of.
export function showChange(thing, id, field, value, holds) {
  const row = () => $(`[data-row="${thing}:${id}"]:not([data-blank])`);
  if (thing === "participant") showPerson(id, field, value);
  else if (field !== "removed") show(`${thing}:${id}:${field}`, value);
  else if (value) removeRow(thing, id);
  else if (!row()) putBack(thing, id);
  if (field === "removed" && !value && !row() && holds) bringRow(thing, id, holds);
  if (field === "entries" && row()) row().dataset.entries = value.join(" ");
}

// A row that the school took off the page before it came here.
function bringRow(thing, id, holds) {
  if (thing === "participant") {
    for (const [field, value] of Object.entries(holds)) if (field !== "removed") showPerson(id, field, value);
    return;
  }
  addRow(thing, id, holds);
  for (const row of $$(`[data-row="${thing}:${id}"]`)) {
    row.dataset.position = holds.position ?? "";
    if (holds.entries) row.dataset.entries = holds.entries.join(" ");
    sort(row.parentElement);
  }
}

// The same as _settle in convo/hour/verbs.py.
export function settle(id, choice) {
  const { of: name, head, removed, ...json } = $(`[data-conflict="${id}"]`).dataset;
  const [thing, thingId, field] = name.split(":");
  const [theirs, mine] = [JSON.parse(json.theirs), JSON.parse(json.mine)];
  const holds = json.holds && JSON.parse(json.holds);
  const texts = typeof theirs === "string" && typeof mine === "string";
  const value = choice === "theirs" ? theirs : choice === "both" && texts ? `${theirs}\n${mine}` : mine;
  if (removed && choice !== "theirs" && field !== "removed") {
    stands(`${thing}:${thingId}:removed`, removed);
    journal.write(thing, thingId, "removed", false);
    showChange(thing, thingId, "removed", false, holds);
  }
  if (head) stands(name, head);
  journal.write(thing, thingId, field, value, { settles: [id] });
  showChange(thing, thingId, field, value, holds);
  removeVersions(id);
  heldIsNow(name, value, page.me);
  ($("[data-conflict] button") ?? $("#stage-title")).focus();
}
