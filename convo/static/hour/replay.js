// What waits on the tablet from before, shown on a page that the school made without it.

import { removeRow } from "./drawing.js";
import { $, addRow, controls, show } from "./rows.js";

const MADE = ["entry", "priority", "target", "action"];

export function replay(changes) {
  for (const change of changes) {
    const { thing, thing_id: id, field, value } = change;
    if (thing === "note" && field === "text" && !controls(`note:${id}:text`).length) {
      const box = $("#new-note");
      $('[name="new"]', box.parentElement)?.remove();
      box.name = `note:${id}:text`;
    }
    const isThere = () => $(`[data-row="${thing}:${id}"]:not([data-blank])`);
    if (MADE.includes(thing) && !isThere() && field !== "removed") {
      const of = changes.filter((other) => other.thing_id === id);
      addRow(thing, id, Object.fromEntries(of.map((other) => [other.field, other.value])));
    }
    if (field === "removed" && value) { if (isThere()) removeRow(thing, id); continue; }
    show(`${thing}:${id}:${field}`, value);
    const row = isThere();
    if (row && field === "position") row.dataset.position = value;
    if (row && field === "entries") row.dataset.entries = value.join(" ");
  }
}
