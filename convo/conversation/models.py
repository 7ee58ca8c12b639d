"""A meeting, who was there, what was said, and the journal of every change to it."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from convo.access.models import Person
from convo.conversation.rules import (
    ChangeOutcome,
    CorrectionReason,
    EntryKind,
    Interpreter,
    NotHeldReason,
    ParticipantKind,
    ProposalAnswer,
    ProposalState,
    PupilPart,
    Readers,
    StageName,
    State,
    Way,
)
from convo.db import Json, Line, SchoolRecord, Words, in_school, rule, stored_enum
from convo.people.models import Pupil
from convo.plan.rules import Understood


class Conversation(SchoolRecord):
    """One meeting with a pupil's family."""

    __tablename__ = "conversation"

    pupil_id: Mapped[UUID]
    school_year: Mapped[int]
    round: Mapped[int]
    state: Mapped[State] = mapped_column(stored_enum(State), default=State.PLANNED)
    way: Mapped[Way] = mapped_column(stored_enum(Way), default=Way.SCHOOL)
    starts_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(default=60)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    pupil_part: Mapped[PupilPart] = mapped_column(stored_enum(PupilPart), default=PupilPart.ALL)
    pupil_views: Mapped[Words] = mapped_column(default="")  # gathered before
    interpreter: Mapped[Interpreter] = mapped_column(stored_enum(Interpreter), default=Interpreter.NONE)
    interpreter_name: Mapped[Line] = mapped_column(default="")
    interpreter_number: Mapped[Line] = mapped_column(default="")
    interpreter_is_child: Mapped[bool] = mapped_column(default=False)
    not_held_reason: Mapped[NotHeldReason | None] = mapped_column(stored_enum(NotHeldReason))
    not_held_note: Mapped[Words] = mapped_column(default="")
    rebooked_from_id: Mapped[UUID | None]
    stage: Mapped[StageName] = mapped_column(stored_enum(StageName), default=StageName.EXPLORE)
    stage_entered_at: Mapped[datetime | None]
    until: Mapped[time | None]  # "we have until …", by the school's clock
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    keep_in_touch: Mapped[Words] = mapped_column(default="")
    next_on: Mapped[date | None]
    next_time: Mapped[time | None]
    next_place: Mapped[Line] = mapped_column(default="")
    suggested_next_on: Mapped[date | None]  # worked out from the terms when the meeting is opened
    next_promise_on: Mapped[date | None]  # no meeting fixed yet: by when the school says when
    talk_by: Mapped[date | None]  # by when untranslated words are talked through with the family
    guide_version: Mapped[Line] = mapped_column(default="")
    guide_fingerprint: Mapped[str] = mapped_column(String(64), default="")
    guide: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)  # pinned when opened
    typed_in_later: Mapped[bool] = mapped_column(default=False)  # from the paper hour, under its true date

    pupil: Mapped[Pupil] = relationship(foreign_keys="[Conversation.school_id, Conversation.pupil_id]")
    lead: Mapped[Person] = relationship(foreign_keys=[lead_id])
    participants: Mapped[list["Participant"]] = relationship(
        order_by="Participant.position", viewonly=True, lazy="raise"
    )

    __table_args__ = in_school(
        Index("ix_conversation_school_pupil_year", "school_id", "pupil_id", "school_year"),
        Index("ix_conversation_school_state_starts", "school_id", "state", "starts_at"),
        rule("round_is_1_to_3", "round BETWEEN 1 AND 3"),
        rule("length_is_20_to_60_minutes", "minutes BETWEEN 20 AND 60"),
        rule("closed_means_closed_at", "(state = 'closed') = (closed_at IS NOT NULL)"),
        rule("not_held_says_why", "(state = 'not_held') = (not_held_reason IS NOT NULL)"),
        rule("begun_means_opened_at", "state NOT IN ('open', 'closed') OR opened_at IS NOT NULL"),
        rule("planned_means_not_opened", "state <> 'planned' OR opened_at IS NULL"),
        UniqueConstraint("rebooked_from_id"),  # a meeting that was not held is rebooked once
        UniqueConstraint("pupil_id", "id"),  # for what is of the pupil's own meetings
        pupil_id="pupil",
        rebooked_from_id="conversation",
    )


class Participant(SchoolRecord):
    """Somebody asked to the meeting, or in it, and what they speak and read on that day."""

    __tablename__ = "participant"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[ParticipantKind] = mapped_column(stored_enum(ParticipantKind))
    carer_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line] = mapped_column(default="")
    role: Mapped[Line] = mapped_column(default="")  # "mother", "key teacher", "advocate"
    speaks: Mapped[str | None] = mapped_column(String(16))
    reads: Mapped[str | None] = mapped_column(String(16))
    present: Mapped[bool] = mapped_column(default=True)
    understood: Mapped[Understood | None] = mapped_column(stored_enum(Understood))
    copy: Mapped[bool | None]  # None: as the rule says (present and allowed)
    copy_language: Mapped[str | None] = mapped_column(String(16))
    position: Mapped[float] = mapped_column(default=0.0)
    removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = in_school(
        rule("a_carer_is_named_by_id", "kind <> 'carer' OR carer_id IS NOT NULL"),
        rule("staff_are_named_by_id", "kind <> 'staff' OR person_id IS NOT NULL"),
        UniqueConstraint("conversation_id", "id"),  # for what is of those at the same table
        Index(
            "uq_participant_a_carer_has_one_place",
            "conversation_id",
            "carer_id",
            unique=True,
            sqlite_where=text("NOT removed"),
            postgresql_where=text("NOT removed"),
        ),
        conversation_id="conversation",
        carer_id="carer",
    )


class Stage(SchoolRecord):
    """One part of the hour and how long it has taken; the time now running is not yet in ``used_seconds``."""

    __tablename__ = "stage"

    conversation_id: Mapped[UUID]
    name: Mapped[StageName] = mapped_column(stored_enum(StageName))
    planned_minutes: Mapped[int]
    used_seconds: Mapped[int] = mapped_column(default=0)

    __table_args__ = in_school(
        UniqueConstraint("conversation_id", "name"),
        rule("time_used_is_not_negative", "used_seconds >= 0 AND planned_minutes >= 0"),
        conversation_id="conversation",
    )


class Entry(SchoolRecord):
    """Something said, in the words of a named voice."""

    __tablename__ = "entry"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    voice_id: Mapped[UUID | None]
    text: Mapped[Words] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(16), default="en")
    kind: Mapped[EntryKind | None] = mapped_column(stored_enum(EntryKind))
    readers: Mapped[Readers] = mapped_column(stored_enum(Readers), default=Readers.PRESENT)
    interpreted: Mapped[bool] = mapped_column(default=False)
    position: Mapped[float] = mapped_column(default=0.0)
    removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = in_school(
        ForeignKeyConstraint(
            ["conversation_id", "voice_id"], ["participant.conversation_id", "participant.id"]
        ),
        conversation_id="conversation",
        voice_id="participant",
    )


class Priority(SchoolRecord):
    """One of the one to three things that matter most; ``entries`` are the ids it was made from."""

    __tablename__ = "priority"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[Words] = mapped_column(default="")
    entries: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[float] = mapped_column(default=0.0)
    removed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = in_school(conversation_id="conversation")


class _Change(SchoolRecord):
    """What every change carries, in whichever stream."""

    __abstract__ = True

    conversation_id: Mapped[UUID]
    number: Mapped[int]  # the order in which the school received them
    thing: Mapped[str] = mapped_column(String(16))
    thing_id: Mapped[UUID]
    field: Mapped[str] = mapped_column(String(24))
    value: Mapped[Any] = mapped_column(Json, nullable=True)  # null: the field was emptied
    base: Mapped[UUID | None]
    at: Mapped[datetime | None]  # what the tablet believed; never orders anything
    received_at: Mapped[datetime]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[ChangeOutcome] = mapped_column(stored_enum(ChangeOutcome))
    written: Mapped[bool]  # whether the field took the value
    settled_at: Mapped[datetime | None]  # a conflict or an aside change that a person has dealt with
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Person]:
        """Return who made the change."""
        return relationship(foreign_keys=[cls.author_id])


def _stream() -> tuple[Any, ...]:
    return in_school(
        UniqueConstraint("conversation_id", "number"),
        Index(None, "conversation_id", "thing_id", "field", "number"),
        rule("only_an_applied_or_conflicting_change_is_written", "NOT written OR outcome <> 'aside'"),
        rule("settled_says_by_whom", "(settled_at IS NULL) = (settled_by_id IS NULL)"),
        conversation_id="conversation",
    )


class Change(_Change):
    """One small change made during a conversation: history, undo, and the proof that nothing was lost."""

    __tablename__ = "change"
    __table_args__ = _stream()


class StaffNoteChange(_Change):
    """One change of a staff note: of the journal's shape, in a stream of its own."""

    __tablename__ = "staff_note_change"
    __table_args__ = _stream()


class StaffNote(SchoolRecord):
    """A note that only staff see. The family may ask to read it."""

    __tablename__ = "staff_note"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[Words] = mapped_column(default="")
    removed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    author: Mapped[Person] = relationship()

    __table_args__ = in_school(conversation_id="conversation")


class Proposal(SchoolRecord):
    """A tap of the family on the turned tablet: nothing changes until the teacher confirms it."""

    __tablename__ = "proposal"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    thing: Mapped[str] = mapped_column(String(16))
    thing_id: Mapped[UUID]
    answer: Mapped[ProposalAnswer] = mapped_column(stored_enum(ProposalAnswer))
    state: Mapped[ProposalState] = mapped_column(stored_enum(ProposalState), default=ProposalState.WAITING)
    at: Mapped[datetime]

    __table_args__ = in_school(conversation_id="conversation")


class Correction(SchoolRecord):
    """A person's decision to change what was agreed; it makes a new issue that says what changed.

    ``changes`` lists ``{"thing", "thing_id", "field", "was", "now"}`` with values as the journal writes them.
    """

    __tablename__ = "correction"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    reason: Mapped[CorrectionReason] = mapped_column(stored_enum(CorrectionReason))
    note: Mapped[Words] = mapped_column(default="")
    changes: Mapped[list[Any]] = mapped_column(Json, default=list)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_by: Mapped[Person] = relationship()

    __table_args__ = in_school(conversation_id="conversation")
