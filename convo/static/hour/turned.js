// The family's side of the hour, made on the tablet from what its page holds now: one thing at a time, in the words
// of the kit. While it is turned nothing else of the page is drawn, and the address is the family's own, so that a
// reload comes back to it. Who may read what is the same as in convo/hour/family.py and convo/summary/readers.py.

import { leave } from "./drafts.js";
import { holdBack } from "./family.js";
import { bringKit, kit } from "./kit.js";
import { journal } from "./meeting.js";
import { $, $$, held } from "./rows.js";
import { tap, tapOn } from "./taps.js";
import { everybody } from "./who.js";

const VOICES = { carer: "parent", pupil: "pupil", staff: "school" };
const FOR_ALL_HERE = ["", "those present", "all carers"];

let turnedTo; // the family's address
let titleBefore;
let family; // the part of the page that they see
let drawnOf = ""; // what it was made of
let tags = [];
let tag;
let theirCards = [];
let number = 0;

const folded = (text) => ` ${text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().toLowerCase().split(/[^\p{L}\p{N}_]+/u).join(" ")} `;
// The same as in_latin_letters in convo/language/text.py.
const inLatinLetters = (text) => text.split(/\p{sc=Latin}/u).length > text.split(/[^\P{L}\p{sc=Latin}]/u).length;
const wordsIn = (language) => $(`[data-family="${language}"]`, kit);

// Nothing is for carers here whom the kit does not know.
function cardsOf(slug, people, readers, before) {
  if (!readers.every(({ apart }) => apart)) return [];
  const apart = readers.flatMap((reader) => reader.apart);
  const names = readers.flatMap((reader) => reader.names).map(folded);
  const tells = (text) => names.some((name) => folded(text).includes(name));
  const meeting = readers.some(({ who }) => apart.includes(who));
  const person = (id) => people.find((other) => other.id === id);
  const carerOf = (voice) => (voice?.kind === "carer" ? voice.who : "");
  const keptFrom = (voice) => (carerOf(voice) ? apart.includes(voice.who) : voice ? meeting && !["staff", "pupil"].includes(voice.kind) : apart.length);
  const family = people.filter(({ kind, present, out }) => present && !out && !["staff", "interpreter"].includes(kind));
  const entry = (id) => {
    const said = held(`entry:${id}:parent`);
    const voice = person(said);
    const mayRead = FOR_ALL_HERE.includes(held(`entry:${id}:readers`)) || (family.length && family.every((each) => each.id === said));
    if (mayRead && !(said && keptFrom(voice))) return { thing: "entry", id, colour: VOICES[voice?.kind] ?? "", name: voice?.label, what: held(`entry:${id}:text`) };
  };
  const action = (id, of, doer) => {
    const [what, who, place, often, day] = ["what", "who", "by_whom", "how_often", "by_when"].map(of);
    const named = !apart.length || (place === "home" ? doer && !apart.includes(doer) : !tells(who));
    if (!tells(`${what} ${often}`)) return { thing: "action", id, colour: place, what, who: named && who, often, day, [place]: true };
  };
  const written = (id) => action(id, (field) => held(`action:${id}:${field}`), carerOf(person(held(`action:${id}:who_id`))));
  const idsIn = (list) => $$(`[data-list="${list}"] > li`).map((row) => row.dataset.row.split(":")[1]);
  const made = () => {
    if (slug === "since-last-time") return before.map((promise) => action(promise.id, (field) => promise[field], promise.doer));
    if (slug === "explore" || slug === "focus") return idsIn("entry").map(entry);
    const agreed = idsIn("readback").filter((id) => slug === "review" && held(`action:${id}:agreement`) === "agreed");
    return (agreed.length ? agreed : idsIn("readback")).map(written);
  };
  return made().filter((card) => card?.what.trim());
}

// The same as long_date in convo/language/dates.py.
function longDate(day, language) {
  const [form, weekdays, months] = JSON.parse(wordsIn(language).dataset.dates);
  const date = new Date(`${day}T12:00`);
  const slots = { w: weekdays[date.getDay()], d: date.getDate(), dd: day.slice(-2), m: months[date.getMonth()], y: date.getFullYear() };
  return form.replace(/\{(\w+)\}/g, (_, slot) => slots[slot]);
}

// A part of the kit's side stands there for what its data-part names; __slots__ take the words.
function drawFamily() {
  const card = theirCards[number];
  const count = theirCards.length;
  const slots = {
    ...card, [turnedTo.split("/").pop()]: true, some: card, nothing: !card, number: number + 1, count,
    languages: tags.length > 1, pages: count > 1, before: number, after: theirCards[number + 1],
    day: card?.day && longDate(card.day, tag), english: card?.day && longDate(card.day, "en"),
  };
  for (const other of tags) slots[`in ${other}`] = true;
  const now = document.importNode(wordsIn(tag).content.firstElementChild, true);
  for (const part of $$("*", now)) {
    const stands = part.dataset.part?.split(", ");
    if (stands && !stands.some((name) => slots[name])) part.remove();
    else if (!part.children.length) part.textContent = part.textContent.replace(/__(\w+?)__/g, (_, slot) => slots[slot]);
    if (part.dir === "auto" && inLatinLetters(slots[part.dataset.part] || "")) {
      Object.assign(part, { lang: "en", dir: "ltr" });
      slots.typed = true;
    }
  }
  for (const part of $$(".family-card, .tag", now)) part.className += ` ${card.colour}`;
  $("[data-cover]", now).hidden = false;
  holdBack($("[data-hold]", now), $("[data-hold-hint]", now), turnBack);
  now.addEventListener("click", touched);
  family?.remove();
  family = now;
  document.body.append(now);
  document.title = $("h1", now).textContent;
  showTap();
  $("main", now).focus();
  scrollTo(0, 0); // which the focus has left where "main" is higher than the screen
}

function showTap() {
  const chosen = tapOn(theirCards[number]?.id, $("[data-chosen]", family)?.value)?.answer; // to what is asked here
  for (const part of $$("[data-chosen]", family)) part.classList.toggle("unsaid", !chosen);
  for (const button of $$('[name="answer"]', family)) Object.assign(button, { ariaPressed: button.value === chosen, disabled: journal.sealed });
}

function touched(event) {
  event.stopPropagation(); // the hour's own buttons are not among these
  const button = event.target.closest("button:not([data-cover]), a:not([data-hold])"); // which others do
  if (!button) return;
  event.preventDefault();
  const { dataset: { step }, name, value, lang } = button;
  if (name) {
    tap(theirCards[number], value, name === "undo");
    if (name === "undo") $('[name="answer"]', family).focus();
  } else {
    if (step) number += +step;
    else tag = lang;
    drawFamily();
  }
}

// Let what they see follow what the page holds.
export function redraw() {
  if (!turnedTo || !kit) return;
  const people = everybody();
  const here = people.filter(({ kind, present, out }) => kind === "carer" && present && !out);
  const { carers, before } = JSON.parse($("#kit-family", kit).dataset.readers);
  const reads = here.map(({ id, who }) => held(`participant:${id}:reads`) || carers[who]?.reads);
  tags = [...new Set([...reads.filter((read) => read !== "en" && wordsIn(read)), "en"])];
  theirCards = cardsOf(turnedTo.split("/").pop(), people, here.map(({ who }) => ({ who, ...carers[who] })), before);
  const made = JSON.stringify([tags, theirCards]);
  if (drawnOf === made) return showTap();
  drawnOf = made;
  if (!tags.includes(tag)) tag = tags[0];
  number = Math.max(0, Math.min(number, theirCards.length - 1));
  drawFamily();
}

// Turn the tablet to the family; without the kit, to the page that the school makes for them.
export function turn({ pathname, href }) {
  if (location.pathname !== pathname) {
    if (!kit || !wordsIn("en")) {
      leave(() => { location = href; });
      return;
    }
    history.pushState({}, "", pathname);
  }
  turnedTo = pathname;
  titleBefore = document.title;
  sessionStorage.setItem("turned", pathname);
  document.body.dataset.turned = "";
  redraw();
  bringKit(true); // somebody may be kept apart from who is here since the page came
}

function turnBack() {
  history.replaceState({ stage: $("section[data-stage]:not([hidden])").dataset.stage }, "", turnedTo.replace("/family/", "/"));
  sessionStorage.removeItem("turned");
  family.remove();
  family = turnedTo = undefined;
  drawnOf = "";
  document.title = titleBefore;
  delete document.body.dataset.turned;
  ($("[data-tap] button") ?? $("[data-turn]")).focus();
}

// The browser's way back does not lead out of it.
export function staysTurned() {
  if (turnedTo) history.pushState({}, "", turnedTo);
  return turnedTo;
}
journal.addEventListener("kit", redraw);
