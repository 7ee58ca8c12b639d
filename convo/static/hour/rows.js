// The rows on the page: reading their controls, setting them, and making new ones from the <template>s.

import { newId } from "./journal.js";

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

export const controls = (name) => $$(`[name="${name}"]`);

// What a control says, as the journal writes it; undefined for a radio button that is not chosen.
export function valueOf(control) {
  const field = control.name.split(":")[2];
  if (control.dataset.json !== undefined) return JSON.parse(control.dataset.json);
  if (control.type === "checkbox") return control.checked;
  if (control.type === "radio") return control.checked ? control.value : undefined;
  if (field === "position") return Number(control.value);
  return control.value;
}

// What a field holds on the page, whichever of its controls says so.
export function held(name) {
  for (const control of controls(name)) {
    const value = valueOf(control);
    if (value !== undefined) return value;
  }
  return "";
}

export function show(name, value, except) {
  for (const control of controls(name)) {
    if (control === except) continue;
    if (control.type === "radio") control.checked = control.value === (value ?? "");
    else if (control.type === "checkbox") control.checked = Boolean(value);
    else if (control.value !== (value ?? "")) {
      // A target made a moment ago is not in the lists yet: they are drawn anew soon after.
      if (control.tagName === "SELECT" && value && ![...control.options].some((option) => option.value === value)) control.append(new Option(value, value));
      control.value = value ?? "";
    }
  }
  for (const place of $$(`[data-show="${name}"]`)) place.textContent = value ?? "";
}

// Make a row from its template, with __id__ replaced wherever it stands, and return it.
export function fromTemplate(kind, id) {
  const row = $(`#row-${kind}`).content.firstElementChild.cloneNode(true);
  for (const element of [row, ...$$("*", row)]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("__id__")) element.setAttribute(name, value.replaceAll("__id__", id));
    }
  }
  return row;
}

export const rowsOf = (thing) => [...new Set($$(`[data-row^="${thing}:"]:not([data-blank])`).map((row) => row.dataset.row.split(":")[1]))];

// Take a row off the page, wherever it stands; returns what puts it back. What stands under a priority stays.
export function removeRow(thing, id) {
  const taken = $$(`[data-row="${thing}:${id}"], [data-pickable="${id}"], [data-priority="${id}"]`).map((row) => [row, document.createComment("")]);
  const under = $$(`[data-priority="${id}"] [data-row^="target:"]`).map((row) => [row, row.parentElement]);
  $('[data-list="target"][data-of=""]').append(...under.map(([row]) => row));
  $('[data-list="action"][data-of=""]').append(...$$(`[data-priority="${id}"] [data-row^="action:"]`));
  for (const [row, mark] of taken) row.replaceWith(mark);
  return () => {
    for (const [row, mark] of taken) mark.replaceWith(row);
    for (const [row, list] of under) list.append(row);
  };
}

const drawn = new WeakMap();

// Draw a part of the page only when what it shows has changed: a part drawn anew loses the focus.
export function once(part, shows, draw) {
  const text = JSON.stringify(shows);
  if (drawn.get(part) === text) return;
  drawn.set(part, text);
  draw();
}

// A composer keeps its controls; they get a new id, so that the next row is another one.
export function renew(blank) {
  const [thing, old] = blank.dataset.blank.split(":");
  const id = newId();
  for (const element of $$("[name], [value], [for], [id]", blank)) {
    for (const attribute of ["name", "value", "for", "id"]) {
      const value = element.getAttribute(attribute);
      if (value?.includes(old)) element.setAttribute(attribute, value.replaceAll(old, id));
    }
  }
  blank.dataset.blank = `${thing}:${id}`;
}

export function addRow(thing, id, values) {
  const under = values.parent;
  if (thing === "entry") {
    place($('[data-list="entry"]'), fromTemplate("entry", id));
    place($('[data-list="pickable"]'), fromTemplate("pickable", id));
  } else if (thing === "priority") {
    place($('[data-list="priority"]'), fromTemplate("priority", id));
    place($('[data-list="plan"]'), fromTemplate("plan", id));
  } else if (thing === "target") {
    place($(`[data-list="target"][data-of="${under}"]`), fromTemplate("target", id));
  } else if (thing === "action") {
    place($(`[data-list="action"][data-of=""]`), fromTemplate("action", id));
    place($('[data-list="readback"]'), fromTemplate("readback", id));
  }
  for (const [field, value] of Object.entries(values)) show(`${thing}:${id}:${field}`, value);
}

function place(list, row) { list?.append(row); }

// Put each action under the priority that its target belongs to.
export function arrange() {
  const home = Object.fromEntries(rowsOf("target").map((id) => {
    const list = $(`[data-row="target:${id}"]`).closest('[data-list="target"]');
    return [id, list?.dataset.of ?? ""];
  }));
  for (const id of rowsOf("action")) {
    const row = $(`[data-row="action:${id}"]:not([data-readback])`);
    const of = home[held(`action:${id}:parent`)] ?? "";
    const list = $(`[data-list="action"][data-of="${of}"]`) ?? $('[data-list="action"][data-of=""]');
    if (row && list && row.parentElement !== list) list.append(row);
  }
}

// Move a row one place among its neighbours; returns the position between its new ones, or null at an end.
export function step(thing, id, by) {
  const ids = rowsOf(thing);
  const at = ids.indexOf(id) + by;
  if (at < 0 || at >= ids.length) return null;
  for (const row of $$(`[data-row="${thing}:${id}"], [data-pickable="${id}"], [data-priority="${id}"]`)) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (other) row[by < 0 ? "after" : "before"](other); // what is moved loses the focus: let it be the other
  }
  return at;
}

export function list(box, items, text) {
  once(box, items, () => box.replaceChildren(...items.map((item) => { const line = document.createElement("li"); text(line, item); return line; })));
}

export function options(select, targets) {
  once(select, targets, () => {
    const value = select.value;
    select.replaceChildren(new Option("None yet", ""), ...targets.map(([id, text]) => new Option(text, id)));
    select.value = value;
  });
}

export function chips(box, targets, name) {
  const before = $(":checked", box)?.value;
  once(box, [targets, name], () => box.replaceChildren(...targets.map(([id, text], number) => {
    const span = document.createElement("span");
    const input = Object.assign(document.createElement("input"), { type: "radio", name, value: id, id: `towards-${number}`, checked: before ? id === before : number === 0 });
    const label = Object.assign(document.createElement("label"), { className: "chip", htmlFor: input.id, textContent: text });
    span.className = "choice";
    span.append(input, label);
    return span;
  })));
}
