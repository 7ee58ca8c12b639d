"""The teacher's hands on the tablet: small verbs, each of which types one thing and notes what it typed."""

import json
from contextlib import suppress
from typing import Any

from playwright.sync_api import TimeoutError

from tests.faults.family import FamilySide
from tests.faults.patience import until

DOERS = {"Mrs Nasreen Khan": "home", "Mr Okafor": "school", "Amina": "pupil"}
TITLES = {
    "since_last_time": "Since last time",
    "explore": "Explore",
    "focus": "Focus",
    "plan": "Plan",
    "review": "Review",
}

# What comes into sight is laid out then, and what stands below it moves: no hand is there sooner.
_IN_SIGHT = """async row => {
  row.scrollIntoView({ block: 'center' })
  const { top } = row.getBoundingClientRect()
  for (const frame of [1, 2, 3]) await new Promise(requestAnimationFrame)
  return row.getBoundingClientRect().top == top
}"""


class Teacher(FamilySide):
    """Mr Okafor at the tablet. ``page`` is the tab he has in front of him; it may be another one later."""

    def do(self, verb: str, *about: Any) -> None:
        """Do one step of the script, unless it is about a row that is not there any more, or was not then."""
        rows = [self.names[name] for name in about if name in self.names]
        gone = any(self.typed.is_out(thing, row) for thing in self.typed.rows for row in rows)
        taken = any(row in rows and field == "removed" for _, row, field in self.typed.shared)
        untapped = verb in ("answer_tap", "take_back") and about[0] not in self.typed.taps
        if not taken and not untapped and (verb == "undo" or not gone):
            getattr(self, verb)(*about)

    # -- where things are
    def _stage(self) -> str:
        found: str = self.page.locator("section[data-stage]:not([hidden])").get_attribute("data-stage")
        return found

    def _at(self, stage: str) -> Any:
        """Go to a stage, as far as he is not there, and return its part of the page."""
        self.turn_back()
        if self._stage() != stage:
            stages = self.page.get_by_role("navigation", name="Stages of the hour")
            stages.get_by_role("link", name=TITLES[stage]).tap()
            until(self.page, lambda: self._stage() == stage, f"he is in {stage}")
            self.typed.set("conversation", self.meeting.id, "stage", stage)
        return self.page.locator(f'section[data-stage="{stage}"]')

    def _row(self, stage: str, thing: str, name: str) -> Any:
        return self._in_sight(self._at(stage).locator(f'[data-row="{thing}:{self.names[name]}"]'))

    def _pickable(self, entry: str) -> Any:
        return self._in_sight(self._at("focus").locator(f'[data-pickable="{self.names[entry]}"]'))

    def _in_sight(self, row: Any) -> Any:
        """Scroll to a row, and wait until it stands still."""
        until(self.page, lambda: row.evaluate(_IN_SIGHT), "the row stands still")
        return row

    def _more(self, row: Any) -> Any:
        """Open what a row has under "More"; a tap may go astray where rows are just put in their order."""
        more = row.locator("details.more[open]")
        for _ in range(3):
            if more.count():
                break
            row.locator("button.more, details.more > summary").tap()
            with suppress(TimeoutError):
                more.wait_for(timeout=3000)
        return more

    def _control(self, place: Any, thing: str, name: str, field: str) -> Any:
        return place.locator(f'[name="{thing}:{self.names[name]}:{field}"]')

    def _set(self, thing: str, name: str, field: str, value: Any) -> None:
        self.typed.set(thing, self.names[name], field, value)

    def _made(self, name: str, blank: Any) -> str:
        """Remember under a name the row that a composer is about to make."""
        self.names[name] = blank.get_attribute("data-blank").split(":")[1]
        return self.names[name]

    # -- since last time
    def decide(self, what: str, outcome: str, reason: str = "") -> None:
        """Say what became of a promise."""
        row = self._at("since_last_time").locator("li.card").filter(has_text=what)
        thing, decision = row.get_attribute("data-row").split(":")
        first = (thing, decision, "outcome") not in self.typed.values
        row.locator(".choice").filter(has_text=outcome).first.tap()
        if first:
            parent = row.locator('input[name$=":parent"]').first.get_attribute("value")
            self.typed.set(thing, decision, "parent", parent)
        self.typed.set(thing, decision, "outcome", outcome.lower())
        if reason:
            row.get_by_label("Anything to say about it?").fill(reason)
            self.typed.set(thing, decision, "reason", reason)

    def instead(self, name: str, promise: str, what: str) -> None:
        """Write what is done instead of a promise that changes."""
        row = self._at("since_last_time").locator("li.card").filter(has_text=promise)
        blank = row.locator("[data-blank]")
        blank.get_by_label("What will we do instead?").fill(what)
        made = self._made(name, blank)
        taken_over = {
            each.get_attribute("name").split(":")[2]: each.get_attribute("value")
            for each in blank.locator(
                f'input[type=hidden][name^="action:{made}:"]:not([name$=":base"])'
            ).all()
        }
        blank.get_by_role("button", name="Use these words").tap()
        self.typed.make(
            "action", made, what=what, **{field: value for field, value in taken_over.items() if value}
        )

    # -- explore
    def say(self, name: str, voice: str, words: str) -> None:
        """Write what somebody said and add it."""
        blank = self._at("explore").locator(".composer")
        blank.get_by_label("What was said").fill(words)
        blank.locator("[data-voices] .choice").filter(has_text=voice).tap()
        made = self._made(name, blank)
        blank.get_by_role("button", name="Add").tap()
        self.half = ""
        parent = str(self.meeting.people[voice])
        self.typed.make("entry", made, parent=parent, text=words, readers="those present")

    def begin(self, words: str) -> None:
        """Write half a sentence."""
        self._at("explore").locator(".composer").get_by_label("What was said").fill(words)
        self.half = words

    def go_on(self, name: str, voice: str, words: str) -> None:
        """Go on with the half sentence, which still stands there."""
        box = self._at("explore").locator(".composer").get_by_label("What was said")
        until(self.page, lambda: box.input_value() == self.half, f"“{self.half}” still stands there")
        self.say(name, voice, self.half + words)

    def correct(self, name: str, words: str) -> None:
        """Write a line anew."""
        self._control(self._row("explore", "entry", name), "entry", name, "text").fill(words)
        self._set("entry", name, "text", words)

    def kind(self, name: str, kind: str) -> None:
        """Say what kind of thing a line is."""
        more = self._more(self._row("explore", "entry", name))
        self._control(more, "entry", name, "kind").select_option(kind)
        self._set("entry", name, "kind", kind)

    def readers(self, name: str, readers: str) -> None:
        """Say who of the family may read a line."""
        more = self._more(self._row("explore", "entry", name))
        self._control(more, "entry", name, "readers").select_option(readers)
        self._set("entry", name, "readers", readers)

    def voice(self, name: str, voice: str) -> None:
        """Say that it was somebody else who said a line."""
        more = self._more(self._row("explore", "entry", name))
        self._control(more, "entry", name, "parent").select_option(label=voice)
        self._set("entry", name, "parent", str(self.meeting.people[voice]))

    # -- focus
    def pick(self, name: str, entry: str) -> None:
        """Let a line be what matters most."""
        row = self._pickable(entry)
        row.get_by_role("button", name="This matters most").tap()
        self._new_priority(name)
        text = self.typed.now("entry", self.names[entry], "text")
        self.typed.make("priority", self.names[name], text=text, entries=[self.names[entry]])

    def choose(self, name: str, words: str) -> None:
        """Add a priority in new words."""
        blank = self._at("focus").locator("[data-blank^='priority:']")
        blank.get_by_label("Or in new words").fill(words)
        made = self._made(name, blank)
        blank.get_by_role("button", name="Add as a priority").tap()
        self.typed.make("priority", made, text=words)

    def _new_priority(self, name: str) -> None:
        rows = self.page.locator("[data-list=priority] > li")
        until(self.page, lambda: rows.count() == len(self.typed.order("priority")) + 1, "it is picked")
        self.names[name] = rows.last.get_attribute("data-row").split(":")[1]

    def join(self, name: str, entry: str) -> None:
        """Let one more line stand behind a priority."""
        number = self.typed.order("priority").index(self.names[name]) + 1
        row = self._pickable(entry)
        row.get_by_role("button", name=f"Goes with {number}").tap()
        entries = self.typed.now("priority", self.names[name], "entries") or []
        self._set("priority", name, "entries", [*entries, self.names[entry]])

    def reword(self, name: str, words: str) -> None:
        """Word a priority anew, together."""
        self._control(self._row("focus", "priority", name), "priority", name, "text").fill(words)
        self._set("priority", name, "text", words)

    # -- plan
    def aim_for(self, name: str, priority: str) -> None:
        """Make a target of a priority."""
        card = self._at("plan").locator(f'[data-priority="{self.names[priority]}"]')
        card.get_by_role("button", name="Make this a target").tap()
        made = card.locator("[data-row^='target:']")
        made.wait_for()
        self.names[name] = made.get_attribute("data-row").split(":")[1]
        text = self.typed.now("priority", self.names[priority], "text")
        self.typed.make("target", self.names[name], parent=self.names[priority], text=text)

    def target(self, name: str, field: str, value: str) -> None:
        """Fill in one field of a target."""
        row = self._row("plan", "target", name)
        control = self._control(row if field == "text" else self._more(row), "target", name, field)
        if field == "area":
            control.select_option(value)
        else:
            control.fill(value)
        self._set("target", name, field, value)

    def promise(self, name: str, who: str, what: str, target: str = "") -> None:
        """Write what somebody will do."""
        blank = self._at("plan").locator(".composer")
        blank.get_by_label("What will somebody do?").fill(what)
        blank.locator("[data-doers] .choice").filter(has_text=who).tap()
        if target:
            under = blank.locator(f'[data-targets] input[value="{self.names[target]}"]')
            if under.is_visible():
                under.locator("xpath=..").tap()
        made = self._made(name, blank)
        blank.get_by_role("button", name="Add").tap()
        values = {"who": who, "who_id": str(self.meeting.people[who]), "by_whom": DOERS[who], "what": what}
        if target:
            values["parent"] = self.names[target]
        self.typed.make("action", made, **values)

    def catch(self, name: str, what: str) -> None:
        """Catch a promise where it is made, for later."""
        self.turn_back()
        blank = self.page.locator("section[data-stage]:not([hidden]) .catch")
        if not blank.get_attribute("open"):
            blank.locator("summary").tap()
        blank.get_by_label("Somebody said they would").fill(what)
        made = self._made(name, blank)
        blank.get_by_role("button", name="Keep it for Plan").tap()
        self.typed.make("action", made, what=what)

    def action(self, name: str, field: str, value: str) -> None:
        """Fill in one field of an action."""
        row = self._row("plan", "action", name)
        place = row if field == "what" else self._more(row)
        if field == "target":
            self._control(place, "action", name, "parent").select_option(self.names[value])
            self._set("action", name, "parent", self.names[value])
        elif field == "who":
            self._control(place, "action", name, "who_id").select_option(label=value)
            for known, said in (
                ("who_id", str(self.meeting.people[value])),
                ("who", value),
                ("by_whom", DOERS[value]),
            ):
                self._set("action", name, known, said)
        else:
            self._control(place, "action", name, field).fill(value)
            self._set("action", name, field, value)

    # -- any row
    def move(self, thing: str, name: str, way: str) -> None:
        """Move a row up or down by one."""
        stage = {"entry": "explore", "priority": "focus", "action": "plan"}[thing]
        row = self._row(stage, thing, name)
        place = row if thing == "priority" else self._more(row)
        place.get_by_role("button", name=f"Move {way}").tap()
        self.typed.move(thing, self.names[name], -1 if way == "up" else 1)

    def take_out(self, thing: str, name: str) -> None:
        """Take a row out."""
        stage = {"entry": "explore", "priority": "focus", "action": "plan"}[thing]
        row = self._row(stage, thing, name)
        place = row if thing == "priority" else self._more(row)
        place.get_by_role("button", name="Take out").tap()
        self._set(thing, name, "removed", True)

    def undo(self, thing: str, name: str) -> None:
        """Put back what was taken out a moment ago, where the page still offers it."""
        button = self.page.get_by_role("button", name="Undo")
        if button.is_visible():
            button.tap()
            self._set(thing, name, "removed", False)

    # -- review and around
    def agree(self, name: str, answer: str = "Agreed") -> None:
        """Say whether an action is agreed."""
        self._row("review", "action", name).locator(".choice").filter(has_text=answer).tap()
        self._set("action", name, "agreement", answer.lower().replace("’", "'"))

    def meeting_field(self, field: str, value: str) -> None:
        """Fill in one field of when the family meets next."""
        self._at("review").locator(f'[name="conversation:{self.meeting.id}:{field}"]').fill(value)
        self.typed.set("conversation", self.meeting.id, field, value)

    def understood(self, name: str, how: str) -> None:
        """Say how somebody went through the copy."""
        who = str(self.meeting.people[name])
        row = self._at("review").locator(f'[data-row="participant:{who}"]')
        row.locator("fieldset .choice").filter(has_text=how).tap()
        self.typed.set("participant", who, "understood", how[0].lower() + how[1:])

    def finish(self) -> None:
        """Close the meeting with what is agreed."""
        self._at("review").get_by_role("button", name="Finish now").tap()

    def choose_first(self) -> None:
        """Choose, wherever two versions stand, what the other person wrote."""
        cards = self.page.locator("[data-conflict]")
        while cards.count():
            thing, thing_id, field = cards.first.get_attribute("data-of").split(":")
            name = (thing, thing_id, field)
            theirs = json.loads(cards.first.get_attribute("data-theirs"))
            assert theirs in (*self.typed.values[name], self.typed.theirs.get(name)), theirs
            mark = cards.first.get_attribute("data-conflict")
            button = cards.first.locator('[value$=":theirs"]')
            leaves_out = button.inner_text() == "Leave it out"
            button.tap()
            self.page.locator(f'[data-conflict="{mark}"]').wait_for(state="detached")
            if leaves_out:
                self.typed.set(thing, thing_id, "removed", True)
            else:
                self.typed.set(thing, thing_id, field, theirs)
            self.typed.chosen.add(name)

    def language(self, name: str, field: str, tag: str) -> None:
        """Say what somebody likes to talk or to read in."""
        self.turn_back()
        who = str(self.meeting.people[name])
        if not self.page.locator("#who[open]").count():
            self.page.locator("#who > summary").tap()
        row = self.page.locator(f'#who [data-row="participant:{who}"]')
        label = {"speaks": "Likes to talk in", "reads": "Likes to read in"}[field]
        row.get_by_label(label).select_option(tag)
        self.typed.set("participant", who, field, tag)

    def note(self, words: str) -> None:
        """Write the staff note, or go on with it."""
        self.turn_back()
        if not self.page.locator("#staff-note[open]").count():
            self.page.get_by_role("link", name="Staff note").tap()
        known = self.names.get("the note")
        box = self.page.locator(f'[name="note:{known}:text"]' if known else "#new-note")
        self.names["the note"] = box.get_attribute("name").split(":")[1]
        box.fill(words)
        self.typed.set("note", self.names["the note"], "text", words)
