// The session has run out, or somebody else is signed in: a bar says so, and whose page it is signs in over it. The
// page stays as it is, and so do the focus and the cursor.

import { leave } from "./drafts.js";
import { TIME_LIMIT } from "./journal.js";
import { copyOf } from "./kit.js";
import { journal, page } from "./meeting.js";
import { $, $$ } from "./rows.js";

const OUT = { signin: "You have been signed out. What you type", another: "Somebody else is signed in here. What is yours" };
const UNREACHED = "The school cannot be reached just now. What was typed is kept: try again in a moment.";
const [outWords, outButton] = $("[data-signed-out]").children;
let over; // the dialog, while it stands over the page

// How the journal stands with the school: the bar, and the token in what is sent as a plain form.
function drawOut() {
  const { out, token, forgetful } = journal;
  const words = out && `${OUT[out]} waits ${forgetful ? "in this page: keep it open" : "on this tablet"}.`;
  if (outWords.textContent !== words) outWords.textContent = words;
  outWords.parentElement.classList.toggle("notice", Boolean(out));
  for (const hidden of $$('[name="csrf_token"]')) hidden.value = token;
  if (!out) over?.close();
  if (!out && document.activeElement === outButton) comeBack(hereWith(typedIn));
  outButton.hidden = !out;
}

// -- where the hand was
let typedIn; // what had the focus last on the page itself

const hereWith = (place) => [place, place?.selectionStart, place?.selectionEnd];

function comeBack([to, from, until]) {
  const place = to?.isConnected && to !== document.body ? to : $("#stage-title");
  place.blur(); // Chromium gives the focus back without the cursor: nothing typed would arrive
  place.focus({ preventScroll: true });
  if (from != null) place.setSelectionRange(from, until);
}

// -- the answers
function tellBeside(box, words, wrong = true) {
  const said = $("p", box.parentElement);
  said.textContent = words;
  said.className = wrong ? "error" : "hint";
  box.setAttribute("aria-invalid", Boolean(words) && wrong);
}

function askFor(box, words, wrong) {
  tellBeside(box, words, wrong);
  box.focus();
  box.select();
}

// Resolves to who is signed in now, or to an error that the school gave, with what it needs. Fails without an answer.
async function signInAgain(words) {
  const who = await journal.who();
  if (who.person === page.person) return who; // in another tab, or the answer was lost on its way
  const answer = await fetch("/session", {
    method: "POST", redirect: "error", signal: AbortSignal.timeout(TIME_LIMIT),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": who.csrf },
    body: JSON.stringify(words),
  });
  if (!answer.ok && answer.status !== 401) throw new Error(answer.status);
  return answer.json();
}

let signingIn = false;

async function submitSignIn(event) {
  event.preventDefault();
  if (signingIn) return;
  const { password, code } = event.target.elements;
  const codeField = code.parentElement;
  tellBeside(password, "");
  tellBeside(code, "");
  if (!password.value) return askFor(password, "Type your password.");
  if (!codeField.hidden && !code.value) return askFor(code, "Type the code.");
  signingIn = true;
  const answer = await signInAgain(Object.fromEntries(new FormData(event.target))).catch(() => ({}));
  signingIn = false;
  if (answer.person === page.person) {
    Object.assign(journal, { token: answer.csrf, out: "", tries: 0 });
    journal.flush();
    drawOut();
  } else if (!over.open) return; // "Not now" was quicker
  else if (answer.needs === "code") {
    const first = codeField.hidden;
    codeField.hidden = false;
    askFor(code, answer.error, !first);
  } else if (answer.error) {
    password.value = "";
    askFor(password, answer.error);
  } else askFor(codeField.hidden ? password : code, UNREACHED);
}

// Without the kit one signs in on another page; this one waits, and goes on.
function signInOver() {
  const dialog = copyOf("sign-in");
  if (!dialog) return open("/sign-in");
  const cameFrom = hereWith(document.activeElement === outButton ? typedIn : document.activeElement);
  document.body.append(dialog);
  over = document.body.lastElementChild;
  over.showModal();
  $("[name=password]", over).focus();
  $("[data-not-now]", over).addEventListener("click", () => over.close());
  $("form", over).addEventListener("submit", submitSignIn);
  over.addEventListener("close", () => { // and what was typed in it is gone
    over.remove();
    comeBack(cameFrom);
  });
}

// What is sent as a plain form goes once the school knows who asks: its answer would be another page otherwise.
let knowsWho = false;

function sendsItself(event) {
  if (knowsWho || event.defaultPrevented) return;
  event.preventDefault();
  const { target, submitter } = event;
  leave(() => { knowsWho = true; target.requestSubmit(submitter); knowsWho = false; });
}

export function offerSignIn() {
  journal.addEventListener("state", ({ detail }) => detail !== "saving" && drawOut());
  drawOut();
  document.addEventListener("focusout", ({ target }) => { if (!target.closest("dialog, [data-signed-out]")) typedIn = target; });
  outButton.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays where somebody types
  outButton.addEventListener("click", signInOver);
  addEventListener("submit", sendsItself);
}
