// The way back from the family's side: press and hold, so that a child's tap does not turn the tablet round.
// A link's own click goes nowhere while this runs; a short tap says what to do. Whoever cannot hold, such as a
// person with a screen reader, whose tool clicks without pressing, presses twice: the second says yes.

const HOLD = 800; // ms
const SECOND = 4000; // ms within which a second press counts

export function holdBack(link, hint, back) {
  let timer;
  let first = 0;
  let pressed = false;

  const press = () => {
    if (timer) return;
    pressed = true;
    link.classList.add("held");
    timer = setTimeout(back, HOLD);
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
    if (!pressed && first && now - first < SECOND) { back(); return; }
    first = pressed ? 0 : now;
    pressed = false;
    tell();
  });
}

// The page that the school makes for the family; the one that the tablet makes comes later than this.
for (const link of document.querySelectorAll("[data-hold]")) {
  sessionStorage.setItem("turned", location.pathname);
  holdBack(link, document.querySelector("[data-hold-hint]"), () => {
    sessionStorage.removeItem("turned");
    location = link.href;
  });
}
