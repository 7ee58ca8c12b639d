// Two people wrote one field: both texts are shown until somebody chooses, with or without wifi.

import { apply } from "./apply.js";
import { element, sort, takenOut } from "./drawing.js";
import { nameOf } from "./journal.js";
import { journal, page, schoolTime, stands } from "./meeting.js";
import { $, $$, fromTemplate, held, show } from "./rows.js";

const wrote = new Map(); // "thing:id:field" to the change that others wrote there last

// Who wrote what a field holds, and when, as far as this page has heard of it.
function holder(name) {
  const [own, other] = [journal.numbers.get(name), wrote.get(name)];
  const last = own?.number > (other?.number ?? 0) ? { by: page.me, at: own.at } : other;
  return { by: last?.by, at: last?.at, value: held(name) };
}

// In its part of a card: who wrote a version and when, by the school's clock, and the words.
function drawVersion(box, { by, at, value }) {
  const time = at?.length > 5 ? new Date(at).toTimeString().slice(0, 5) : at;
  $(".who", box).replaceChildren(element("bdi", {}, by || "At school"), time ? `, ${time}` : "");
  $(".voice", box).textContent = value === null || value === "" ? "(empty)" : value;
}

// A change that the school kept beside what the field holds, which is another's.
export function showVersions(change, answer = holder(nameOf(change))) {
  if ($(`[data-conflict="${change.id}"]`)) return;
  const row = fromTemplate("conflict", change.id);
  const [theirs, mine] = $$(".pair > *", row);
  drawVersion(theirs, answer);
  drawVersion(mine, { by: page.me, ...change });
  const name = nameOf(change);
  Object.assign(row.dataset, { of: name, theirs: JSON.stringify(answer.value ?? null), mine: JSON.stringify(change.value), head: answer.head ?? "" });
  const removal = nameOf({ ...change, field: "removed" });
  if (answer.removed && !journal.waits(removal)) journal.heads.set(removal, answer.removed);
  if (answer.removed || isOut(change.thing, change.thing_id)) row.dataset.removed = journal.heads.get(removal);
  $(`[data-list="${change.thing === "note" ? "note" : "conflict"}"]`).append(row);
  drawVersions();
  if (!journal.waits(name)) show(name, answer.value);
}

const isOut = (thing, id) => takenOut.has(`${thing}:${id}`) || $(`[data-row="${thing}:${id}"]:not([data-blank])`)?.hidden;

// What a field holds has changed, maybe since its versions were shown.
export function heldIsNow(name, change) {
  wrote.set(name, change);
  for (const card of $$(`[data-of="${name}"]`)) {
    card.dataset.theirs = JSON.stringify(change.value);
    drawVersion(card, change);
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

// The same as _settle in convo/hour/verbs.py.
export function settle(id, choice) {
  const { of: name, head, removed, ...json } = $(`[data-conflict="${id}"]`).dataset;
  const [thing, thingId, field] = name.split(":");
  const [theirs, mine] = [JSON.parse(json.theirs), JSON.parse(json.mine)];
  const holds = json.holds && JSON.parse(json.holds);
  const texts = typeof theirs === "string" && typeof mine === "string";
  const value = choice === "theirs" ? theirs : choice === "both" && texts ? `${theirs}\n${mine}` : mine;
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
