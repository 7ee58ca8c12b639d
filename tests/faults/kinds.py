"""What can go wrong: each kind of fault is a small generator.

It begins when it is called for, and goes on at every ``yield`` after some more steps of the script, or once
the script is over where it ``lasts``; at its end all is well again. ``takes`` names what it takes away,
``needs`` what must be there: kinds that get along overlap.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.patience import until

if TYPE_CHECKING:
    from tests.faults.run import Run

SENT = re.compile(r"/(journal|notes|taps|concerns|seal)$")
LONGER_THAN_A_REQUEST = 8.5  # s; the tablet gives a request up after 8


@dataclass(frozen=True)
class Kind:
    """A kind of fault, and what it takes and needs."""

    name: str
    begin: Callable[["Run"], Iterator[None]]
    takes: frozenset[str]
    needs: frozenset[str]
    lasts: bool

    def gets_along(self, other: "Kind") -> bool:
        """Return whether both can be at once."""
        return not (self.takes & (other.takes | other.needs) or other.takes & self.needs)


KINDS: dict[str, Kind] = {}


def fault(
    takes: str = "", needs: str = "", lasts: bool = False
) -> Callable[[Callable[["Run"], Iterator[None]]], Callable[["Run"], Iterator[None]]]:
    """Register a kind of fault."""

    def register(begin: Callable[["Run"], Iterator[None]]) -> Callable[["Run"], Iterator[None]]:
        name = begin.__name__.replace("_", " ")
        KINDS[name] = Kind(name, begin, frozenset(takes.split()), frozenset(needs.split()), lasts)
        return begin

    return register


@fault(takes="wifi")
def offline(run: "Run") -> Iterator[None]:
    """The wifi is gone for a while."""
    run.wifi(False)
    yield
    run.wifi(True)


@fault(takes="tab", needs="storage session")
def reload(run: "Run") -> Iterator[None]:
    """The page is reloaded, whether or not the school can be reached."""
    run.half_a_second()
    run.page.reload()
    run.returned()
    yield


@fault(takes="wifi tab", needs="storage session")
def reload_offline(run: "Run") -> Iterator[None]:
    """The page is reloaded while the wifi is gone: it comes from what the tablet keeps."""
    run.wifi(False)
    yield
    run.half_a_second()
    run.page.reload()
    run.returned()
    yield
    run.wifi(True)


@fault(takes="wifi tab", needs="storage session server")
def tab_closed(run: "Run") -> Iterator[None]:
    """The tab is closed with what it could not send; another is opened once there is wifi again."""
    run.wifi(False)
    yield
    run.half_a_second()
    run.page.close()
    run.wifi(True)
    run.open()
    run.returned()


@fault(takes="server")
def server_killed(run: "Run") -> Iterator[None]:
    """The server is killed, workers and all, and started again."""
    run.server.kill()
    yield
    run.server.start()


@fault(takes="server")
def server_hangs(run: "Run") -> Iterator[None]:
    """The server takes what is sent and answers nothing, at times for longer than a tablet waits."""
    run.server.hang()
    yield
    if run.chance(0.25):
        run.page.wait_for_timeout(LONGER_THAN_A_REQUEST * 1000)
    run.server.go_on()


@fault(takes="wifi", needs="server session")
def answer_lost(run: "Run") -> Iterator[None]:
    """The school takes what is sent, and its answer never arrives."""

    losing = True

    def lose(route: Any) -> None:
        if losing:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    run.context.route(SENT, lose)  # for good: one that is taken away lets through what it has in hand
    yield
    losing = False


@fault(takes="session", needs="wifi server")
def session_ended(run: "Run") -> Iterator[None]:
    """The sign-in ends; after a while the teacher signs in again, over the page or in another tab."""
    run.server.end_sign_ins(run.meeting.okafor)
    yield
    if run.chance(0.5):
        run.teacher.turn_back()  # the bar is not on the family's side
        return run.sign_in_over_the_page()
    beside = run.context.new_page()
    run.server.sign_in(beside, run.meeting.okafor)
    beside.close()


@fault(takes="session tab", needs="storage wifi server")
def reload_signed_out(run: "Run") -> Iterator[None]:
    """The sign-in ends and the page is reloaded with what waits: the teacher signs in and goes back to it."""
    run.server.end_sign_ins(run.meeting.okafor)
    yield
    run.half_a_second()
    run.page.reload()
    run.server.sign_in(run.page, run.meeting.okafor)
    run.page.goto(run.hour)
    run.returned()


@fault(takes="wifi", needs="server session")
def other_edits(run: "Run") -> Iterator[None]:
    """On another tablet the SENCO writes a line anew while this one is without wifi and does the same."""
    name = run.spare()
    line = ("entry", run.teacher.names[name], "text")
    run.wifi(False)
    hers = "As Ms Farrell heard it"
    run.other(lambda page: page.locator(f'[name="{":".join(line)}"]').first.fill(hers))
    run.typed.shared.add(line)
    run.typed.theirs[line] = hers
    run.teacher.correct(name, "As Mr Okafor heard it")
    yield
    run.wifi(True)


@fault(takes="wifi", needs="server session")
def other_removes(run: "Run") -> Iterator[None]:
    """On another tablet the SENCO takes out a line that is written anew here without wifi."""
    name = run.spare()
    thing, line = "entry", run.teacher.names[name]

    def take_out(page: Any) -> None:
        row = page.locator(f'[data-row="{thing}:{line}"]')
        row.get_by_text("More about this line").tap()
        row.get_by_role("button", name="Take out").tap()

    run.wifi(False)
    run.other(take_out)
    run.typed.shared.update({(thing, line, "removed"), (thing, line, "text")})
    run.typed.theirs[thing, line, "removed"] = True
    run.teacher.correct(name, "As Mr Okafor heard it")
    yield
    run.wifi(True)


@fault(needs="server session")
def other_adds(run: "Run") -> Iterator[None]:
    """On another tablet the SENCO adds a line, and it is seen here."""

    def add(page: Any) -> None:
        page.get_by_label("What was said").first.fill("Said to Ms Farrell")
        page.get_by_role("button", name="Add", exact=True).tap()

    run.other(add)
    yield
    texts = "() => [...document.querySelectorAll('[data-list=entry] textarea')].map(box => box.value)"
    until(run.page, lambda: "Said to Ms Farrell" in run.page.evaluate(texts), "her line is here")


@fault()
def clock_off(run: "Run") -> Iterator[None]:
    """The tablet's clock is off by a day from now on."""
    shift = f"({_SHIFT})({run.choice([-1, 1]) * 24 * 3600 * 1000})"
    run.context.add_init_script(shift)
    run.page.evaluate(shift)
    yield


_SHIFT = """by => {
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...about) { if (about.length) super(...about); else super(Real.now() + by) }
    static now() { return Real.now() + by }
  }
}"""


@fault(takes="storage", lasts=True)
def storage_full(run: "Run") -> Iterator[None]:
    """From now on the tablet is full: it takes nothing more."""
    run.page.evaluate(_FULL)
    yield
    run.another_tab()


_FULL = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException('The tablet is full', 'QuotaExceededError') }
}"""


@fault(takes="storage tab", needs="wifi server session", lasts=True)
def storage_refused(run: "Run") -> Iterator[None]:
    """The browser keeps nothing at all, as a private window: the page is opened in such a one."""
    run.teacher.turn_back()  # whose page would else come from the school
    run.saved()
    run.page.add_init_script("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    run.page.reload()
    run.returned()
    run.page.locator("[data-keeps-nothing]").wait_for()
    yield
    run.another_tab()
