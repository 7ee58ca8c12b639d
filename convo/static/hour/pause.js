// A pause over the page, with or without wifi, and behind it what to do about a concern for a child's safety. Nothing
// about the concern is written: only that its page was opened, and how it was left.

import { leave, leaveAtOnce, onlyHere } from "./drafts.js";
import { newId } from "../tablet/store.js";
import { copyOf } from "./kit.js";
import { journal } from "./meeting.js";
import { $ } from "./rows.js";

// Without the kit it is a page of the school's.
export function pause() {
  const dialog = copyOf("pause");
  if (!dialog) return leave(() => { location = "pause"; });
  document.body.append(dialog);
  const over = document.body.lastElementChild;
  if (onlyHere()) $("p", over).textContent = "Take a breath, and keep this page open: nothing else keeps what is not at school yet.";
  const id = newId();
  over.addEventListener("click", async (event) => {
    const way = event.target.closest("a");
    if (way) { // without wifi to the page that can lock the tablet
      event.preventDefault();
      event.stopPropagation();
      const goes = navigator.serviceWorker?.controller && !onlyHere() ? leaveAtOnce : leave;
      if (!await goes(() => { location = way.href; })) over.close();
      return;
    }
    const does = event.target.closest("button")?.dataset.pause;
    if (does === undefined) return;
    event.stopPropagation();
    if (does === "concern") {
      journal.write("concern", id, "opened", true);
      over.replaceChildren(copyOf("concern"));
      over.scrollTo(0, 0);
      return $("h1", over).focus();
    }
    if (does) journal.write("concern", id, "answer", does);
    over.close();
  });
  over.addEventListener("close", () => over.remove());
  over.showModal();
}
