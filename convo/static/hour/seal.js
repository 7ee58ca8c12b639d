// The meeting is agreed: it closes on the tablet, with or without wifi, and from then on nothing of it is changed
// here. The seal is a change like every other, behind all that was written; the school closes the meeting and makes
// the copies when it has it, or says what stops it.

import { element } from "./drawing.js";
import { leaveAtOnce, notAdded, onceAlone, reloadPage, typed } from "./drafts.js";
import { journal, page, schoolTime } from "./meeting.js";
import { $, $$ } from "./rows.js";

const sealBar = $("[data-sealed]");
const CHANGES = "main :is(input, select, textarea, button):not([data-save-file], [value=hush]), .foot button";
const NOT_ALL = "Some words are not at school yet. See what the page says of them, and change them.";
const AGREED = "The copies for the family are made by themselves as soon as the school answers. Nothing on this page can be changed any more.";

// The newest change of others, and the newest that stood here: what they write after it was not agreed.
let newest = Number(page.last);
let seen = newest;
let blind = false; // something was written that this page cannot show before it comes anew
export function hear(changes, whole) {
  for (const { thing, by, number } of changes) if (by && thing !== "note") newest = Math.max(newest, number);
  blind ||= !whole;
  if (!blind) seen = newest;
}

function tellSeal(words) {
  if (sealBar.firstChild?.data !== words) sealBar.textContent = words;
  sealBar.classList.toggle("notice", Boolean(words));
}

function tellFirst(words) {
  tellSeal(words);
  $("#stage-title").focus({ preventScroll: true });
}

// Without wifi, too: all that waits is on the tablet, and goes to school from whichever page is there next.
function toToday(event) {
  event.stopPropagation();
  journal.left = true;
}

// How the page stands with its seal.
export function drawSeal() {
  const { sealed } = journal;
  const agreed = Boolean(sealed);
  if (agreed) {
    tellSeal(`Agreed at ${new Date(sealed.value.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}. ${AGREED}`);
    if (!sealBar.children.length && !journal.forgetful) sealBar.append(element("a", { className: "button", href: "/", onclick: toToday }, "Go to Today"));
  }
  if (!agreed && !("agreed" in document.body.dataset)) return; // nothing to undo
  document.body.toggleAttribute("data-agreed", agreed);
  for (const control of $$(CHANGES)) {
    if (agreed ? control.disabled : !("still" in control.dataset)) continue;
    control.disabled = agreed;
    control.toggleAttribute("data-still", agreed);
  }
}

// Close, unless something stops it. To finish now, only what has two versions does.
export function seal(remarks, finish) {
  const stop = remarks.find(({ stops, code }) => stops && (!finish || code === "conflict"));
  if (stop) return tellFirst(stop.text);
  if (journal.refused.size) return tellFirst(NOT_ALL);
  const [half] = typed();
  if (half) return tellFirst(notAdded(half));
  journal.write("seal", page.conversation, "sealed", { at: schoolTime(), finish, seen });
  drawSeal();
  $("#stage-title").focus({ preventScroll: true });
}

export function closedAtSchool(to) {
  tellSeal("The copies for the family are there.");
  onceAlone(() => leaveAtOnce(() => { location = to; }));
}

// What comes too late is kept for somebody to decide on. Somebody has closed the meeting, and its page says so; or it
// was not held, or is not this person's any more: then it is said on the next page.
export function ended(words) {
  if (!words) return reloadPage();
  sessionStorage.setItem("told", words);
  onceAlone(() => leaveAtOnce(() => location.replace("/")));
}

export function openAgain(message = NOT_ALL) {
  seen = newest; // it was told of
  drawSeal();
  tellFirst(`Not closed yet. ${message}`);
}

journal.addEventListener("sealed", drawSeal); // in another tab
for (const touch of ["input", "click"]) addEventListener(touch, ({ target }) => journal.sealed || target.closest?.("main [name]") && tellSeal(""), true);
