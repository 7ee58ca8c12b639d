// Drawing what the rows on the page add up to: lists, choices, their order and their places.

import { $, $$, held, rowsOf, show } from "./rows.js";

// The field that a person reads before they take something out. The same as words_of in convo/conversation/fields.py.
export const wordsOf = (thing, id) => `${thing}:${id}:${thing === "action" ? "what" : "text"}`;

export const takenOut = new Map(); // "thing:id" to what puts the row back, and what is said of it meanwhile

// Take a row off the page, wherever it stands. What stands under a priority stays.
export function removeRow(thing, id) {
  const taken = $$(`[data-row="${thing}:${id}"], [data-pickable="${id}"], [data-priority="${id}"]`).map((row) => [row, document.createComment("")]);
  const under = $$(`[data-priority="${id}"] [data-row^="target:"]`).map((row) => [row, row.parentElement]);
  $('[data-list="target"][data-of=""]').append(...under.map(([row]) => row));
  $('[data-list="action"][data-of=""]').append(...$$(`[data-priority="${id}"] [data-row^="action:"]`));
  const towards = $$("select").filter(({ value }) => value === id);
  const words = wordsOf(thing, id);
  const meanwhile = { [words]: held(words) };
  for (const [row, mark] of taken) row.replaceWith(mark);
  takenOut.set(`${thing}:${id}`, { meanwhile, back() {
    for (const [row, mark] of taken) mark.replaceWith(row);
    for (const [row, list] of under) if (!takenOut.has(row.dataset.row)) list.append(row);
    for (const [name, value] of Object.entries(meanwhile)) show(name, value);
    for (const select of towards) if (!select.value) show(select.name, id, undefined, select.parentElement);
  } });
}

// What a field holds now, also of a row that this page has taken out.
export function holds(name, value) {
  const [thing, id] = name.split(":");
  const out = takenOut.get(`${thing}:${id}`);
  if (out) out.meanwhile[name] = value;
  show(name, value);
}

// Put a row back that this page has taken out.
export function putBack(thing, id) {
  takenOut.get(`${thing}:${id}`)?.back();
  return takenOut.delete(`${thing}:${id}`);
}

// Draw something, and let what has the focus stay where it is on the screen, though the page grows above it.
export function steadily(draw) {
  const { activeElement: at } = document;
  const [top, scrolled] = [at.getBoundingClientRect().top, scrollY];
  draw();
  if (at !== document.body && at.isConnected && scrollY === scrolled) scrollBy({ top: at.getBoundingClientRect().top - top, behavior: "instant" });
}

const drawn = new WeakMap();

// Draw a part of the page only when what it shows has changed: a part drawn anew loses the focus.
export function once(part, shows, draw) {
  const text = JSON.stringify(shows);
  if (drawn.get(part) === text) return;
  drawn.set(part, text);
  draw();
}

// Let the rows of a list stand by their position.
export const sort = (list) => list.append(...[...list.children].sort((a, b) => a.dataset.position - b.dataset.position));

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
    if (row && list && row.parentElement !== list) { list.append(row); sort(list); }
  }
}

// Move a row one place in its list; returns its position between its new neighbours, nothing at the list's end.
export function step(thing, id, by) {
  const beside = (row) => (by < 0 ? row.previousElementSibling : row.nextElementSibling);
  const other = beside($(`[data-row="${thing}:${id}"]`));
  if (!other) return;
  const at = Number(other.dataset.position);
  const position = (at + Number(beside(other)?.dataset.position ?? at + 2 * by)) / 2;
  for (const row of $$(`[data-row="${thing}:${id}"], [data-pickable="${id}"], [data-priority="${id}"]`)) {
    row.dataset.position = position;
    if (row.matches(".readback")) sort(row.parentElement);
    else row[by < 0 ? "after" : "before"](beside(row) ?? ""); // what is moved loses the focus: let it be the other
  }
  return position;
}

// A new element, with what stands in it.
export function element(tag, has, ...inside) {
  const made = Object.assign(document.createElement(tag), has);
  made.append(...inside);
  return made;
}

export function list(box, items, lineOf) {
  once(box, items, () => box.replaceChildren(...items.map(lineOf)));
}

export function options(select, items, unset) {
  once(select, items, () => {
    const value = select.value;
    select.replaceChildren(...[...(unset ? [["", unset]] : []), ...items].map(([id, text]) => new Option(text, id)));
    select.value = value;
  });
}

export function chip(name, value, text, checked) {
  const words = element("span", { className: "chip" }, element("bdi", {}, text));
  return element("label", { className: "choice" }, element("input", { type: "radio", name, value, checked }), words);
}

export function chips(box, targets, name) {
  const before = $(":checked", box)?.value;
  once(box, [targets, name], () => box.replaceChildren(...targets.map(([id, text], number) => chip(name, id, text, before ? id === before : number === 0))));
}

// When a change was made: as the school tells it, or by an instant.
export const clockTime = (at) => (at?.length > 5 ? new Date(at).toTimeString().slice(0, 5) : at);

export const inWords = (day, more) => new Date(`${day}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", ...more });
