// Changes shown on the page: what waits on the tablet from before, what the tablet received after the page that it
// keeps, and what others do meanwhile. Each is one field of one row, in order.

import { holds, putBack, removeRow, takenOut } from "./drawing.js";
import { instead } from "./follows.js";
import { $, addRow, controls, renew } from "./rows.js";
import { showTapChange } from "./taps.js";
import { removeVersions } from "./versions.js";
import { isSeated, showPerson } from "./who.js";

const MADE = ["entry", "priority", "target", "action"];

// Returns whether the page could show them all.
export function apply(changes) {
  let whole = true;
  const isNew = new Set(); // rows that were made with all that these changes say
  for (const { thing, thing_id: id, field, value, settles } of changes) {
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
    if (thing === "note" && field === "text" && !controls(`${name}:text`).length) note(id);
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

// A note that the page does not have yet stands where new ones are written.
function note(id) {
  const box = $("#new-note");
  $('[name="new"]', box.parentElement)?.remove();
  box.name = `note:${id}:text`;
}
