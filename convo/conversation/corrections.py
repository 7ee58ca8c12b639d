"""Changing what was agreed after a meeting has closed (DESIGN §5.6): by a person, and written down.

The rows change here; the paper that the family holds does not. The summary room makes the new issue.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.rules import Act, Actor, Permission
from convo.conversation.closing import closing_check, draft_of
from convo.conversation.fields import FIELDS, as_json
from convo.conversation.kept_aside import decide
from convo.conversation.models import Change, Conversation, Correction, Entry, Participant, Priority
from convo.conversation.queries import conversation_for, lock_conversations
from convo.conversation.references import is_removed
from convo.conversation.rules import CorrectionReason, State
from convo.db import SchoolRecord
from convo.kernel.errors import NotAllowed, NotFound, Refused
from convo.kernel.text import clean, folded
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import ActionState, Agreement

# What can be put right, in an order that foreign keys allow. What became of a promise is not among it: that
# is said at the next conversation, because it has taken effect already.
CORRECTABLE: Mapping[str, tuple[type[SchoolRecord], frozenset[str]]] = {
    "conversation": (
        Conversation,
        frozenset({"keep_in_touch", "next_on", "next_time", "next_place", "next_promise_on", "pupil_views"}),
    ),
    "participant": (Participant, frozenset({"name", "role", "present", "understood"})),
    "entry": (
        Entry,
        frozenset({"text", "parent", "kind", "readers", "interpreted", "language", "removed", "position"}),
    ),
    "priority": (Priority, frozenset({"text", "entries", "removed", "position"})),
    "target": (
        Target,
        frozenset({"text", "parent", "area", "start", "aim", "by_when", "removed", "position"}),
    ),
    "action": (Action, frozenset(FIELDS["action"]) - {"agreement", "replaces"}),
    "decision": (Decision, frozenset({"reason", "by_when"})),
}
_MADE_HERE = {"entry", "priority", "target", "action"}
_NOT_AFTERWARDS = "That cannot be changed after the conversation. Talk about it at the next one."
_NOT_HERE = "That is about somebody or something that was not in the meeting. Leave it out."
AGREED_FIELDS = frozenset({"what", "who", "by_whom", "by_when", "how_often", "removed"})


class Wanted(NamedTuple):
    """A field of something in the meeting, and what it should say, as the journal writes values."""

    thing: str
    thing_id: UUID
    field: str
    value: Any


@dataclass(frozen=True)
class _Written:
    wanted: Wanted
    was: Any
    now: Any

    def as_listed(self) -> dict[str, Any]:
        return {
            "thing": self.wanted.thing,
            "thing_id": str(self.wanted.thing_id),
            "field": self.wanted.field,
            "was": self.was,
            "now": self.now,
        }


def is_slip(was: Any, now: Any) -> bool:
    """Return whether a text says the same but for its spelling: word by word alike, with the same numbers.

    A corrected spelling leaves what was agreed as it was; "4 days" instead of "14 days" does not.
    """
    if not isinstance(was, str) or not isinstance(now, str) or not was or not now:
        return False
    if re.findall(r"\d+", was) != re.findall(r"\d+", now):
        return False
    pairs = zip_longest(folded(was).split(), folded(now).split(), fillvalue="")
    return all(SequenceMatcher(None, before, after).ratio() >= 0.7 for before, after in pairs)


def correct_record(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    reason: CorrectionReason,
    note: str,
    changes: Sequence[Wanted],
    taken_in: Iterable[UUID] = (),
) -> Correction:
    """Write changes into a closed meeting and return the correction that lists them.

    ``taken_in`` are the changes kept aside that are among them. An action whose agreement changes is marked
    not yet agreed. It stays agreed when the reason is that it was agreed since, and when the reason is our
    slip and only the spelling differs. Raises Refused for what cannot be put right, and when nothing differs.
    """
    meeting = closed_meeting(session, actor, conversation_id)
    batch = _Batch(session, now, meeting)
    wanted = sorted(changes, key=lambda change: list(CORRECTABLE).index(_known(change).thing))
    batch.make_rows(wanted)
    with session.no_autoflush:  # half of a correction may break a rule that the whole of it keeps
        for change in wanted:
            batch.take(change)
        if not batch.written:
            raise Refused("Nothing is different. Change a line first.")
        batch.check_kept()
        batch.check_actions(reason)
    session.flush()
    batch.check_targets()
    correction = Correction(
        school_id=actor.school_id,
        conversation_id=meeting.id,
        reason=reason,
        note=clean(note).strip(),
        changes=[written.as_listed() for written in batch.written],
        made_at=now,
        made_by_id=actor.person_id,
    )
    session.add(correction)
    decide(session, actor, now, meeting, taken_in)
    audit.record(session, actor, now, Act.CHANGE, "correction", correction.id, meeting.pupil_id, reason.value)
    return correction


def record_agreement(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    action_ids: Sequence[UUID],
    how: str,
) -> Correction:
    """Write down that changed actions were agreed after all, and how; return the correction that says so."""
    meeting = closed_meeting(session, actor, conversation_id)
    how = clean(how).strip()
    if not how:
        raise Refused("Say how it was agreed, such as “by phone with Mrs Khan”.", "how")
    actions = list(
        session.scalars(
            select(Action)
            .where(Action.conversation_id == meeting.id, Action.id.in_(set(action_ids)))
            .where(Action.agreement == Agreement.NOT_YET)
            .order_by(Action.position)
        )
    )
    if not actions:
        raise Refused("Tick what was agreed.", "actions")
    for action in actions:
        action.agreement = Agreement.AGREED
    correction = Correction(
        school_id=actor.school_id,
        conversation_id=meeting.id,
        reason=CorrectionReason.AGREED_SINCE,
        note=how,
        changes=[_agreed_now(action.id).as_listed() for action in actions],
        made_at=now,
        made_by_id=actor.person_id,
    )
    session.add(correction)
    session.flush()
    audit.record(session, actor, now, Act.CHANGE, "correction", correction.id, meeting.pupil_id, "agreed")
    return correction


def _agreed_now(action_id: UUID) -> _Written:
    wanted = Wanted("action", action_id, "agreement", Agreement.AGREED.value)
    return _Written(wanted, Agreement.NOT_YET.value, Agreement.AGREED.value)


def closed_meeting(session: Session, actor: Actor, conversation_id: UUID) -> Conversation:
    """Return a closed meeting that the actor may change, its row locked.

    Raises NotFound for one they may not read, NotAllowed for who holds no conversations, Refused for one
    that is not closed.
    """
    lock_conversations(session, actor.school_id, [conversation_id])
    meeting = conversation_for(session, actor, conversation_id)
    if not actor.may(Permission.HOLD_CONVERSATIONS):
        raise NotAllowed("Only staff who hold conversations can do this. Ask the key teacher or the SENCO.")
    if meeting.state is not State.CLOSED:
        raise Refused("This conversation is not closed yet. Change it there.")
    return meeting


def _known(change: Wanted) -> Wanted:
    if not _can_change(change.thing, change.field):
        raise Refused(_NOT_AFTERWARDS, change.field)
    return change


def _can_change(thing: str, name: str) -> bool:
    return thing in CORRECTABLE and name in CORRECTABLE[thing][1]


def why_not(session: Session, change: Change) -> str:
    """Return why no correction can take in a change kept aside, or "" where one can.

    One statement where it is about a participant or a decision.
    """
    if not _can_change(change.thing, change.field):
        return _NOT_AFTERWARDS
    model = CORRECTABLE[change.thing][0]
    here = change.thing in _MADE_HERE or session.get(model, change.thing_id) is not None
    return "" if here else _NOT_HERE


class _Batch:
    """The changes of one correction while they are written."""

    def __init__(self, session: Session, now: datetime, meeting: Conversation) -> None:
        self.session, self.now, self.meeting = session, now, meeting
        self.written: list[_Written] = []
        self.made: set[UUID] = set()
        self.touched: dict[UUID, Any] = {}

    def make_rows(self, changes: Sequence[Wanted]) -> None:
        """Make the rows that the changes write about and that are not there yet."""
        for wanted in changes:
            model: Any = CORRECTABLE[wanted.thing][0]
            new = wanted.thing in _MADE_HERE and wanted.thing_id not in self.made
            if new and self.session.get(model, wanted.thing_id) is None:
                row = model(
                    id=wanted.thing_id, school_id=self.meeting.school_id, conversation_id=self.meeting.id
                )
                if model in (Target, Action):
                    row.pupil_id, row.created_at = self.meeting.pupil_id, self.now
                here = select(func.max(model.position)).where(model.conversation_id == self.meeting.id)
                row.position = (self.session.scalar(here) or 0.0) + 1
                self.session.add(row)
                self.made.add(wanted.thing_id)
        self.session.flush()

    def take(self, wanted: Wanted) -> None:
        """Write one change, if it is one."""
        spec = FIELDS[wanted.thing][wanted.field]
        read = spec.read(wanted.value)
        row = self._row(wanted)
        was, now = as_json(getattr(row, spec.column)), as_json(read)
        if was == now or (was in (None, "") and now in (None, "")):
            return
        if spec.points_at is not None:
            for identifier in read if isinstance(read, list) else [read]:
                if identifier and is_removed(
                    self.session,
                    self.meeting.school_id,
                    self.meeting,
                    spec.points_at,
                    UUID(str(identifier)),
                ):
                    raise Refused("That was taken out meanwhile. Choose another, or put it back first.")
        setattr(row, spec.column, read)
        self.written.append(_Written(wanted, was, now))
        self.touched[wanted.thing_id] = row

    def _row(self, wanted: Wanted) -> Any:
        model: Any = CORRECTABLE[wanted.thing][0]
        if wanted.thing == "conversation":
            if wanted.thing_id != self.meeting.id:
                raise NotFound
            return self.meeting
        row = self.session.get(model, wanted.thing_id)
        if row is None:
            raise Refused(_NOT_HERE)
        if row.conversation_id != self.meeting.id or row.school_id != self.meeting.school_id:
            raise NotFound
        if isinstance(row, Action) and row.state not in (ActionState.OPEN, ActionState.DRAFT):
            if row.removed and row.state is ActionState.STOPPED:
                return row  # taken out by a correction, and so put back by one
            raise Refused("A later conversation has decided on that action. Talk about it at the next one.")
        return row

    def check_kept(self) -> None:
        """Refuse words for what had been taken out before: they would stand on no page."""
        for identifier, row in self.touched.items():
            fields = {item.wanted.field for item in self.written if item.wanted.thing_id == identifier}
            if getattr(row, "removed", False) and "removed" not in fields:
                raise Refused("That was taken out meanwhile. Leave it out, or write it as something new.")

    def check_actions(self, reason: CorrectionReason) -> None:
        """Let the changed actions stand in the plan again, or say what is missing in one."""
        for action in [row for row in self.touched.values() if isinstance(row, Action)]:
            changed = [item for item in self.written if item.wanted.thing_id == action.id]
            if any(item.wanted.field == "who" for item in changed):
                action.who_id = self._participant_called(action.who)
            if action.removed:
                action.state = ActionState.STOPPED
            else:
                action.by_when = action.by_when or self.meeting.next_on
                target = self.session.get(Target, action.target_id) if action.target_id else None
                gone = {target.id} if target is not None and target.removed else set()
                draft = draft_of(action, self.meeting.next_on, gone)
                missing = [remark for remark in closing_check([draft], [], 0) if remark.stops]
                missing = [remark for remark in missing if remark.code != "not_agreed"]
                if missing:
                    raise Refused(missing[0].text)
                if action.state is ActionState.DRAFT:
                    self.made.add(action.id)  # it was not part of what was agreed
                action.state = ActionState.OPEN
            if reason is CorrectionReason.AGREED_SINCE:
                action.agreement = Agreement.AGREED
            elif action.id in self.made or any(self._alters(item, reason) for item in changed):
                action.agreement = Agreement.NOT_YET

    def check_targets(self) -> None:
        """Refuse to take out a target that something is still done for."""
        taken_out = [row.id for row in self.touched.values() if isinstance(row, Target) and row.removed]
        if taken_out and self.session.scalar(
            select(Action.id)
            .where(Action.target_id.in_(taken_out), Action.state == ActionState.OPEN)
            .limit(1)
        ):
            raise Refused("That target still has actions. Move them to another target, or take them out.")

    @staticmethod
    def _alters(item: _Written, reason: CorrectionReason) -> bool:
        """Return whether a change is one of what was agreed, not only of how it is spelled."""
        if item.wanted.field not in AGREED_FIELDS:
            return False
        spelled = item.wanted.field in {"what", "how_often"}
        return not (reason is CorrectionReason.OUR_SLIP and spelled and is_slip(item.was, item.now))

    def _participant_called(self, name: str) -> UUID | None:
        return self.session.scalar(
            select(Participant.id)
            .where(Participant.conversation_id == self.meeting.id, Participant.name == name)
            .where(~Participant.removed)
            .limit(1)
        )
