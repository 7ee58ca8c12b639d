// The hour on the tablet: what is typed and tapped becomes changes of the journal, and rows on the page.

import { Clock } from "./clock.js";
import { closingCheck } from "./closing.js";
import { Drafts } from "./drafts.js";
import { Journal, MemoryStore, newId } from "./journal.js";
import { $, $$, addRow, arrange, chips, controls, fromTemplate, held, list, once, options, removeRow, renew, rowsOf, show, step, valueOf } from "./rows.js";

const page = $("#hour").dataset;
const token = () => $('[name="csrf_token"]').value;
const journal = new Journal({
  store: new MemoryStore(), conversation: page.conversation, person: page.person, pause: Number(page.flush), token: token(),
  addresses: { journal: page.journal, notes: page.notes, session: page.session },
});
for (const base of $$('[name$=":base"]')) {
  if (base.value) journal.heads.set(base.name.slice(0, -5), base.value);
}
const clock = new Clock(page.stage);
const drafts = new Drafts(page.person, page.conversation);
const FEW_WORDS = 4;
const MOST_PRIORITIES = 3;
const DOERS = { carer: "home", other: "home", pupil: "pupil", staff: "school", interpreter: "school" };
const words = (text) => text.split(/\s+/).filter(Boolean).length;
const write = (thing, id, field, value, more) => { show(`${thing}:${id}:${field}`, value); journal.write(thing, id, field, value, more); };
const live = $("[data-saved]");

// --- how it stands with saving -----------------------------------------------------------------------
const SAYS = {
  saving: "Saving", offline: "Not at school yet · keep this page open",
  stuck: "Needs you: reload this page", signin: "Needs you: sign in again, this page waits",
  another: "Needs you: somebody else is signed in. Sign in as yourself, this page waits",
};
let saidSaved = "";
journal.addEventListener("state", ({ detail }) => {
  const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (detail === "saving" && saidSaved) return; // say "saved" or what is wrong, not every key
  saidSaved = detail === "saved" ? `Saved at school ${time}` : "";
  const text = saidSaved || SAYS[detail];
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("here", detail !== "saved");
  if (detail !== "saving") $("[data-sign-in]").hidden = !["signin", "another"].includes(detail);
});
journal.addEventListener("refused", ({ detail: { change, answer } }) => {
  const control = controls(change.name)[0];
  control?.setCustomValidity(answer.message);
  control?.reportValidity();
});
journal.addEventListener("conflict", ({ detail: { change, answer } }) => {
  const row = fromTemplate("conflict", change.id);
  const [theirs, mine] = $$(".pair > *", row);
  for (const [box, who, text] of [[theirs, answer.by, answer.value], [mine, page.me, change.value]]) {
    $(".who bdi", box).textContent = who;
    $(".voice", box).textContent = text === null || text === "" ? "(empty)" : text;
  }
  $("[data-needs-you]").hidden = false;
  $('[data-list="conflict"]').append(row);
  if (!journal.waits(change.name)) show(change.name, answer.value);
  refresh();
});
// Somebody has closed the meeting: its page says so, and what comes too late is kept for a correction.
journal.addEventListener("aside", () => setTimeout(() => drafts.reload()));
for (const event of ["online", "focus", "pageshow"]) addEventListener(event, () => journal.pending && journal.soon(0));
addEventListener("visibilitychange", () => document.hidden && journal.flush());
addEventListener("beforeunload", (event) => (journal.pending || drafts.asks) && event.preventDefault());

// --- what follows from a change ----------------------------------------------------------------------
const labels = (name) => Object.fromEntries($$(`${name} input`).map((input) => [input.value, input.nextElementSibling.textContent]));
const chosen = (name) => { const list = controls(name).find((control) => control.tagName === "SELECT"); return list?.selectedOptions[0]?.value ? list.selectedOptions[0].text : ""; };
const kindOf = (id) => $(`[data-row="participant:${id}"]`)?.dataset.kind;

function entryLine(id) {
  const name = `entry:${id}`;
  const line = [chosen(`${name}:parent`) || "Somebody", chosen(`${name}:kind`), held(`${name}:interpreted`) ? "through the interpreter" : ""];
  const colour = { carer: "parent", pupil: "pupil", staff: "school" }[kindOf(held(`${name}:parent`))] ?? "other";
  for (const row of $$(`[data-row="${name}"], [data-pickable="${id}"]`)) {
    row.className = `entry ${colour}`;
    $("[data-line] bdi", row).textContent = line.filter(Boolean).join(" · ");
  }
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
  const actions = rowsOf("action").map((id) => {
    const of = (field) => held(`action:${id}:${field}`);
    return { id, what: of("what").trim(), who: of("who").trim(), by_whom: of("by_whom") || null, has_date: Boolean(of("by_when") || next), has_target: Boolean(of("parent")), agreement: of("agreement") || "proposed" };
  });
  const undecided = $$('[data-row^="decision:"]').filter((row) => !held(`${row.dataset.row}:outcome`)).map((row) => [row.dataset.row.split(":")[1], $("h2", row).textContent]);
  const remarks = closingCheck(actions, undecided, $$("[data-conflict]").length);
  const box = $("[data-check]");
  let found = $(".check", box);
  if (!found) { found = document.createElement("ul"); found.className = "check"; $("h2 + p", box)?.replaceWith(found); }
  list(found, remarks.length ? remarks : [{ text: "Everything has someone, a date and a target." }], (line, remark) => { line.textContent = remark.text; line.classList.toggle("stops", Boolean(remark.stops)); });
  const count = (side) => actions.filter((action) => action.by_whom === side).length;
  $("[data-balance]").textContent = `Home has ${count("home")} to do, school ${count("school")}, ${$(".child bdi").textContent} ${count("pupil")}.`;
}

function refresh() {
  rowsOf("entry").forEach(entryLine);
  rowsOf("action").forEach(actionLine);
  for (const hint of $$("[data-none]")) hint.hidden = rowsOf(hint.dataset.none).length > 0;
  const jots = rowsOf("entry").filter((id) => { const count = words(held(`entry:${id}:text`)); return count && count < FEW_WORDS; });
  $("[data-jots]").hidden = !jots.length;
  list($('[data-list="jot"]'), jots.map((id) => [id, held(`entry:${id}:text`)]), (line, [id, text]) => { const link = document.createElement("a"); link.href = `#entry:${id}:text`; link.textContent = text; line.append(link); });
  const priorities = rowsOf("priority");
  for (const button of $$('[value^="pick:"]')) button.disabled = priorities.length >= MOST_PRIORITIES;
  for (const section of $$("[data-priority]")) {
    const many = $$('[data-row^="target:"]', section).length;
    $("[data-make-target]", section).hidden = many > 0;
    $(".tag", section).textContent = `Priority ${priorities.indexOf(section.dataset.priority) + 1}`;
  }
  const targets = [
    ...rowsOf("target").map((id) => [id, held(`target:${id}:text`) || "A target without words"]),
    ...$$("[data-carried]").map((line) => [line.dataset.carried, line.textContent]),
  ];
  for (const select of $$('select[name^="action:"][name$=":parent"]')) options(select, targets);
  const towards = $("[data-targets]");
  towards.hidden = targets.length < 2;
  chips($(".chips", towards), targets, `${$(".composer[data-blank^='action:']").dataset.blank}:parent`);
  arrange();
  $("[data-other-actions]").hidden = !$$('[data-other-actions] [data-of=""] > li').length;
  joins(priorities);
  const next = $("[data-next-words]");
  const day = held(`conversation:${page.conversation}:next_on`);
  next.textContent = day ? inWords(day, { weekday: "long" }) : "";
  check();
}

const inWords = (day, more) => new Date(`${day}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", ...more });
const entriesOf = (id) => $(`[data-row="priority:${id}"]`).dataset.entries.split(" ").filter(Boolean);

// Beside each line: pick it, or let it stand behind a priority that is there already.
function joins(priorities) {
  for (const id of priorities) {
    const texts = entriesOf(id).map((entry) => `“${held(`entry:${entry}:text`)}”`);
    $(`[data-row="priority:${id}"] [data-made-from]`).textContent = texts.length ? `Made from: ${texts.join(", ")}` : "";
  }
  for (const row of $$("[data-pickable]")) {
    const id = row.dataset.pickable;
    const box = $(".row", row);
    const within = priorities.findIndex((priority) => entriesOf(priority).includes(id));
    $('[value^="pick:"]', box).hidden = within >= 0;
    $("[data-within]", row).textContent = within >= 0 ? `In priority ${within + 1}` : "";
    once(box, [priorities, within], () => {
      $$('[value^="join:"]', box).forEach((button) => button.remove());
      if (within < 0) priorities.forEach((priority, number) => box.append(Object.assign(document.createElement("button"), { className: "button quiet", name: "do", value: `join:${id}:${priority}`, textContent: `Goes with ${number + 1}` })));
    });
  }
}

let waiting;
const later = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 150); };

// --- typing and choosing -----------------------------------------------------------------------------
function record(control) {
  const [thing, id, field] = control.name.split(":");
  if (!field || control.closest("[data-blank]")?.querySelector("[data-add]")) return;
  const value = valueOf(control);
  if (value === undefined) return;
  control.setCustomValidity("");
  const row = control.closest("[data-blank], [data-row]");
  const marker = row && $(`[name="new"][value^="${thing}:${id}"]`, row);
  if (marker) {
    marker.remove();
    for (const hidden of $$(`[type="hidden"][name^="${thing}:${id}:"]:not([name$=":base"])`, row)) journal.write(thing, id, hidden.name.split(":")[2], valueOf(hidden));
  }
  show(control.name, value, control);
  journal.write(thing, id, field, value);
  if (thing === "participant" && field === "present") return reloadAfter();
  if (thing === "action" && field === "who_id") choose(id, value);
  for (const part of $$(`[data-if^="${control.name}="]`)) part.hidden = part.dataset.if !== `${control.name}=${value}`;
  if (control.dataset.minutes) clock.know(Number(control.dataset.minutes));
  later();
}

function choose(action, participant) {
  if (!participant) return;
  write("action", action, "who", labels("[data-doers]")[participant] ?? "");
  write("action", action, "by_whom", DOERS[kindOf(participant)] ?? "");
}
document.addEventListener("input", ({ target }) => target.name && record(target));
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-enter]");
  if (!box || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  add(box.closest("[data-blank]"));
});

// --- adding a row from a composer --------------------------------------------------------------------
function add(blank) {
  const [thing, id] = blank.dataset.blank.split(":");
  const values = {};
  for (const control of $$(`[name^="${thing}:${id}:"]:not([name$=":base"])`, blank)) {
    const value = valueOf(control);
    if (value !== undefined && value !== "" && value !== false) values[control.name.split(":")[2]] = value;
  }
  const box = $("[data-enter], textarea, input[type=text]", blank);
  const essence = values.text ?? values.what ?? values.name;
  if (!essence?.trim()) return box.focus();
  if (thing === "participant") return reloadAfter(() => Object.entries(values).forEach(([field, value]) => journal.write(thing, id, field, value)));
  if (values.who_id) Object.assign(values, { who: labels("[data-doers]")[values.who_id], by_whom: DOERS[kindOf(values.who_id)] });
  if (thing === "entry") values.readers ??= "those present";
  values.position = Math.max(0, ...$$(`[data-row^="${thing}:"]`).map((row) => Number(row.dataset.position) || 0)) + 1;
  addRow(thing, id, values);
  for (const row of $$(`[data-row="${thing}:${id}"]`)) row.dataset.position = values.position;
  const order = ["parent", "kind", ...Object.keys(values)];
  for (const field of new Set(order)) if (field in values) journal.write(thing, id, field, values[field]);
  if (blank.dataset.row) return instead(blank, id);
  box.value = "";
  for (const tick of $$(':checked[name$=":kind"], :checked[name$=":interpreted"]', blank)) tick.checked = tick.value === "";
  renew(blank);
  const caught = $("[data-caught]", blank);
  if (caught) caught.textContent = "Kept for Plan.";
  refresh();
  box.focus();
}

// What is done instead of a promise: written once, and from then on an action like the others.
function instead(blank, id) {
  const hint = Object.assign(document.createElement("p"), { className: "hint", textContent: "Instead: " });
  const words = document.createElement("bdi");
  words.dataset.show = `action:${id}:what`;
  words.textContent = held(`action:${id}:what`);
  hint.append(words);
  const outcome = $(":checked", blank.closest("li"));
  blank.removeAttribute("data-row");
  blank.removeAttribute("data-blank");
  blank.replaceChildren(hint);
  refresh();
  outcome.focus();
}

// --- buttons -----------------------------------------------------------------------------------------
const places = (thing) => rowsOf(thing).map((id) => Number($(`[data-row="${thing}:${id}"]`).dataset.position) || 0);

function make(thing, values) {
  const id = newId();
  values.position = Math.max(0, ...places(thing)) + 1;
  addRow(thing, id, values);
  $$(`[data-row="${thing}:${id}"]`).forEach((row) => { row.dataset.position = values.position; });
  if (values.entries) $(`[data-row="${thing}:${id}"]`).dataset.entries = values.entries.join(" ");
  for (const [field, value] of Object.entries(values)) journal.write(thing, id, field, value);
}

function move(thing, id, by) {
  const old = places(thing);
  const at = step(thing, id, by);
  if (at === null) return;
  const beyond = old[at + by] ?? old[at] + 2 * by;
  const position = (old[at] + beyond) / 2;
  $$(`[data-row="${thing}:${id}"]`).forEach((row) => { row.dataset.position = position; });
  journal.write(thing, id, "position", position);
}

let putBack; // what was taken out last

const VERBS = {
  pick: (id) => rowsOf("priority").length < MOST_PRIORITIES && make("priority", { entries: [id], text: held(`entry:${id}:text`) }),
  join: (entry, id) => {
    const row = $(`[data-row="priority:${id}"]`);
    row.dataset.entries = [...entriesOf(id), entry].join(" ");
    journal.write("priority", id, "entries", entriesOf(id));
  },
  target: (id) => make("target", { parent: id, text: held(`priority:${id}:text`) }),
  up: (thing, id) => move(thing, id, -1),
  down: (thing, id) => move(thing, id, 1),
  next: (day) => write("conversation", page.conversation, "next_on", day),
  remove: (thing, id) => {
    journal.write(thing, id, "removed", true);
    if (thing === "participant") return reloadAfter();
    putBack = removeRow(thing, id);
    const undo = $("[data-undo]");
    undo.hidden = false;
    $("button", undo).value = `restore:${thing}:${id}`;
  },
  restore: (thing, id) => {
    journal.write(thing, id, "removed", false);
    putBack();
    $("[data-undo]").hidden = true;
  },
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button, a");
  if (!button) return;
  const [verb, ...rest] = (button.name === "do" ? button.value : "").split(":");
  const composer = button.dataset.add && button.closest("[data-blank]");
  if (VERBS[verb] || composer || button.dataset.go) event.preventDefault();
  if (VERBS[verb]) {
    VERBS[verb](...rest);
    refresh();
    land(...rest);
  }
  else if (composer) add(composer);
  else if (button.dataset.go) go(button.dataset.go);
  else if (button.name === "do") { event.preventDefault(); await send(button); }
  else if ("note" in button.dataset) { $("#staff-note").open = true; setTimeout(() => $("#new-note").focus()); }
  else if (button.href && !button.hash && !button.target && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (await journal.flush()) leave(() => { location = button.href; });
  }
});

// A button that has done its work may be gone: the focus goes to where the work goes on, never to nowhere.
function land(...about) {
  if (document.activeElement !== document.body && document.activeElement.checkVisibility()) return;
  const near = about.filter((id) => id.includes("-")).map((id) => `[data-row$="${id}"] :is(summary, button), [data-priority="${id}"] summary`);
  const places = ["[data-undo] button", ...near, '[value^="pick:"]', '[data-foot] .main'];
  places.flatMap((selector) => $$(selector)).find((place) => !place.disabled && place.checkVisibility())?.focus();
}

function leave(go) {
  drafts.leaving = true;
  go();
}

async function reloadAfter(change) {
  change?.();
  if (await journal.flush()) drafts.reload();
}

// What only the school can do goes there as a plain form, after everything typed has arrived.
async function send(button) {
  if (!(await journal.flush())) return;
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: button.form.action, hidden: true });
  for (const [name, value] of [["csrf_token", journal.token], ["op", newId()], [button.name, button.value]]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  leave(() => form.submit());
}

// --- from stage to stage -----------------------------------------------------------------------------
function go(stage, push = true) {
  const now = $("section[data-stage]:not([hidden])").dataset.stage;
  if (stage === now) return;
  for (const section of $$("section[data-stage]")) section.hidden = section.dataset.stage !== stage;
  for (const foot of $$("[data-foot]")) foot.hidden = foot.dataset.foot !== stage;
  const title = $(`section[data-stage="${stage}"]`).dataset.title;
  $("#stage-title").textContent = title;
  document.title = `${title} – convo`;
  for (const link of $$(".stages a")) link.toggleAttribute("aria-current", link.dataset.go === stage);
  const link = $(`.stages a[data-go="${stage}"]`);
  link.setAttribute("aria-current", "step");
  const turn = $("[data-turn]");
  turn.href = turn.href.replace(/[^/]+$/, link.href.split("/").pop());
  if (push) history.pushState({ stage }, "", link.href);
  journal.write("conversation", page.conversation, "stage", stage);
  clock.enter(stage);
  refresh();
  scrollTo(0, 0);
  $("#stage-title").focus({ preventScroll: true });
}
history.replaceState({ stage: page.stage }, "");
addEventListener("popstate", ({ state }) => state?.stage && go(state.stage, false));

// --- the guide's card stays as it was left -----------------------------------------------------------
for (const card of $$(".guide")) {
  card.open = sessionStorage.getItem("guide") === "open";
  card.addEventListener("toggle", () => {
    sessionStorage.setItem("guide", card.open ? "open" : "closed");
    for (const other of $$(".guide")) other.open = card.open;
  });
}
addEventListener("submit", (event) => event.target.closest("section[data-stage], .who-is-here") && event.preventDefault());
refresh();
