// Changes shown on the page: what waits on the tablet from before, what the tablet received after the page that it
// keeps, and what others do meanwhile. Each is one field of one row, in order.

import { removeRow } from "./drawing.js";
import { instead } from "./follows.js";
import { $, addRow, controls, renew, show } from "./rows.js";

const MADE = ["entry", "priority", "target", "action"];
const taken = new Map(); // what puts back a row that was taken out here

// Returns whether the page could show them all.
export function apply(changes) {
  let whole = true;
  for (const { thing, thing_id: id, field, value } of changes) {
    const name = `${thing}:${id}`;
    const isThere = () => $(`[data-row="${name}"]:not([data-blank])`);
    if (field === "removed") {
      if (value && isThere()) taken.set(id, removeRow(thing, id));
      else if (!value && taken.has(id)) { taken.get(id)(); taken.delete(id); }
      else if (!value && !isThere()) whole = false;
      continue;
    }
    if (thing === "note" && field === "text" && !controls(`${name}:text`).length) note(id);
    if (MADE.includes(thing) && !isThere() && !taken.has(id)) {
      const blank = $(`[data-blank="${name}"]`); // a kept page offers the id that this row took from it
      if (blank && !blank.dataset.row) renew(blank);
      addRow(thing, id, Object.fromEntries(changes.filter((other) => other.thing_id === id).map((other) => [other.field, other.value])));
      if (blank?.dataset.row) instead(blank, id);
    }
    show(`${name}:${field}`, value);
    const row = isThere();
    if (row && field === "position") row.dataset.position = value;
    if (row && field === "entries") row.dataset.entries = value.join(" ");
  }
  return whole;
}

// A note that the page does not have yet stands where new ones are written.
function note(id) {
  const box = $("#new-note");
  $('[name="new"]', box.parentElement)?.remove();
  box.name = `note:${id}:text`;
}
