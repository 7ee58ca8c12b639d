// The family's side of the hour, made on the tablet from what its page holds now: one thing at a time, in the words
// of the kit. While it is turned nothing else of the page is drawn, and the address is the family's own, so that a
// reload comes back to it. Who may read what is the same as in convo/hour/family.py and convo/summary/readers.py.

import { holdBack } from "./family.js";
import { kit } from "./kit.js";
import { journal, leave, mayLeave } from "./meeting.js";
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
const wordsIn = (language) => $(`[data-family="${language}"]`, kit);

// Nothing is for carers here whom the kit does not know.
function cardsOf(slug, people, readers, before) {
  if (!readers.every(({ apart }) => apart)) return [];
  const apart = readers.flatMap((reader) => reader.apart);
  const names = readers.flatMap((reader) => reader.names).map(folded);
  const tells = (text) => names.some((name) => folded(text).includes(name));
  const meeting = readers.some(({ who }) => apart.includes(who));
  const carerOf = (person) => (person?.kind === "carer" ? person.who : "");
  const person = (id) => people.find((other) => other.id === id);

  const keptFrom = (voice) => (carerOf(voice) ? apart.includes(voice.who) : voice ? meeting && !["staff", "pupil"].includes(voice.kind) : apart.length);
  const entry = (id) => {
    const said = held(`entry:${id}:parent`);
    const voice = person(said);
    const mayRead = FOR_ALL_HERE.includes(held(`entry:${id}:readers`)) || (readers.length && readers.every(({ who }) => who === carerOf(voice)));
    if (mayRead && !(said && keptFrom(voice))) return { thing: "entry", id, colour: VOICES[voice?.kind] ?? "", name: voice?.label, what: held(`entry:${id}:text`) };
  };
  const action = ({ id, what, who, by_whom: place, how_often: often, by_when: day, doer }) => {
    const named = !apart.length || (place === "home" ? doer && !apart.includes(doer) : !tells(who));
    if (!tells(`${what} ${often}`)) return { thing: "action", id, colour: place, what, who: named && who, often, day, [place]: true };
  };
  const written = (id) => {
    const of = (field) => held(`action:${id}:${field}`);
    return action({ id, what: of("what"), who: of("who"), by_whom: of("by_whom"), how_often: of("how_often"), by_when: of("by_when"), doer: carerOf(person(of("who_id"))) });
  };
  const idsIn = (list) => $$(`[data-list="${list}"] > li`).map((row) => row.dataset.row.split(":")[1]);
  const made = () => {
    if (slug === "since-last-time") return before.map(action);
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

function drawFamily() {
  const card = theirCards[number] ?? {};
  const now = document.importNode(wordsIn(tag).content.firstElementChild, true);
  const slug = turnedTo.split("/").pop();
  for (const part of $$("[data-side]", now)) if (!part.dataset.side.split(" ").includes(slug)) part.remove();
  $(theirCards.length ? "[data-nothing]" : "[data-some]", now).remove();
  for (const part of $$("[data-part]", now)) if (!card[part.dataset.part]) part.remove();
  for (const part of $$(".family-card, .tag", now)) part.className += ` ${card.colour}`;
  const slots = { ...card, number: number + 1, count: theirCards.length, day: card.day && longDate(card.day, tag), english: card.day && longDate(card.day, "en") };
  const filled = (text) => text.replace(/__(\w+?)__/g, (_, slot) => slots[slot]);
  for (const part of $$("*", now)) if (!part.children.length) part.textContent = filled(part.textContent);
  const pager = $(".pager", now);
  if (theirCards.length < 2) pager?.remove();
  else {
    pager.ariaLabel = filled(pager.ariaLabel);
    for (const link of $$("[data-step]", pager)) if (!theirCards[number + Number(link.dataset.step)]) link.remove();
  }
  for (const link of $$(".bar a[lang]", now)) if (tags.length < 2 || !tags.includes(link.lang)) link.remove();
  $("[data-cover]", now).hidden = false;
  holdBack($("[data-hold]", now), $("[data-hold-hint]", now), turnBack);
  now.addEventListener("click", touched);
  family?.remove();
  family = now;
  document.body.append(now);
  document.title = $("h1", now).textContent;
  showTap();
  scrollTo(0, 0);
  $("main", now).focus();
}

function showTap() {
  const chosen = tapOn(theirCards[number]?.id)?.answer;
  for (const part of $$("[data-chosen]", family)) part.hidden = !chosen;
  for (const button of $$('[name="answer"]', family)) button.ariaPressed = button.value === chosen;
}

function touched(event) {
  event.stopPropagation(); // the hour's own buttons are not among these
  const button = event.target.closest("button, a");
  if (!button || "hold" in button.dataset) return;
  event.preventDefault();
  const { dataset: { cover, step }, name, value, lang } = button;
  if (cover !== undefined) $("#hour [data-cover]").click();
  else if (name) {
    tap(theirCards[number], name === "answer" && value);
    if (button.hidden) $('[name="answer"]', family).focus();
  } else {
    if (step) number += Number(step);
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
  const at = theirCards[number]?.id;
  theirCards = cardsOf(turnedTo.split("/").pop(), people, here.map(({ who }) => ({ who, ...carers[who] })), before);
  const made = JSON.stringify([tags, theirCards]);
  if (drawnOf === made) return showTap();
  drawnOf = made;
  if (!tags.includes(tag)) tag = tags[0];
  number = Math.max(0, theirCards.findIndex(({ id }) => id === at));
  drawFamily();
}

// Turn the tablet to the family; without the kit, to the page that the school makes for them.
export async function turn({ pathname, href }) {
  if (location.pathname !== pathname) {
    if (!kit || !wordsIn("en")) {
      if (await mayLeave()) leave(() => { location = href; });
      return;
    }
    history.pushState({}, "", pathname);
  }
  turnedTo = pathname;
  titleBefore = document.title;
  sessionStorage.setItem("turned", pathname);
  document.body.dataset.turned = "";
  redraw();
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
