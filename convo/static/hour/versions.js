// Two people wrote one field: both texts are shown until somebody chooses, with or without wifi.

import { apply } from "./apply.js";
import { sort, takenOut } from "./drawing.js";
import { nameOf } from "./journal.js";
import { journal, page, stands } from "./meeting.js";
import { $, $$, fromTemplate, held, show } from "./rows.js";

const shown = (value) => (value === null || value === "" ? "(empty)" : value);

// A change that the school kept beside what the field holds, which is another's.
export function showVersions(change, answer = { by: "At school", value: held(nameOf(change)) }) {
  if ($(`[data-conflict="${change.id}"]`)) return;
  const row = fromTemplate("conflict", change.id);
  const [theirs, mine] = $$(".pair > *", row);
  for (const [box, who, text] of [[theirs, answer.by, answer.value], [mine, change.by ?? page.me, change.value]]) {
    $(".who bdi", box).textContent = who;
    $(".voice", box).textContent = shown(text);
  }
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
  heldIsNow(name, value, page.me);
  ($("[data-conflict] button") ?? $("#stage-title")).focus();
}
