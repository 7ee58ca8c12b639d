// Changes shown on the page: what waits on the tablet from before, what the tablet received after the page that it
// keeps, and what others do meanwhile. Each is one field of one row, in order.

import { clockTime, holds, putBack, removeRow, takenOut } from "./drawing.js";
import { instead } from "./follows.js";
import { page } from "./meeting.js";
import { $, $$, addRow, controls, fromTemplate, renew } from "./rows.js";
import { showTapChange } from "./taps.js";
import { removeVersions } from "./versions.js";
import { isSeated, showPerson } from "./who.js";

const MADE = ["entry", "priority", "target", "action"];

// Returns whether the page could show them all.
export function apply(changes) {
  let whole = true;
  const isNew = new Set(); // rows that were made with all that these changes say
  for (const change of changes) {
    const { thing, thing_id: id, field, value, settles } = change;
    settles?.forEach(removeVersions);
    if (thing === "participant") { showPerson(id, field, value); continue; }
    if (thing === "tap") { showTapChange(id, field, value); continue; }
    const name = `${thing}:${id}`;
    const isThere = () => $(`[data-row="${name}"]:not([data-blank])`);
    if (field === "removed") {
      if (value && isThere()) removeRow(thing, id);
      else if (!value && !putBack(thing, id) && !isThere()) whole = false;
      continue;
    }
    if (thing === "note" && field === "text" && !controls(`${name}:text`).length && !note(change)) whole = false;
    if (MADE.includes(thing) && !isThere() && !takenOut.has(name)) {
      const blank = $(`[data-blank="${name}"]`); // a kept page offers the id that this row took from it
      if (blank && !blank.dataset.row) renew(blank);
      addRow(thing, id, Object.fromEntries(changes.filter((other) => other.thing_id === id).map((other) => [other.field, other.value])));
      if (blank?.dataset.row) instead(blank, id);
      isNew.add(name);
    }
    if (!isNew.has(name) || ["text", "what"].includes(field)) holds(`${name}:${field}`, value); // a tap quotes its words
    const row = isThere();
    if (row && field === "position") row.dataset.position = value;
    if (row && field === "entries") row.dataset.entries = (value ?? []).join(" ");
  }
  return whole && changes.every(({ thing, thing_id: id }) => thing !== "participant" || isSeated(id));
}

// A note that the page does not have yet. One's own stands where new ones are written, unless somebody wrote there
// already; any other by itself, with whose it is. Returns whether there is what it is made from.
function note({ thing_id: id, author = page.person, by = page.me, at }) {
  const box = $("#new-note");
  const marker = $('[name="new"]', box.parentElement); // goes with the first key
  if (marker && !box.value && author === page.person) {
    marker.remove();
    box.name = `note:${id}:text`;
    return true;
  }
  if (!$("#row-note")) return false;
  const row = fromTemplate("note", id);
  $("span", row).textContent = `${by}, ${clockTime(at)}`;
  $('[data-list="note"]').before(row);
  $("#staff-note summary").firstChild.data = `Staff note · ${$$("#staff-note textarea:not(#new-note)").length}`;
  return true;
}
