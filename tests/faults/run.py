"""One run: the hour is typed, something goes wrong at a random moment, and the school holds all of it."""

import random
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.faults.compare import at_school, closed_once, on_the_page, received
from tests.faults.hour import HOUR, MOTHER, SPARE
from tests.faults.kinds import KINDS, Kind
from tests.faults.patience import PATIENCE, until
from tests.faults.school import Meeting, Server
from tests.faults.teacher import Teacher
from tests.faults.typed import Typed
from tests.support.browser import TABLET
from tests.support.people import PASSWORD

LEAST = 120  # changes of an hour that the school has to receive, or the run proves nothing
FIRST, LAST = 4, 6  # steps before anything goes wrong, and after that
# What goes wrong while the meeting is closed; at times nothing.
CLOSING = ("", "offline", "reload offline", "server killed", "server hangs", "answer lost", "session ended")

Some = TypeVar("Some")


@dataclass
class Outcome:
    """What became of a run."""

    seed: int
    faults: list[str] = field(default_factory=list)
    typed: int = 0
    held: int = 0
    seconds: float = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"{self.typed} changes typed, {self.held} at school, {self.seconds:.0f} s"
        said = f"seed {self.seed}: {counts}, {' + '.join(self.faults)}"
        return "\n    ".join([f"{'FAILED' if self.problems else 'ok'}  {said}", *self.problems])


@dataclass
class Active:
    """A fault that has begun, and the step at which it goes on."""

    kind: Kind
    way: Iterator[None]
    due: int


class Run:
    """What faults act upon: the school, the tablet, and the hands of the teacher."""

    def __init__(self, browser: Any, server: Server, meeting: Meeting, seed: int) -> None:
        self.browser, self.server, self.meeting = browser, server, meeting
        self.random = random.Random(seed)
        self.context = self._tablet()
        self.wrong: list[str] = []
        page = self.context.new_page()
        self.teacher = Teacher(meeting, page)
        self._watch(page)
        server.sign_in(page, meeting.okafor)
        page.goto(self.hour)
        self._ready()

    @property
    def page(self) -> Any:
        """The tab in front of the teacher."""
        return self.teacher.page

    @property
    def typed(self) -> Typed:
        """What was typed so far."""
        return self.teacher.typed

    @property
    def hour(self) -> str:
        """The address of the meeting."""
        return f"{self.server.address}/conversations/{self.meeting.id}/explore"

    def _tablet(self) -> Any:
        context = self.browser.new_context(
            viewport={"width": TABLET[0], "height": TABLET[1]},
            has_touch=True,
            is_mobile=True,
            base_url=self.server.address,
        )
        context.set_default_timeout(PATIENCE * 1000)
        return context

    def _watch(self, page: Any) -> None:
        page.on("dialog", lambda dialog: dialog.accept())  # "leave the page?": yes
        page.on("pageerror", lambda error: self.wrong.append(f"the script broke: {error}"))

    def _ready(self) -> None:
        """Wait until the tablet could open the hour without wifi."""
        until(self.page, lambda: self.page.evaluate(_READY), "the tablet keeps the page")

    # -- what faults do
    def chance(self, of: float) -> bool:
        """Return whether something happens that happens so often."""
        return self.random.random() < of

    def choice(self, among: Sequence[Some]) -> Some:
        """Return one of these."""
        return self.random.choice(among)

    def wifi(self, there: bool) -> None:
        """Take the tablet's wifi away, or give it back."""
        self.context.set_offline(not there)

    def half_a_second(self) -> None:
        """Let the time pass after which what was typed must not be lost with the page."""
        self.page.evaluate(_HALF_A_SECOND)

    def sign_in_over_the_page(self) -> None:
        """Sign in where the bar over the page asks for it."""
        bar = self.page.locator("[data-signed-out] button")
        bar.wait_for()
        bar.tap()
        dialog = self.page.get_by_role("dialog", name="Sign in")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").tap()
        dialog.wait_for(state="hidden")

    def open(self) -> None:
        """Open the hour in a new tab, which the teacher goes on with."""
        self.teacher.page = self.context.new_page()
        self._watch(self.page)
        self.page.goto(self.hour)

    def another_tab(self) -> None:
        """Go on in another tab once this one has nothing left to send."""
        self.saved()
        self.page.close()
        self.open()
        self.returned()

    def returned(self) -> None:
        """Wait until the page shows all that was typed, and what was half written."""
        self.page.locator("#stage-title, .turned h1").locator("visible=true").first.wait_for()
        self._shows_all()

    def _shows_all(self) -> None:
        wrong = []

        def shows() -> bool:
            wrong[:] = on_the_page(self.page, self.typed)
            return not wrong

        try:
            until(self.page, shows, "the page shows what was typed")
        except AssertionError as late:
            raise AssertionError(f"{late}\n    " + "\n    ".join(wrong)) from None

    def spare(self) -> str:
        """Return the name of a line at school that nobody else has changed yet, said now if need be."""
        names = self.teacher.names
        said = [name for name in SPARE if name in names and not self.typed.is_shared("entry", names[name])]
        if not said:
            self.teacher.say("spare", MOTHER, "We like the park")
        self.saved()
        return self.choice(said or ["spare"])

    def other(self, act: Callable[[Any], None]) -> None:
        """Let the SENCO do something in the meeting on a tablet of her own."""
        context = self._tablet()
        page = context.new_page()
        self._watch(page)
        self.server.sign_in(page, self.meeting.farrell)
        page.goto(self.hour)
        act(page)
        self._saved(page)
        context.close()

    def saved(self) -> None:
        """Wait until the tablet says that everything is at school."""
        self._saved(self.page)

    def _saved(self, page: Any) -> None:
        asks = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"

        def is_saved() -> bool:
            said = page.inner_text("[data-saved]")  # nothing while nothing was typed in this page
            nothing = not said and not page.evaluate(_WAITING)
            return (said.startswith(_AT_SCHOOL) or nothing) and not page.evaluate(asks)

        try:
            until(page, is_saved, "the tablet says that all is saved")
        except AssertionError as late:
            raise AssertionError(f"{late}; it says “{page.inner_text('[data-saved]')}”") from None

    # -- the run itself
    def plan(self, only: list[str]) -> list[tuple[int, Kind]]:
        """Return one fault, at times two, and the steps at which they begin."""
        names = only or list(KINDS)
        most = min(len(names), 1 if self.chance(0.6) else 2)
        kinds = [KINDS[name] for name in self.random.sample(names, most)]
        if any(kind.lasts for kind in kinds) and not kinds[0].gets_along(kinds[-1]):
            kinds = kinds[:1]  # the other one would never have its turn
        return sorted(
            ((self.random.randrange(FIRST, len(HOUR) - LAST), kind) for kind in kinds),
            key=lambda planned: planned[0],
        )

    def go(self, planned: list[tuple[int, Kind]]) -> None:
        """Type the hour, with these faults."""
        active: list[Active] = []
        waiting = list(planned)
        for number, (verb, *about) in enumerate(HOUR):
            self._go_on(active, number)
            for begins, kind in list(waiting):
                if begins <= number and all(kind.gets_along(other.kind) for other in active):
                    waiting.remove((begins, kind))
                    self.page.wait_for_timeout(self.random.randrange(250))
                    active.append(Active(kind, kind.begin(self), number))
                    self._go_on(active[-1:], number)
                    active = [each for each in active if each.due >= 0]
            self.teacher.do(verb, *about)
        self._end(sorted(active, key=lambda each: each.kind.lasts))
        for _, kind in waiting:  # what did not get along with the other one
            self._end([Active(kind, kind.begin(self), 0)])

    def _end(self, active: list[Active]) -> None:
        for each in active:
            if each.due >= 0:
                for _ in each.way:
                    pass

    def _go_on(self, active: list[Active], number: int) -> None:
        for each in list(active):
            if each.due <= number:
                each.due = len(HOUR) + 1 if each.kind.lasts else number + self.random.randrange(2, 15)
                if next(each.way, "over") == "over":
                    each.due = -1
                    active.remove(each)

    def check(self) -> None:
        """Find what is wrong once everything is said to be saved, and again on a page opened anew."""
        self.saved()
        self.wrong += at_school(self.server, self.meeting, self.typed)
        self._shows_all()
        self.half_a_second()
        self.page.close()
        self.open()
        self.returned()
        until(self.page, lambda: not self.page.evaluate(_WAITING), "nothing waits on the tablet")
        self._shows_all()
        self.wrong += at_school(self.server, self.meeting, self.typed)

    def close(self, fault: str) -> None:
        """Close the meeting while something goes wrong, and see it closed once with all that was typed."""
        self.teacher.choose_first()  # two versions stop a meeting from closing
        way: Iterator[None] = KINDS[fault].begin(self) if fault else iter(())
        next(way, None)
        self.teacher.finish()
        if fault:
            self._sealed()
            for _ in way:
                self._sealed()
        self.page.wait_for_url("**/summary")
        self.wrong += [
            *at_school(self.server, self.meeting, self.typed),
            *closed_once(self.server, self.meeting),
        ]

    def _sealed(self) -> None:
        bar = self.page.locator("[data-sealed]")
        try:
            until(self.page, lambda: "Agreed at" in bar.inner_text(), "it is sealed")
        except AssertionError as late:
            raise AssertionError(f"{late}; it says “{bar.inner_text()}”") from None


_READY = """async () => {
  if (!(await navigator.serviceWorker.getRegistration())?.active) return false
  if (!(await indexedDB.databases()).some(each => each.name == 'convo')) return false // or this would make it
  const database = await new Promise(resolve => {
    const opening = indexedDB.open('convo', 1)
    opening.onsuccess = () => resolve(opening.result)
  })
  const keys = await new Promise(resolve => {
    const asked = database.transaction('pages').objectStore('pages').getAllKeys()
    asked.onsuccess = () => resolve(asked.result)
  })
  database.close()
  return keys.some(key => key[2] == 'hour')
}"""

# By the page's own clock, and however long the disk takes for what was begun in that time.
_HALF_A_SECOND = """() => new Promise(resolve => setTimeout(resolve, 500)).then(() => new Promise(resolve => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const reads = opening.result.transaction(['waiting', 'pages'])
    reads.objectStore('pages').count()
    reads.oncomplete = () => { opening.result.close(); resolve() }
  }
}))"""

# All that was added is at school. What is told beside that asks something of a person.
_HALF = ("On this tablet · not added yet", "Not added yet · keep this page open")
_AT_SCHOOL = ("Saved at school", *_HALF, "Needs you: two versions")
_WAITING = """() => new Promise(resolve => {
  const opening = indexedDB.open('convo', 1)
  opening.onsuccess = () => {
    const asked = opening.result.transaction('waiting').objectStore('waiting').count()
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result) }
  }
})"""


def one_run(
    browser: Any, template: Path, meeting: Meeting, folder: Path, seed: int, only: list[str]
) -> Outcome:
    """Do one run and return what became of it."""
    began = time.monotonic()
    outcome = Outcome(seed)
    folder.mkdir()
    server = Server(folder, template)
    run = None
    try:
        server.start()
        run = Run(browser, server, meeting, seed)
        planned = run.plan(only)
        closing = run.choice(CLOSING)
        outcome.faults = [f"{kind.name} at step {number}" for number, kind in planned]
        outcome.faults += [f"{closing} at the closing"] if closing else []
        run.go(planned)
        run.check()
        run.close(closing)
        outcome.held = received(server, meeting)
        if outcome.held < LEAST:
            outcome.problems.append(f"the school has received {outcome.held} changes only")
    except Exception as fault:  # whatever it is, it is a finding, and the next run goes on
        lines = traceback.extract_tb(fault.__traceback__)
        where = [f"{Path(line.filename).name}:{line.lineno}" for line in lines if "/faults/" in line.filename]
        outcome.problems += [f"{type(fault).__name__}: {fault}", " > ".join(where)]
    finally:
        outcome.problems += dict.fromkeys(run.wrong) if run else ()
        outcome.typed = run.typed.count if run else 0
        if outcome.problems and "Error" in server.said():
            outcome.problems.append(server.said())
        server.close()  # first: a run that is ended from outside may have no browser left to close
        if run:
            run.context.close()
        outcome.seconds = time.monotonic() - began
    return outcome
