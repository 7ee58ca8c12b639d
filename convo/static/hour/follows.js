// What follows from a change, and the buttons of a row. The page comes from the school as it should stand, so
// none of this is needed to begin: it is fetched once the page stands, and is there when the wifi drops.

import { apply } from "./apply.js";
export { leave } from "./drafts.js";
export { MemoryStore } from "../tablet/memory.js";
export { saveFile } from "./file.js";
export { begin } from "./begin.js";
export { kitIsHere } from "./kit.js";
export { pause } from "./pause.js";
export { closedAtSchool, ended } from "./seal.js";
export { turn } from "./turned.js";
import { Clock } from "./clock.js";
import { closingCheck } from "./closing.js";
import { arrange, chips, element, inWords, list, once, options, steadily, step } from "./drawing.js";
import { newId } from "../tablet/store.js";
import { nameOf } from "./journal.js";
import { saveHalf } from "./drafts.js";
import { hush, tell } from "./file.js";
import { journal, page, write } from "./meeting.js";
import { $, $$, addRow, controls, fromTemplate, held, kindOf, nextPosition, rowsOf, show } from "./rows.js";
import { drawSeal, hear, openAgain, seal } from "./seal.js";
import { offerSignIn } from "./sign-in.js";
import { redraw, staysTurned } from "./turned.js";
import { heldIsNow, settle, showVersions, theseWords } from "./versions.js";
import { drawWho, offerColleagues, somebodyElse, takePlace } from "./who.js";

const FEW_WORDS = 4;
const MOST_PRIORITIES = 3;
const SECOND_TAP = 700; // ms
const words = (text) => text.split(/\s+/).filter(Boolean).length;
export const clock = new Clock(page.stage);

// Of a row with its controls: what it adds up to, here and where it can be picked.
function entryLine(row, pickable) {
  if (!$("details.more", row)) return; // not touched since the school wrote the line
  const of = (field) => $(`[name$=":${field}"]`, row);
  const text = ({ value, selectedOptions: [option] }) => (value ? option.text : "");
  const line = [text(of("parent")) || "Somebody", text(of("kind")), of("interpreted").checked ? "through the interpreter" : ""].filter(Boolean).join(" · ");
  const colour = { carer: "parent", pupil: "pupil", staff: "school" }[kindOf(of("parent").value)] ?? "other";
  once(row, [line, colour], () => {
    for (const part of [row, pickable]) {
      part.className = `entry ${colour}`;
      $("[data-line] bdi", part).textContent = line;
    }
  });
}

function actionLine(id) {
  const place = held(`action:${id}:by_whom`);
  const child = $(".child bdi").textContent;
  for (const tag of $$(`[data-row="action:${id}"] [data-place]`)) {
    tag.className = `tag ${place}`;
    tag.textContent = { home: "At home", school: "At school", pupil: child }[place] ?? "";
  }
  const day = held(`action:${id}:by_when`) || held(`conversation:${page.conversation}:next_on`);
  const by = day ? `by ${inWords(day)}` : "by the next meeting";
  const known = held(`action:${id}:how_known`);
  const detail = $(`[data-row="action:${id}"] [data-detail]`);
  if (detail) detail.textContent = [held(`action:${id}:how_often`), by, known && `we will know: ${known}`].filter(Boolean).join(" · ");
}

function check() {
  const next = held(`conversation:${page.conversation}:next_on`);
  const targets = new Map(targetsOf());
  const actions = rowsOf("action").map((id) => {
    const of = (field) => held(`action:${id}:${field}`);
    return { id, what: of("what").trim(), who: of("who").trim(), by_whom: of("by_whom") || null, has_date: Boolean(of("by_when") || next), has_target: targets.has(of("parent")), agreement: of("agreement") || "proposed" };
  });
  const undecided = $$('[data-row^="decision:"]').filter((row) => !held(`${row.dataset.row}:outcome`)).map((row) => [row.dataset.row.split(":")[1], $("h2", row).textContent]);
  const remarks = closingCheck(actions, undecided, new Set($$("[data-conflict]").map((card) => card.dataset.of)).size);
  const box = $("[data-check]");
  let found = $(".check", box);
  if (!found) { found = element("ul", { className: "check" }); $("h2 + p", box)?.replaceWith(found); }
  list(found, remarks.length ? remarks : [{ text: "Everything has someone, a date and a target." }], ({ text, stops }) => element("li", { className: stops ? "stops" : "" }, text));
  const count = (side) => actions.filter((action) => action.by_whom === side).length;
  drawSeal();
  $("[data-balance]").textContent = `Home has ${count("home")} to do, school ${count("school")}, ${$(".child bdi").textContent} ${count("pupil")}.`;
  return remarks;
}

const lines = () => $$('[data-row^="entry:"]:not([data-blank])').map((row) => [row.dataset.row.split(":")[1], row]);

function drawEntries() {
  const pickable = Object.fromEntries($$("[data-pickable]").map((row) => [row.dataset.pickable, row]));
  for (const [id, row] of lines()) entryLine(row, pickable[id]);
}

function drawJots() {
  const said = lines().map(([id, row]) => [id, $("textarea", row).value, row]);
  const jots = said.filter(([, text]) => { const count = words(text); return count && count < FEW_WORDS; });
  $("[data-jots]").hidden = !jots.length;
  for (const [id, , row] of jots) row.id = `row-${id}`;
  list($('[data-list="jot"]'), jots.map(([id, text]) => [id, text]), ([id, text]) => element("li", {}, element("a", { href: `#row-${id}` }, text)));
  drawKinds(said);
}

function drawPriorities() {
  const priorities = rowsOf("priority");
  for (const section of $$("[data-priority]")) {
    const many = $$('[data-row^="target:"]', section).length;
    $("[data-make-target]", section).hidden = many > 0;
    $(".tag", section).textContent = `Priority ${priorities.indexOf(section.dataset.priority) + 1}`;
  }
  joins(priorities);
}

const targetsOf = () => [
  ...rowsOf("target").map((id) => [id, held(`target:${id}:text`) || "A target without words"]),
  ...$$("[data-carried]").map((line) => [line.dataset.carried, line.textContent]),
];

function drawTargets() {
  const targets = targetsOf();
  for (const select of $$('select[name^="action:"][name$=":parent"]')) options(select, targets, "None yet");
  const towards = $("[data-targets]");
  towards.hidden = targets.length < 2;
  chips($(".chips", towards), targets, `${$(".composer[data-blank^='action:']").dataset.blank}:parent`);
  arrange();
  $("[data-other-actions]").hidden = !$$('[data-other-actions] [data-of=""] > li').length;
}

function drawActions() {
  rowsOf("action").forEach(actionLine);
  for (const hint of $$("[data-none]")) hint.hidden = rowsOf(hint.dataset.none).length > 0;
  const next = $("[data-next-words]");
  const day = held(`conversation:${page.conversation}:next_on`);
  next.textContent = day ? inWords(day, { weekday: "long" }) : "";
}

const PARTS = [drawWho, drawEntries, drawJots, drawPriorities, drawTargets, drawActions, () => clock.show(), check, redraw];
export function refresh() { for (const part of PARTS) part(); }

// The same after a key or from elsewhere, part by part: whoever types waits for none of it.
let lastDrawing = 0;
export async function refreshSoon() {
  const mine = ++lastDrawing;
  for (const part of PARTS) {
    await new Promise((go) => setTimeout(go));
    if (mine !== lastDrawing) return;
    steadily(part);
  }
}

const entriesOf = (id) => $(`[data-row="priority:${id}"]`).dataset.entries.split(" ").filter(Boolean);

// Beside each line: pick it, or let it stand behind a priority that is there already.
function joins(priorities) {
  const made = priorities.map(entriesOf);
  for (const id of priorities) {
    const texts = entriesOf(id).map((entry) => `“${held(`entry:${entry}:text`)}”`);
    $(`[data-row="priority:${id}"] [data-made-from]`).textContent = texts.length ? `Made from: ${texts.join(", ")}` : "";
  }
  for (const row of $$("[data-pickable]")) {
    const id = row.dataset.pickable;
    const box = row.lastElementChild;
    const within = made.findIndex((entries) => entries.includes(id));
    once(box, [priorities, within], () => {
      const pick = $('[value^="pick:"]', box);
      pick.hidden = within >= 0;
      pick.disabled = priorities.length >= MOST_PRIORITIES;
      $("[data-within]", row).textContent = within >= 0 ? `In priority ${within + 1}` : "";
      $$('[value^="join:"]', box).forEach((button) => button.remove());
      if (within < 0) priorities.forEach((priority, number) => box.append(element("button", { className: "button quiet", name: "do", value: `join:${id}:${priority}` }, `Goes with ${number + 1}`)));
    });
  }
}

// -- the buttons of a row
function make(thing, values, id = newId()) {
  values.position = nextPosition(thing);
  addRow(thing, id, values);
  if (values.entries) $(`[data-row="${thing}:${id}"]`).dataset.entries = values.entries.join(" ");
  for (const [field, value] of Object.entries(values)) journal.write(thing, id, field, value);
}

function move(thing, id, by) {
  const position = step(thing, id, by);
  if (position !== undefined) journal.write(thing, id, "position", position);
}

const VERBS = {
  // A second tap while the first was on its way makes nothing more.
  pick: (id, as) => rowsOf("priority").every((priority) => !entriesOf(priority).includes(id)) && rowsOf("priority").length < MOST_PRIORITIES && make("priority", { entries: [id], text: held(`entry:${id}:text`) }, as),
  join: (entry, id) => {
    const row = $(`[data-row="priority:${id}"]`);
    row.dataset.entries = [...new Set([...entriesOf(id), entry])].join(" ");
    journal.write("priority", id, "entries", entriesOf(id));
  },
  target: (id) => $(`[data-priority="${id}"] [data-row^="target:"]`) || make("target", { parent: id, text: held(`priority:${id}:text`) }),
  up: (thing, id) => move(thing, id, -1),
  down: (thing, id) => move(thing, id, 1),
  next: (day) => write("conversation", page.conversation, "next_on", day),
  remove: (thing, id) => {
    journal.write(thing, id, "removed", true, theseWords(thing, id));
    apply([{ thing, thing_id: id, field: "removed", value: true }]);
    tell("Taken out.", `restore:${thing}:${id}`);
  },
  restore: (thing, id) => {
    journal.write(thing, id, "removed", false);
    apply([{ thing, thing_id: id, field: "removed", value: false }]);
    for (const control of $$(`[data-row="${thing}:${id}"] :invalid`)) control.dispatchEvent(new Event("input", { bubbles: true })); // refused before
    hush();
  },
  carer: (id) => takePlace($(`[value="carer:${id}"]`)),
  colleague: (id) => takePlace($(`[value="colleague:${id}"]`)),
  settle,
  hush,
  close: () => seal(check()),
  finish: () => seal(check(), true),
};

// "More": the controls that a row has in its template, with what the row holds.
function whole(button) {
  const row = button.closest("[data-row]");
  const [thing, id] = row.dataset.row.split(":");
  const details = $("details.more", fromTemplate(thing, id));
  button.replaceWith(details);
  for (const { name } of $$("[name]", details)) {
    const value = row.dataset[name.split(":")[2]];
    if (value !== undefined) show(name, value);
  }
  delete row.dataset.bases;
  return details;
}

export function unfold(button) {
  const details = whole(button);
  details.open = true;
  refresh();
  $("summary", details).focus();
}

// Review: the kind of each entry, in a control as under "More" of its row. Drawn while it is open.
const kinds = $("[data-kinds]");
kinds.addEventListener("toggle", refresh);
kinds.addEventListener("change", ({ target }) => $$(`[data-row="${target.name.slice(0, -5)}"] button.more`).forEach(whole));

function drawKinds(said) {
  kinds.hidden = !said.length;
  if (kinds.open) once(kinds, said.map(([id, text]) => [id, text]), () => $("div", kinds).replaceChildren(...said.map(([id, text]) => {
    const label = $(".more label", fromTemplate("entry", id));
    const [words, choice] = label.children;
    words.textContent = text;
    choice.value = held(choice.name);
    return label;
  })));
}

export function act(verb, ...about) {
  VERBS[verb](...about);
  refresh();
  land(...about);
}

// A button that has done its work may be gone: the focus goes to where the work goes on, never to nowhere.
function land(...about) {
  if (document.activeElement !== document.body && document.activeElement.checkVisibility()) return;
  const near = about.filter((id) => id.includes("-")).map((id) => `[data-row$="${id}"] :is(summary, button), [data-priority="${id}"] summary`);
  const places = ['[value^="restore:"]', ...near, '[value^="pick:"]', '[data-foot] .main'];
  places.flatMap((selector) => $$(selector)).find((place) => !place.disabled && place.checkVisibility())?.focus();
}

// What is done instead of a promise: written once, and from then on an action like the others. Whoever shows it draws
// the page anew once all is shown: an action's list has not got a target whose row is still to come.
export function instead(blank, id) {
  const box = $("textarea", blank);
  const { name } = box;
  saveHalf(box);
  box.removeAttribute("name"); // the row says it from now on
  const words = element("bdi", {}, held(name));
  words.dataset.show = name;
  const outcome = blank.contains(document.activeElement) && $(":checked", blank.closest("li"));
  blank.removeAttribute("data-row");
  blank.removeAttribute("data-blank");
  blank.replaceChildren(element("p", { className: "hint" }, "Instead: ", words));
  if (outcome) outcome.focus();
}

export function conflict({ change, answer }) {
  showVersions(change, answer);
  refresh();
}

export function another(blank, id, values) {
  somebodyElse(blank, id, values);
  refresh();
}

export function colleagues(link) {
  offerColleagues(link);
  refresh();
}

// Show changes that were not made on this page, where nothing of the same field is being written on it, nor was since:
// what the school told before it took that may come after.
export function take(changes) {
  const isOlder = (change) => change.number < journal.numbers.get(nameOf(change))?.number;
  const shown = changes.filter((change) => change.written && !journal.waits(nameOf(change)) && !isOlder(change));
  const news = shown.filter((change) => journal.numbers.get(nameOf(change))?.id !== change.id); // what was written here stands here, also a space at its end
  for (const change of shown) journal.heads.set(nameOf(change), change.id);
  const whole = apply(news);
  hear(changes, whole);
  for (const change of shown) heldIsNow(nameOf(change), { by: page.me, ...change });
  if (shown.length) refreshSoon();
  return whole;
}

// The school does not take what a field says.
export function refused({ change, answer: { message } }) {
  if (change.thing === "seal") return openAgain(message);
  const row = `[data-row="${change.thing}:${change.thing_id}"]`;
  const more = $(`${row} button.more`); // the field may be under it
  if (more && !controls(nameOf(change))[0]) whole(more).open = true;
  const control = controls(nameOf(change))[0] ?? $(`${row} [type=checkbox]`);
  tell(message);
  if (!control) return;
  control.setCustomValidity(message);
  // It stays said, and the focus where somebody types on.
  const said = $(`#${REFUSED}${change.id}`) ?? element("p", { className: "error", id: REFUSED + change.id }, message);
  control.after(said);
  control.setAttribute("aria-describedby", said.id);
}

const REFUSED = "refused-";
document.addEventListener("input", ({ target }) => {
  const id = target.getAttribute("aria-describedby");
  if (!id?.startsWith(REFUSED)) return;
  $(`#${id}`)?.remove();
  target.removeAttribute("aria-describedby");
});

const KEEPS_NOTHING = "This browser keeps nothing on the tablet, or the tablet is full. What you type is saved at the school only: keep this page open until it says so.";

export function keepsNothing() {
  const box = $("[data-keeps-nothing]");
  box.textContent = KEEPS_NOTHING;
  box.hidden = false;
}

const LOST = "Something that waited on this tablet cannot be opened any more: convo has another secret key at school now. Look what is missing, and write it again.";

// What waits from before, or has left just now, whatever the school holds; but not over what was typed on this page
// until it got here, nor over another's words that the school answered with.
export function bringBack(changes) {
  const { heads, kept, numbers, refused: stood } = journal;
  const shown = changes.filter((change) => {
    const name = nameOf(change);
    const sent = numbers.get(name)?.id;
    const isOlder = kept.some((other) => other.name === name && !other.adopted) || (sent && sent !== change.id);
    if (change.refused) {
      if (isOlder && stood.delete(name)) journal.store.then((store) => store.drop([change.id], true));
      return stood.has(name);
    }
    const isLast = !isOlder && (sent || kept.some(({ id }) => id === change.id));
    if (isLast) heads.set(name, change.id);
    return isLast;
  });
  apply(shown);
  refresh();
  for (const change of journal.refused.values()) refused({ change, answer: { message: change.refused } });
  journal.store.then(({ lost }) => lost && $("[data-keeps-nothing]").before(element("p", { className: "notice" }, LOST)));
}

// -- from stage to stage
export function go(stage, push = true) {
  if (!turnTo(stage)) return;
  if (push) history.pushState({ stage }, "", $(`.stages a[data-go="${stage}"]`).href);
  journal.write("conversation", page.conversation, "stage", stage);
  $("#stage-title").focus({ preventScroll: true });
}

// Show another stage; says whether it is another.
export function turnTo(stage) {
  const now = $("section[data-stage]:not([hidden])").dataset.stage;
  if (stage === now) return false;
  for (const section of $$("section[data-stage]")) section.hidden = section.dataset.stage !== stage;
  for (const foot of $$("[data-foot]")) foot.hidden = foot.dataset.foot !== stage;
  const { style } = $("[data-foot]:not([hidden])");
  style.pointerEvents = "none"; // the second tap of two on "Next" must not close the meeting
  setTimeout(() => { style.pointerEvents = ""; }, SECOND_TAP);
  const title = $(`section[data-stage="${stage}"]`).dataset.title;
  $("#stage-title").textContent = title;
  document.title = `${title} – convo`;
  for (const link of $$(".stages a")) link.toggleAttribute("aria-current", link.dataset.go === stage);
  const link = $(`.stages a[data-go="${stage}"]`);
  link.setAttribute("aria-current", "step");
  const turn = $("[data-turn]");
  turn.pathname = turn.pathname.replace(/[^/]+$/, link.href.split("/").pop());
  hush();
  clock.enter(stage);
  journal.store.then((store) => store.keepPage("clock", clock.standing)).catch(() => {});
  refresh();
  scrollTo(0, 0);
  return true;
}
history.replaceState({ stage: page.stage }, "");
addEventListener("popstate", ({ state }) => staysTurned() || (state?.stage && go(state.stage, false)));
offerSignIn();
