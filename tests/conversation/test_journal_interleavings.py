"""Three people write in one meeting over bad wifi: however it falls out, nothing is lost or applied twice."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from convo.access.audit import verify
from convo.conversation.fields import FIELDS, words_of
from convo.conversation.models import Change, Conversation
from convo.conversation.rules import State
from convo.db import Database
from convo.kernel.ids import new_id
from tests.conversation.three_tablets import Batch, Key, School, Tablet, before
from tests.support.meeting import NOW

# A long run, which also looks for the shortest story of a fault: CONVO_TEST_EXAMPLES=600 and --timeout 7200.
EXAMPLES = int(os.environ.get("CONVO_TEST_EXAMPLES", "0"))
PHASES = (Phase.reuse, Phase.generate, *([Phase.shrink] if EXAMPLES else []))
WHO = st.integers(0, 2)
WORDS = st.sampled_from(["", "one", "two", "three", "وہ پڑھتی ہے"])
PLACE = st.sampled_from([0.0, 1.0, 2.5])
# What may be written into each thing; ids of other things stand under POINTS.
VALUES: dict[str, dict[str, Any]] = {
    "entry": {"text": WORDS, "kind": st.sampled_from([None, "hope", "worry"]), "position": PLACE},
    "priority": {"text": WORDS, "position": PLACE},
    "target": {"text": WORDS, "aim": WORDS},
    "action": {"what": WORDS, "who": WORDS, "by_when": st.sampled_from([None, "2026-12-01", "2027-01-11"])},
    "participant": {"name": WORDS, "present": st.booleans()},
    "note": {"text": WORDS},
}
POINTS = {
    "entry": ("parent", "participant"),
    "priority": ("entries", "entry"),
    "target": ("parent", "priority"),
    "action": ("parent", "target"),
}
OF_MEETING = {
    "stage": st.sampled_from(["explore", "focus", "plan"]),
    "keep_in_touch": WORDS,
    "next_on": st.sampled_from([None, "2027-01-11", "2027-01-18"]),
}


class Interleavings(RuleBasedStateMachine):
    """What three people may do, in any order."""

    batches = Bundle("batches")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.school = School.open(database)
        self.tablets = self.school.tablets

    @initialize(data=st.data())
    def begin(self, data: Any) -> None:
        """One of everything, which all three see: so that they meet in the same few fields."""
        first = self.tablets[0]
        for thing in ("entry", "priority", "target", "action", "note"):
            self.make(first, thing, data)
        self.flush(0)
        for who in range(3):
            self.look(who)

    def make(self, tablet: Tablet, thing: str, data: Any) -> None:
        row = new_id()
        if thing in POINTS:
            self.point(tablet, thing, row, data)
        for name, values in VALUES[thing].items():
            if name != "position":
                tablet.write(thing, row, name, data.draw(values, label=name))

    def point(self, tablet: Tablet, thing: str, row: UUID, data: Any) -> None:
        """Put something under another that this person sees; somebody may have removed that meanwhile."""
        name, kind = POINTS[thing]
        known = [other for other, kind_of_it in tablet.known.items() if kind_of_it == kind]
        if known:
            to = str(data.draw(st.sampled_from(known), label="under"))
            tablet.write(thing, row, name, [to] if name == "entries" else to)

    def one_of(self, tablet: Tablet, data: Any) -> tuple[UUID, str]:
        known = [(row, thing) for row, thing in tablet.known.items() if thing in VALUES]
        return data.draw(st.sampled_from(known), label="which")

    @precondition(lambda self: max(len(tablet.known) for tablet in self.tablets) < 10)
    @rule(who=WHO, thing=st.sampled_from(sorted(VALUES)), data=st.data())
    def add(self, who: int, thing: str, data: Any) -> None:
        self.make(self.tablets[who], thing, data)

    @rule(who=WHO, data=st.data())
    def edit(self, who: int, data: Any) -> None:
        tablet = self.tablets[who]
        row, thing = self.one_of(tablet, data)
        names = [*VALUES[thing], *(["pointer"] if thing in POINTS else [])]
        name = data.draw(st.sampled_from(names), label="field")
        if name == "pointer":
            self.point(tablet, thing, row, data)
        else:
            tablet.write(thing, row, name, data.draw(VALUES[thing][name], label="value"))

    @rule(who=WHO, gone=st.booleans(), data=st.data())
    def remove(self, who: int, gone: bool, data: Any) -> None:
        """Take something out, or put it back."""
        row, thing = self.one_of(self.tablets[who], data)
        self.tablets[who].write(thing, row, "removed", gone)

    @rule(who=WHO, outcome=st.sampled_from(["done", "continue", "stop"]), reason=WORDS)
    def decide(self, who: int, outcome: str, reason: str) -> None:
        """What became of the promise from last time: one thing, under the same id on every tablet."""
        for name, value in (
            ("parent", str(self.school.meeting.promise)),
            ("outcome", outcome),
            ("reason", reason),
        ):
            self.tablets[who].write("decision", self.school.decision, name, value)

    @rule(who=WHO, name=st.sampled_from(sorted(OF_MEETING)), data=st.data())
    def say_of_the_meeting(self, who: int, name: str, data: Any) -> None:
        value = data.draw(OF_MEETING[name], label="value")
        self.tablets[who].write("conversation", self.school.meeting.conversation, name, value)

    @precondition(lambda self: any(tablet.conflicts for tablet in self.tablets))
    @rule(who=WHO, keep=st.sampled_from(["first", "second", "both"]), data=st.data())
    def settle(self, who: int, keep: str, data: Any) -> None:
        """Choose between two versions, as the page asks for it; what was taken out is put back first."""
        tablet = self.tablets[who]
        if not tablet.conflicts:
            return
        chosen = tablet.conflicts[data.draw(st.sampled_from(list(tablet.conflicts)), label="conflict")]
        with self.school.database.reading() as session:
            held = self.school.held(session)
        key = (chosen.thing_id, chosen.field)
        value = {"first": held.get(key), "second": chosen.value}.get(keep, chosen.value)
        if keep == "both" and isinstance(value, str) and FIELDS[chosen.thing][chosen.field].is_text:
            value = f"{held.get(key)}\n{value}".strip()
        if held.get((chosen.thing_id, "removed")):
            tablet.write(chosen.thing, chosen.thing_id, "removed", False)
        tablet.write(chosen.thing, chosen.thing_id, chosen.field, value, settles=[chosen.id])

    @rule(who=WHO)
    def look(self, who: int) -> None:
        """The page asks what others did."""
        self.school.show(self.tablets[who])

    @precondition(lambda self: any(tablet.waiting for tablet in self.tablets))
    @rule(target=batches, who=WHO, most=st.integers(1, 6))
    def send(self, who: int, most: int) -> Batch:
        """A batch leaves. Whether and when it arrives is another matter."""
        tablet = self.tablets[who]
        if not tablet.waiting:
            tablet = next(each for each in self.tablets if each.waiting)
        return tablet.batch(most)

    @rule(batch=batches, answered=st.booleans())
    def arrive(self, batch: Batch, answered: bool) -> None:
        """A batch arrives, for the first time or again; its answer arrives or is lost."""
        answers = self.school.take(batch)
        if answered:
            batch.tablet.hear(batch, answers)

    @rule(who=WHO)
    def flush(self, who: int) -> None:
        """The wifi is good for a moment."""
        tablet = self.tablets[who]
        while tablet.waiting:
            batch = tablet.batch(200)
            tablet.hear(batch, self.school.take(batch))

    def teardown(self) -> None:
        """The wifi is back: all that waits is sent, and everything is checked."""
        for who in range(3):
            self.flush(who)
        stands = check(self.school)
        for tablet in self.tablets:  # and once more, in another order
            for raw in reversed(tablet.sent.values()):
                self.school.take(Batch(tablet, [raw]))
        assert check(self.school) == stands, "repeats change nothing"
        close(self.school)
        for tablet in self.tablets:
            tablet.write("entry", new_id(), "text", "Too late")
            self.flush(self.tablets.index(tablet))
        late = check(self.school)
        assert late == stands, "what comes after the closing is kept aside"


def close(school: School) -> None:
    with school.database.write() as session:
        meeting = session.get_one(Conversation, school.meeting.conversation)
        meeting.state, meeting.closed_at, meeting.closed_by_id = State.CLOSED, NOW, meeting.lead_id


def check(school: School) -> dict[Key, Any]:
    """Check that nothing is lost, from the log alone; return what every field holds."""
    sent = {key: (tablet, raw) for tablet in school.tablets for key, raw in tablet.sent.items()}
    with school.database.reading() as session:
        logs = {stream: school.log(session, stream) for stream in ("journal", "notes")}
        held = school.held(session)
    kept = [made for log in logs.values() for made in log]
    assert sorted(made.id for made in kept) == sorted(sent), "every change is kept, and once"
    for log in logs.values():
        assert [made.number for made in log] == list(range(1, len(log) + 1))
    heads: dict[Key, Any] = {}
    for log in logs.values():
        for made in log:
            tablet, raw = sent[made.id]
            assert (made.author_id, made.value) == (tablet.actor.person_id, raw["value"])
            assert (made.thing, made.field) == (raw["thing"], raw["field"])
            assert made.outcome == tablet.answers[made.id].outcome
            if made.outcome != "aside":
                judged(log, logs["journal"], made)
            if made.written:
                heads[made.thing_id, made.field] = made
    for key, made in heads.items():
        assert held[key] == made.value, "a field holds what was written into it last"
    assert {key[0] for key in held} >= {key[0] for key in heads}
    for log in logs.values():
        for made in log:
            answers = [other for other in log if answers_it(other, made, sent[other.id][1])]
            assert made.settled_by_id == (answers[0].author_id if answers else None), "chosen, or asked about"
            assert (made.settled_at is None) == (made.settled_by_id is None)
    return held


def answers_it(change: Any, conflict: Any, raw: Any) -> bool:
    """Return whether a change answers a conflict: by a choice, by going on from it, or as it was wanted."""
    if conflict.outcome != "conflict" or change.outcome == "aside":
        return False
    if change.written and str(conflict.id) in raw.get("settles", ()):
        return True
    if change.field == conflict.field == "removed" and change.number > conflict.number:
        return bool((change.thing_id, change.value) == (conflict.thing_id, conflict.value))
    went_on = change.outcome == "conflict" and change.author_id == conflict.author_id
    return bool(went_on and change.base == conflict.id)


def judged(log: list[Any], journal: list[Any], made: Any) -> None:
    """Check what became of one change against the log before it."""
    spec, key = FIELDS[made.thing][made.field], (made.thing_id, made.field)
    stood = before(log, made.number, key)
    gone = before(log, made.number, (made.thing_id, "removed"))
    same = stood is not None and stood.value == made.value
    if made.field == "removed" and made.outcome == "conflict":
        about = {"removed", words_of(made.thing)}
        others = [other for other in log if other.author_id != made.author_id and other.number < made.number]
        assert any(other.thing_id == made.thing_id and other.field in about for other in others), "alone"
    base = next((other for other in log if other.id == made.base), None)
    if made.field == "removed" and made.value and base is not None and base.field != "removed":
        words = before(log, made.number, (made.thing_id, base.field))
        seen = words is not None and words.value == base.value
        assert made.written == (seen or same), "nobody takes out words that they have not seen"
    elif made.written and not same and not spec.last_wins and stood is not None:
        assert base is not None, "nobody writes over what they have not seen"
        assert (base.thing_id, base.field, base.value) == (*key, stood.value)
    if not made.written:
        assert made.outcome == "conflict", "what is not written waits for a person"
        assert not same
    same |= stood is None and made.outcome == "same"  # the row began with it
    if gone is not None and gone.value and made.field != "removed" and not spec.last_wins and not same:
        assert made.outcome == "conflict", "an edit of what was removed does not vanish"
    if spec.points_at in ("participant", "entry", "priority", "target") and made.value and not same:
        for to in made.value if isinstance(made.value, list) else [made.value]:
            removed = before(journal, made.number, (UUID(to), "removed"))
            if removed is not None and removed.value:
                assert made.outcome == "conflict", "what is added under what was removed does not vanish"


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_applied_twice(database: Database) -> None:
    run_state_machine_as_test(
        lambda: Interleavings(database),
        settings=settings(
            max_examples=EXAMPLES or 25,
            stateful_step_count=40,
            phases=PHASES,
            print_blob=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_tablets_that_send_at_the_same_moment_wait_for_each_other(database: Database) -> None:
    school = School.open(database)

    def send_many(tablet: Tablet) -> None:
        for count in range(15):
            tablet.write("entry", new_id(), "text", f"{tablet.actor.name} {count}")
            batch = tablet.batch(1)
            tablet.hear(batch, school.take(batch))

    with ThreadPoolExecutor(2) as at_once:
        list(at_once.map(send_many, school.tablets[:2]))
    with database.reading() as session:
        numbers = session.scalars(select(Change.number).order_by(Change.number)).all()
        assert numbers == list(range(1, 31))
        assert verify(session, school.meeting.carter.school_id) == []
