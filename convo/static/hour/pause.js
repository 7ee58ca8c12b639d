// A pause over the page, with or without wifi, and behind it what to do about a concern for a child's safety. Nothing
// about the concern is written: only that its page was opened, and how it was left.

import { leave } from "./drafts.js";
import { tellStay } from "./file.js";
import { newId } from "../tablet/store.js";
import { copyOf } from "./kit.js";
import { journal, mayLeave } from "./meeting.js";
import { $ } from "./rows.js";

// Without the kit it is a page of the school's.
export async function pause() {
  const dialog = copyOf("pause");
  if (!dialog) {
    if (await mayLeave()) leave(() => { location = "pause"; });
    return;
  }
  document.body.append(dialog);
  const over = document.body.lastElementChild;
  const id = newId();
  over.addEventListener("click", async (event) => {
    const way = event.target.closest("a");
    if (way) { // without wifi to the page that can lock the tablet
      event.preventDefault();
      event.stopPropagation();
      if (navigator.serviceWorker?.controller || await mayLeave()) return leave(() => { location = way.href; });
      over.close();
      return tellStay();
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
