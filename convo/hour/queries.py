"""One meeting, whole, as its screens need it: twelve statements however much was said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, undefer

from convo.access.rules import Actor
from convo.conversation.closing import DraftAction, Remark, closing_check, draft_of
from convo.conversation.fields import FIELDS, as_json, field_of, words_of
from convo.conversation.models import (
    Change,
    Conversation,
    Entry,
    Participant,
    Priority,
    Proposal,
    StaffNote,
    StaffNoteChange,
    Stage,
)
from convo.conversation.queries import looked_back_at, may_read
from convo.conversation.rules import (
    ChangeOutcome,
    ParticipantKind,
    ProposalState,
    StageName,
    State,
    decision_id,
)
from convo.kernel.errors import NotFound
from convo.people.models import Carer, KeptApart, PupilCarer
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import Agreement, Doer


@dataclass(frozen=True)
class Promise:
    """An action that was open before this meeting, its target, and what was said of it now."""

    action: Action
    target: Target | None
    decision: Decision | None
    decision_id: UUID  # the same on every tablet, so that two of them cannot decide twice
    replacement_id: UUID


@dataclass(frozen=True)
class Conflict:
    """A field that two people wrote differently: both texts, who wrote which, and when."""

    id: UUID
    thing: str
    thing_id: UUID
    field: str
    theirs: Any  # what the field holds, whether or not a change has written it
    mine: Any  # what was kept beside it
    by: str
    at: datetime
    held_by: str = ""
    held_at: datetime | None = None
    head: UUID | None = None

    @property
    def is_text(self) -> bool:
        """Return whether both are words, which can stand one under the other."""
        words = isinstance(self.theirs, str) and isinstance(self.mine, str)
        return words and field_of(self.thing, self.field).is_text


@dataclass
class Hour:
    """A meeting with everything in it."""

    meeting: Conversation
    participants: list[Participant]
    stages: dict[StageName, Stage]
    entries: list[Entry]
    priorities: list[Priority]
    targets: list[Target]
    actions: list[Action]
    before: list[Promise]
    notes: list[StaffNote]
    proposals: list[Proposal]
    links: list[PupilCarer]
    apart: set[frozenset[UUID]]
    heads: dict[tuple[UUID, str], int | UUID] = field(default_factory=dict)
    # What a field stands at, and what waits beside it, in their order.
    latest: dict[tuple[UUID, str], list[Change | StaffNoteChange]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    last: int = 0  # the number of the newest change
    last_note: int = 0  # the same of the staff notes

    @property
    def present(self) -> list[Participant]:
        """Return who is in the meeting."""
        return [person for person in self.participants if person.present and not person.removed]

    @property
    def voices(self) -> list[Participant]:
        """Return who can be quoted: everyone present but the interpreter."""
        return [person for person in self.present if person.kind is not ParticipantKind.INTERPRETER]

    @property
    def carers_here(self) -> list[Participant]:
        """Return the carers who are present."""
        return [person for person in self.present if person.kind is ParticipantKind.CARER]

    def participant(self, identifier: UUID | None) -> Participant | None:
        """Return somebody of the meeting by id."""
        return next((person for person in self.participants if person.id == identifier), None)

    def may_meet(self, carer_id: UUID) -> bool:
        """Return whether a carer is kept apart from nobody who is in the meeting."""
        here = {person.carer_id for person in self.participants if person.carer_id and not person.removed}
        return not any(carer_id in pair and pair & (here - {carer_id}) for pair in self.apart)

    def link_of(self, carer_id: UUID | None) -> PupilCarer | None:
        """Return how a carer stands to the pupil."""
        return next((link for link in self.links if link.carer_id == carer_id), None)

    def targets_under(self, priority: Priority) -> list[Target]:
        """Return the targets that a priority became."""
        return [target for target in self.targets if target.priority_id == priority.id and not target.removed]

    def actions_under(self, priority_id: UUID | None) -> list[Action]:
        """Return this meeting's actions towards a priority's targets; with None, those under no priority."""
        return [action for action in self.kept_actions if self.priority_of(action) == priority_id]

    def priority_of(self, action: Action) -> UUID | None:
        """Return the priority under which an action stands in Plan, if that and its target are kept."""
        kept = {priority.id for priority in self.priorities if not priority.removed}
        under = (t.priority_id for t in self.targets if t.id == action.target_id and not t.removed)
        return next((identifier for identifier in under if identifier in kept), None)

    @property
    def kept_actions(self) -> list[Action]:
        """Return this meeting's actions that nobody took out."""
        return [action for action in self.actions if not action.removed]

    @property
    def agreed_actions(self) -> list[Action]:
        """Return the actions that will stand when the meeting closes."""
        return [action for action in self.kept_actions if action.agreement is Agreement.AGREED]

    def base(self, thing_id: UUID, name: str) -> str:
        """Return which change a field stands at, or nothing: its number, of a staff note's text its id."""
        return str(self.heads.get((thing_id, name), ""))

    def stands_at(self, conflict: Conflict) -> str:
        """Return what a card is made from: once any of that has changed, it is another card."""
        beside = (words_of(conflict.thing) or "") if conflict.field == "removed" else "removed"
        return " ".join(self.base(conflict.thing_id, name) for name in (conflict.field, beside))

    def held_values(self) -> dict[tuple[UUID, str], Any]:
        """Return what every field of the meeting holds now, as the journal writes it."""
        rows: Sequence[tuple[str, Sequence[Any]]] = (
            ("conversation", [self.meeting]),
            ("participant", self.participants),
            ("entry", self.entries),
            ("priority", self.priorities),
            ("target", self.targets),
            ("action", self.actions),
            ("decision", [promise.decision for promise in self.before if promise.decision is not None]),
            ("note", self.notes),
        )
        return {
            (row.id, name): as_json(getattr(row, spec.column))
            for thing, found in rows
            for row in found
            for name, spec in FIELDS[thing].items()
        }

    def taken_out(self, identifier: UUID) -> dict[str, Any] | None:
        """Return what every field of a row holds that somebody took out, or None for any other."""
        found = {name: value for (row, name), value in self.held_values().items() if row == identifier}
        return found if found.get("removed") else None

    def check(self) -> list[Remark]:
        """Return the closing check of how the meeting stands now."""
        gone = {target.id for target in self.targets if target.removed}
        drafts: list[DraftAction] = [draft_of(a, self.meeting.next_on, gone) for a in self.kept_actions]
        undecided = [
            (str(promise.decision_id), promise.action.what)
            for promise in self.before
            if promise.decision is None or promise.decision.outcome is None
        ]
        versions = {(each.thing_id, each.field) for each in self.conflicts}
        return closing_check(drafts, undecided, len(versions))


def load_hour(session: Session, actor: Actor, conversation_id: UUID) -> Hour:
    """Return the whole meeting. Raises NotFound when this person has no reason to read it.

    Who may: its lead, staff who take part, the pupil's key teacher, the SENCO.
    """
    meeting = session.scalars(
        select(Conversation)
        .join(Conversation.pupil)
        .where(Conversation.id == conversation_id, Conversation.school_id == actor.school_id, may_read(actor))
        .options(joinedload(Conversation.pupil), joinedload(Conversation.lead), undefer(Conversation.guide))
    ).one_or_none()
    if meeting is None:
        raise NotFound
    return hour_of(session, meeting)


def hour_of(session: Session, meeting: Conversation) -> Hour:
    """Return the whole meeting, whoever asks: nothing of it may be shown to who may not read it."""
    participants = _of(session, Participant, meeting)
    actions, before, targets = _plan(session, meeting)
    links, apart = _carers(session, meeting)
    notes = _rows(session, StaffNote, meeting)
    hour = Hour(
        meeting=meeting,
        participants=participants,
        stages={row.name: row for row in _rows(session, Stage, meeting)},
        entries=_of(session, Entry, meeting),
        priorities=_of(session, Priority, meeting),
        targets=targets,
        actions=actions,
        before=before,
        notes=[note for note in notes if not note.removed],
        proposals=[p for p in _rows(session, Proposal, meeting) if p.state is ProposalState.WAITING],
        links=links,
        apart=apart,
    )
    _read_stream(session, hour, Change)
    if notes:
        _read_stream(session, hour, StaffNoteChange)
    return hour


def _carers(session: Session, meeting: Conversation) -> tuple[list[PupilCarer], set[frozenset[UUID]]]:
    """Return how each carer stands to the pupil, and who is kept apart from whom. One statement."""
    rows = session.execute(
        select(PupilCarer, KeptApart)
        .join(Carer, PupilCarer.carer_id == Carer.id)
        .outerjoin(
            KeptApart,
            and_(KeptApart.pupil_id == PupilCarer.pupil_id, KeptApart.carer_id == PupilCarer.carer_id),
        )
        .where(PupilCarer.school_id == meeting.school_id, PupilCarer.pupil_id == meeting.pupil_id)
        .options(contains_eager(PupilCarer.carer))
        .order_by(PupilCarer.contact_order, Carer.surname, PupilCarer.id)
    ).all()
    apart = {frozenset((pair.carer_id, pair.other_id)) for _, pair in rows if pair is not None}
    return list(dict.fromkeys(link for link, _ in rows)), apart


def _rows(session: Session, model: Any, meeting: Conversation) -> list[Any]:
    return list(session.scalars(select(model).where(model.conversation_id == meeting.id)))


def _of(session: Session, model: Any, meeting: Conversation) -> list[Any]:
    order = (model.position, model.id)
    return list(session.scalars(select(model).where(model.conversation_id == meeting.id).order_by(*order)))


def _plan(session: Session, meeting: Conversation) -> tuple[list[Action], list[Promise], list[Target]]:
    """Return this meeting's actions, the promises from before, and the targets of both. Two statements."""
    pairs = session.execute(
        select(Action, Decision)
        .outerjoin(
            Decision,
            and_(
                Decision.action_id == Action.id,
                Decision.conversation_id == meeting.id,
            ),
        )
        .where(
            Action.school_id == meeting.school_id,
            Action.pupil_id == meeting.pupil_id,
            or_(
                Action.conversation_id == meeting.id,
                looked_back_at(meeting) if meeting.state is State.OPEN else Decision.id.is_not(None),
            ),
        )
        .order_by(Action.position, Action.created_at)
    ).all()
    mine = [action for action, _ in pairs if action.conversation_id == meeting.id]
    earlier = [(action, decision) for action, decision in pairs if action.conversation_id != meeting.id]
    wanted = {action.target_id for action, _ in pairs if action.target_id is not None}
    targets = list(
        session.scalars(
            select(Target)
            .where(Target.school_id == meeting.school_id, Target.pupil_id == meeting.pupil_id)
            .where(or_(Target.conversation_id == meeting.id, Target.id.in_(wanted)))
            .order_by(Target.position, Target.created_at)
        )
    )
    by_id = {target.id: target for target in targets}
    promises = [
        Promise(
            action,
            by_id.get(action.target_id) if action.target_id else None,
            decision,
            decision_id(meeting.id, action.id),
            uuid5(meeting.id, f"replacement {action.id}"),
        )
        for action, decision in earlier
    ]
    promises.sort(key=lambda p: (p.action.by_whom is not Doer.SCHOOL, p.action.by_when or date.max))
    return mine, promises, targets


def _read_stream(session: Session, hour: Hour, log: type[Change] | type[StaffNoteChange]) -> None:
    """Fill in where each field stands and which conflicts wait for a person. One statement a stream.

    A form names a base by its number where that is the journal's: it is shorter.
    """
    newest = (
        select(func.max(log.number))
        .where(log.conversation_id == hour.meeting.id, log.written)
        .group_by(log.thing_id, log.field)
    )
    last = select(func.max(log.number)).where(log.conversation_id == hour.meeting.id).scalar_subquery()
    rows = session.execute(
        select(log, last)
        .where(log.conversation_id == hour.meeting.id)
        .where(
            or_(
                log.number.in_(newest),
                and_(log.outcome == ChangeOutcome.CONFLICT, log.settled_at.is_(None)),
            )
        )
        .options(joinedload(log.author))
        .order_by(log.number)
    ).all()
    changes = [change for change, _ in rows]
    if rows and log is Change:
        hour.last = rows[0][1]
    elif rows:
        hour.last_note = rows[0][1]
    stands = {}
    for change in changes:
        hour.latest.setdefault((change.thing_id, change.field), []).append(change)
        if change.written:
            hour.heads[change.thing_id, change.field] = change.number if log is Change else change.id
            stands[change.thing_id, change.field] = change
    waiting = [c for c in changes if c.outcome is ChangeOutcome.CONFLICT and c.settled_at is None]
    holds = hour.held_values() if waiting else {}
    for change in waiting:
        place = (change.thing_id, change.field)
        wrote = head = stands.get(place)
        theirs = head.value if head else holds.get(place)
        if change.field == "removed" and not theirs:  # in the words of somebody whom the other had not read
            theirs = False
            wrote = stands.get((change.thing_id, words_of(change.thing) or ""), head)
        hour.conflicts.append(
            Conflict(
                id=change.id,
                thing=change.thing,
                thing_id=change.thing_id,
                field=change.field,
                theirs=theirs,
                mine=change.value,
                by=change.author.name,
                at=change.received_at,
                held_by=wrote.author.name if wrote else "",
                held_at=wrote.received_at if wrote else None,
                head=head.id if head else None,
            )
        )
