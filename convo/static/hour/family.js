// The way back from the family's side: press and hold, so that a child's tap does not turn the tablet round.
// A link's own click goes nowhere while this runs; a short tap says what to do. Whoever cannot hold, such as a
// person with a screen reader, whose tool clicks without pressing, presses twice: the second says yes.

const HOLD = 800; // ms
const SECOND = 4000; // ms within which a second press counts

for (const link of document.querySelectorAll("[data-hold]")) {
  const hint = document.querySelector("[data-hold-hint]");
  let timer;
  let first = 0;
  let pressed = false;

  const press = () => {
    if (timer) return;
    pressed = true;
    link.classList.add("held");
    timer = setTimeout(() => { location = link.href; }, HOLD);
  };
  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    link.classList.remove("held");
  };
  const tell = () => { if (hint.textContent !== hint.dataset.holdHint) hint.textContent = hint.dataset.holdHint; };

  link.addEventListener("pointerdown", (event) => event.button === 0 && press());
  for (const over of ["pointerup", "pointerleave", "pointercancel", "blur"]) link.addEventListener(over, release);
  link.addEventListener("contextmenu", (event) => event.preventDefault());
  link.addEventListener("dragstart", (event) => event.preventDefault());
  link.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    press();
  });
  link.addEventListener("keyup", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    pressed = false;
    release();
    tell();
  });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const now = performance.now();
    if (!pressed && first && now - first < SECOND) { location = link.href; return; }
    first = pressed ? 0 : now;
    pressed = false;
    tell();
  });
}
