// Who is here: people come and go on the page at once, and everything that names them follows.

import { leave } from "./drafts.js";
import { chip, element, once, options } from "./drawing.js";
import { kit } from "./kit.js";
import { journal, stand } from "./meeting.js";
import { $, $$, fromTemplate, held, nextPosition, renew, show } from "./rows.js";
import { newId } from "../tablet/store.js";

const FAMILY = ["carer", "other"]; // of whom the page asks what they speak and read
const MAKES = ["carer", "person", "kind", "name"]; // a change of anything else is not somebody new
const table = $('[data-list="participant"]');
const placeOf = (id) => $(`[data-row="participant:${id}"]`, table);

function newPlace(id) {
  const place = fromTemplate("participant", id);
  $("[type=checkbox]", place).checked = true;
  table.append(place);
  return place;
}

// A carer who comes has a copy like the others, in place of the one for who is absent.
function giveCopy(id, carer) {
  const [ready, absent] = [$(`#copy-${id}`), $(`[data-absent="${carer}"]`)];
  if (!ready || !absent) return;
  const said = ["copy", "copy_language"].map((field) => `participant:${id}:${field}`).filter((name) => journal.heads.has(name)).map((name) => [name, held(name)]);
  absent.replaceWith(ready.content.firstElementChild.cloneNode(true));
  for (const [name, value] of said) show(name, value);
}

// Whether the page shows somebody whole: a carer has a copy, too.
export const isSeated = (id) => $$(`[data-row="participant:${id}"]`).length > (placeOf(id)?.dataset.kind === "carer" ? 1 : 0);

// Show one change of a participant, from wherever it comes.
export function showPerson(id, field, value) {
  const place = placeOf(id) ?? (MAKES.includes(field) && newPlace(id));
  if (place && field === "kind") {
    place.dataset.kind = value;
    const [languages, role] = [$(".pair", place), $("[data-show]", place)];
    if (languages) languages.hidden = !FAMILY.includes(value);
    role.textContent ||= value;
  }
  if (place && value && (field === "carer" || field === "person")) place.dataset.who = value;
  if (place && field === "name") $(".chip bdi", place).textContent = value;
  if (place && field === "position") place.dataset.position = value;
  if (field === "carer") giveCopy(id, value);
  if (field === "removed") for (const row of $$(`[data-row="participant:${id}"]`)) row.hidden = value;
  show(`participant:${id}:${field}`, value);
}

// In this order: a carer is named before anything else is said of them.
function comes(id, values) {
  for (const [field, value] of [...values, ["position", nextPosition("participant")]]) {
    journal.write("participant", id, field, value);
    showPerson(id, field, value);
  }
}

// Somebody takes the place that a button has ready for them.
export function takePlace(button) {
  stand([button]);
  const [thing, id] = button.dataset.place.split(":");
  const gone = journal.heads.has(`${thing}:${id}:removed`) ? [["removed", false]] : [];
  comes(id, [...gone, ...JSON.parse(button.dataset.values)]);
  $("[type=checkbox]", placeOf(id)).focus();
}

// Whoever presses before the page can do it may write the next name meanwhile, or press twice.
export function somebodyElse(blank, id, values) {
  const place = placeOf(id);
  const another = place && $(".chip", place).textContent !== values.name;
  if (!place) renew(blank); // what is shown of them is nothing that stands in it now
  comes(another ? newId() : id, Object.entries(values));
  for (const line of $$("input[type=text]", blank)) if (line.value === values[line.name.split(":")[2]]) line.value = "";
  if (document.activeElement === document.body || blank.contains(document.activeElement)) $("input[type=text]", blank).focus();
}

// Who of the staff can join; without the kit, on the page that says so.
export function offerColleagues(link) {
  if (!kit) {
    leave(() => { location = link.href; });
    return;
  }
  const list = $("[data-colleague-list]");
  if (!list.children.length) list.append(document.importNode($("#kit-colleagues", kit).content, true));
  list.hidden = !list.hidden;
  link.setAttribute("aria-expanded", !list.hidden);
}

// -- what names them
function chipsOf(box, people, name) {
  const there = Object.fromEntries($$("[type=radio]", box).map((input) => [input.value, input.parentElement]));
  for (const [id, label] of Object.entries(there)) if (!people.some((person) => person.id === id)) label.remove();
  people.forEach(({ id, label }, number) => there[id] || box.insertBefore(chip(name, id, label, false), box.children[number]));
}

// A select keeps whom it stands at, and in "Who said it" whom it had: they may have said it before they went.
function selectOf(select, people, unset, keeps) {
  const had = [...select.options].filter(({ value, selected }) => value && (keeps || selected) && !people.some(({ id }) => id === value));
  const label = ({ value, text }) => [value, $(".chip", placeOf(value) ?? select)?.textContent ?? text];
  options(select, [...people.map(({ id, label }) => [id, label]), ...had.map(label)], unset);
}

export const everybody = () => [...table.children].map((place) => ({
  id: place.dataset.row.split(":")[1], kind: place.dataset.kind, who: place.dataset.who, out: place.hidden,
  label: $(".chip", place).textContent, present: $("input[type=checkbox]", place).checked,
}));

export function drawWho() {
  const all = everybody();
  const here = all.filter(({ out }) => !out);
  const present = here.filter((person) => person.present);
  const voices = present.filter(({ kind }) => kind !== "interpreter");
  const names = $("[data-names]");
  const text = present.map(({ label }) => label).join(", ") || "Nobody is marked as here";
  if (names.textContent !== text) names.replaceChildren(...present.flatMap(({ label }, number) => [number ? ", " : "", element("bdi", {}, label)]), present.length ? "" : text);
  const said = $("[data-voices]");
  chipsOf(said, voices, `${said.closest("[data-blank]").dataset.blank}:parent`);
  const first = present.find(({ kind }) => kind === "carer") ?? voices[0];
  if (first && !$("[type=radio]:checked", said)) $(`[value="${first.id}"]`, said).checked = true;
  const through = $("[data-interpreted]");
  through.hidden = !("asked" in through.dataset) && voices.length === present.length;
  if (through.hidden) $("input", through).checked = false;
  const does = $("[data-doers]");
  chipsOf(does, voices, `${does.closest("[data-blank]").dataset.blank}:who_id`);
  for (const select of $$('select[name^="entry:"][name$=":parent"]')) once(select.parentElement, [all, select.value], () => selectOf(select, voices, "", true));
  for (const select of $$('select[name^="action:"][name$=":who_id"]')) selectOf(select, voices, "Somebody else");
  for (const copy of $$("[data-follows]")) {
    const name = `${copy.dataset.row}:copy`;
    if (!journal.heads.has(name)) show(name, present.some(({ id }) => copy.dataset.row === `participant:${id}`));
  }
  drawComers(here);
}

// Whoever is here already is not offered. Nor is a carer who is kept apart from one who is here now: what the
// page holds of them is taken out of it.
function drawComers(here) {
  const carers = here.filter(({ kind }) => kind === "carer").map(({ who }) => who);
  const buttons = $$("button[data-place]");
  for (const button of buttons) {
    const [verb, who] = button.value.split(":");
    const id = button.dataset.place.split(":")[1];
    const copy = $(`[data-absent="${who}"]`);
    const beside = button.dataset.beside?.split(" ");
    if (beside && carers.some((carer) => carer !== who && !beside.includes(carer))) {
      for (const part of [button, copy, $(`#copy-${id}`)]) part?.remove();
    }
    button.hidden = here.some((person) => person.who === who);
  }
  const nobody = $("[data-nobody]");
  if (nobody) nobody.hidden = $$('[value^="colleague:"]').some((button) => !button.hidden);
}
