// The rows on the page: reading their controls, setting them, and making new ones from the <template>s.

import { newId } from "../tablet/store.js";

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// Asked for at every key: while nothing was added to the page, the browser still knows them by name.
export const controls = (name) => [...document.getElementsByName(name)];

// What a control says, as the journal writes it; undefined for a radio button that is not chosen.
export function valueOf(control) {
  const field = control.name.split(":")[2];
  if (control.dataset.json !== undefined) return JSON.parse(control.dataset.json);
  if (control.type === "checkbox") return control.checked;
  if (control.type === "radio") return control.checked ? control.value : undefined;
  if (field === "position") return Number(control.value);
  return control.value;
}

// What a field holds on the page: one of its controls says so, or its row, while "More" was not opened.
export function held(name) {
  for (const control of controls(name)) {
    const value = valueOf(control);
    if (value !== undefined) return value;
  }
  const [thing, id, field] = name.split(":");
  return $(`[data-row="${thing}:${id}"][data-${field}]`)?.dataset[field] ?? "";
}

// Within a row that is not on the page yet, or wherever the field stands.
export function show(name, value, except, within) {
  for (const control of within ? $$(`[name="${name}"]`, within) : controls(name)) {
    if (control === except) continue;
    if (control.type === "radio") control.checked = control.value === (value ?? "");
    else if (control.type === "checkbox") control.checked = Boolean(value);
    else if (control.value !== (value ?? "")) {
      // A target made a moment ago is not in the lists yet: they are drawn anew soon after.
      if (control.tagName === "SELECT" && value && ![...control.options].some((option) => option.value === value)) control.append(new Option(value, value));
      control.value = value ?? "";
    }
  }
  const [thing, id, field] = name.split(":");
  for (const part of $$(`[data-if^="${name}="], [data-show="${name}"], [data-row="${thing}:${id}"][data-bases]`, within)) {
    if (part.dataset.if) part.hidden = part.dataset.if !== `${name}=${value}`;
    else if (part.dataset.show) part.textContent = value ?? "";
    else part.dataset[field] = value || "";
  }
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

export const kindOf = (id) => $(`[data-row="participant:${id}"]`)?.dataset.kind;
export const rowsOf = (thing) => [...new Set($$(`[data-row^="${thing}:"]:not([data-blank])`).map((row) => row.dataset.row.split(":")[1]))];

// Something was typed in a box that is not what the page offered there.
export const isHalf = ({ value, defaultValue }) => value.trim() && value !== defaultValue;

// A composer keeps its controls; they get a new id, so that the next row is another one.
export function renew(blank) {
  const [thing, old] = blank.dataset.blank.split(":");
  const id = newId();
  for (const element of $$("[name], [value], [id], [aria-describedby]", blank)) {
    for (const attribute of ["name", "value", "id", "aria-describedby"]) {
      const value = element.getAttribute(attribute);
      if (value?.includes(old)) element.setAttribute(attribute, value.replaceAll(old, id));
    }
  }
  blank.dataset.blank = `${thing}:${id}`;
}

// A new row stands behind the others.
export const nextPosition = (thing) => Math.max(0, ...$$(`[data-row^="${thing}:"]`).map((row) => Number(row.dataset.position) || 0)) + 1;

export function addRow(thing, id, values) {
  const lists = {
    entry: { entry: '[data-list="entry"]', pickable: '[data-list="pickable"]' },
    priority: { priority: '[data-list="priority"]', plan: '[data-list="plan"]' },
    target: { target: `[data-list="target"][data-of="${values.parent}"], [data-list="target"][data-of=""]` },
    action: { action: '[data-list="action"][data-of=""]', readback: '[data-list="readback"]' },
  };
  for (const [kind, list] of Object.entries(lists[thing] ?? {})) {
    const row = fromTemplate(kind, id);
    for (const [field, value] of Object.entries(values)) show(`${thing}:${id}:${field}`, value, undefined, row);
    row.dataset.position = values.position ?? "";
    $(list)?.append(row);
  }
}
