// Covers the screen: at a tap, or after minutes without one. It needs no network, and nothing is lost.

const cover = document.querySelector(".cover");
const covered = sessionStorage; // of this tab alone: a page that is loaded again stays covered
const untouchedFrom = performance.now();
let touchedAt = untouchedFrom;
let titleUnder;
let focusUnder;
let caretUnder;

function coverScreen() {
  if (cover.open) return;
  focusUnder = document.activeElement;
  caretUnder = focusUnder.selectionStart;
  cover.showModal();
  cover.focus(); // not the button: what somebody goes on typing must not press it
  titleUnder = document.title;
  document.title = "convo";
  covered.setItem("covered", 1);
}

// What the browser closes by itself, such as at a second Escape, is shown again.
cover.addEventListener("cancel", (event) => event.preventDefault());
cover.addEventListener("close", () => covered.getItem("covered") && cover.showModal());
cover.firstElementChild.addEventListener("click", () => {
  covered.removeItem("covered");
  document.title = titleUnder;
  cover.close();
  // Chromium gives the focus back without the cursor: nothing typed would arrive.
  focusUnder?.blur();
  focusUnder?.focus({ preventScroll: true });
  if (caretUnder != null) focusUnder.setSelectionRange(caretUnder, caretUnder);
});
for (const button of document.querySelectorAll("[data-cover]")) {
  button.hidden = false;
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays where somebody types
  button.addEventListener("click", coverScreen);
}

// A meeting is left alone until some time after its end, which "We have until …" moves.
for (const touch of ["pointerdown", "wheel", "keydown"]) addEventListener(touch, () => { touchedAt = performance.now(); }, true);
setInterval(() => {
  const { after, wait = 0, minutes } = cover.dataset;
  const until = document.querySelector(".until :checked");
  const longer = until && !until.defaultChecked ? until.dataset.minutes - minutes : 0;
  const now = performance.now();
  if (now - touchedAt >= after * 60000 && now - untouchedFrom >= wait * 1000 + longer * 60000) coverScreen();
}, 1000);
// Who has turned the tablet to the family stays there: the browser's way back leads to no page of the staff.
const stayTurned = (again) => {
  const to = covered.getItem("turned");
  if (again && to && to !== location.pathname) location.replace(to);
};
stayTurned(performance.getEntriesByType("navigation")[0]?.type === "back_forward");
addEventListener("pageshow", ({ persisted }) => stayTurned(persisted));
const stayCovered = () => covered.getItem("covered") && coverScreen();
// What the browser had kept of an earlier page is asked for anew: whose it was may have signed out.
addEventListener("pageshow", (event) => (event.persisted ? location.reload() : stayCovered()));
stayCovered();
