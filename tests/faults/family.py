"""The tablet turned to the family, and back: what they tap, and what becomes of it."""

from typing import Any

from tests.faults.hour import MATTERS
from tests.faults.patience import until
from tests.faults.school import Meeting
from tests.faults.typed import Tap, Typed

HOLD = 1000  # ms, a little longer than the page asks for
TEXT = {"entry": "text", "action": "what"}  # what a card of the family's side says


class FamilySide:
    """The part of the teacher's hands that turns the tablet, and the family's own."""

    def __init__(self, meeting: Meeting, page: Any) -> None:
        self.meeting = meeting
        self.page = page
        self.typed = Typed()
        self.names: dict[str, str] = {}  # the script's name of a row to its id
        self.half = ""  # what stands in the composer and was not added

    def _at(self, stage: str) -> Any:
        """Return a stage, gone to if need be; the teacher's hands know how."""
        raise NotImplementedError

    def turn(self, stage: str) -> None:
        """Turn the tablet to the family, as far as it is not."""
        if not self.page.locator(".turned").count():
            self._at(stage)
            self.page.get_by_role("link", name="Turn to the family").tap()
            self.page.locator(".turned h1").wait_for()

    def turn_back(self) -> None:
        """Turn it back, as far as it is turned."""
        family = self.page.locator(".turned")

        def held() -> bool:
            """Hold once: where the page is drawn anew meanwhile, the hand has to begin again."""
            if family.count():
                self.page.hover(".turned [data-hold]")
                self.page.mouse.down()
                self.page.wait_for_timeout(HOLD)
                self.page.mouse.up()
            return not family.count()

        until(self.page, held, "it is turned back")

    def _card(self, tap: Tap) -> Any:
        """Show the card of something and return what can be tapped; a new tab is not turned yet."""
        self.turn("focus" if tap.answer == MATTERS else "plan")
        card = self.page.locator(".turned .family-card")
        said = self.typed.now(tap.thing, tap.thing_id, TEXT[tap.thing])
        for step in ("1", "-1"):
            further = self.page.locator(f'.turned [data-step="{step}"]')
            while said not in card.inner_text() and further.count():
                further.tap()
        assert said in card.inner_text(), f"“{said}” is not on the family’s side"
        return self.page.locator(".turned .answers")

    def tap(self, name: str, thing: str, row: str, answer: str) -> None:
        """Let the family tap an answer."""
        tap = Tap(thing, self.names[row], answer)
        self._card(tap).locator(f'[name=answer][value="{answer}"]').tap()
        self.typed.taps[name] = tap
        self.typed.count += 1

    def take_back(self, name: str) -> None:
        """Let them take it back."""
        tap = self.typed.taps[name]
        self._card(tap).locator("[name=undo]").tap()
        tap.state = "back"

    def answer_tap(self, name: str, state: str, priority: str = "") -> None:
        """Take up what they tapped, or leave it; what matters most becomes a priority under a name."""
        self.turn_back()
        tap = self.typed.taps[name]
        of_it = f':is([data-thing-id="{tap.thing_id}"], :has([data-show*="{tap.thing_id}"]))'
        row = self.page.locator(f"[data-tap]{of_it}")  # as the school wrote it, or the tablet
        tap.id, tap.state = row.get_attribute("data-tap"), state
        row.locator(f'[value="{state}"]').tap()
        self.typed.count += 1
        if priority:
            self.names[priority] = tap.id
            text = self.typed.now("entry", tap.thing_id, "text")
            self.typed.make("priority", tap.id, text=text, entries=[tap.thing_id])
        elif tap.thing == "action":
            self.typed.set("action", tap.thing_id, "agreement", "agreed")
