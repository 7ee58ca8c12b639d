"""What a pupil, home and school aim for and do: targets, actions, and what became of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from convo.db import Line, SchoolRecord, Words, in_school, rule, stored_enum
from convo.plan.rules import ActionState, Agreement, Area, Doer, Outcome, Understood


def _of_the_pupils_own(column: str, table: str) -> ForeignKeyConstraint:
    """Return the constraint that a column points at something of the same pupil, never of another child."""
    return ForeignKeyConstraint(["pupil_id", column], [f"{table}.pupil_id", f"{table}.id"])


class Target(SchoolRecord):
    """What we want to see for the pupil."""

    __tablename__ = "target"

    pupil_id: Mapped[UUID] = mapped_column(index=True)
    conversation_id: Mapped[UUID] = mapped_column(index=True)  # in which it was made
    priority_id: Mapped[UUID | None]
    text: Mapped[Words] = mapped_column(default="")
    area: Mapped[Area | None] = mapped_column(stored_enum(Area))
    start: Mapped[Words] = mapped_column(default="")
    aim: Mapped[Words] = mapped_column(default="")
    by_when: Mapped[date | None]
    position: Mapped[float] = mapped_column(default=0.0)
    removed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    __table_args__ = in_school(
        UniqueConstraint("pupil_id", "id"),
        _of_the_pupils_own("conversation_id", "conversation"),
        pupil_id="pupil",
        conversation_id="conversation",
        priority_id="priority",
    )


class Action(SchoolRecord):
    """What somebody does towards a target. ``who`` is the name said; ``who_id`` the participant, if one."""

    __tablename__ = "action"

    pupil_id: Mapped[UUID]
    conversation_id: Mapped[UUID] = mapped_column(index=True)  # in which it was made
    target_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    what: Mapped[Words] = mapped_column(default="")
    by_whom: Mapped[Doer | None] = mapped_column(stored_enum(Doer))
    who: Mapped[Line] = mapped_column(default="")
    who_id: Mapped[UUID | None]
    by_when: Mapped[date | None]
    how_often: Mapped[Words] = mapped_column(default="")
    how_known: Mapped[Words] = mapped_column(default="")
    agreement: Mapped[Agreement] = mapped_column(stored_enum(Agreement), default=Agreement.PROPOSED)
    understood: Mapped[Understood | None] = mapped_column(stored_enum(Understood))  # None: as the people say
    state: Mapped[ActionState] = mapped_column(stored_enum(ActionState), default=ActionState.DRAFT)
    position: Mapped[float] = mapped_column(default=0.0)
    removed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    __table_args__ = in_school(
        Index("ix_action_school_pupil_state", "school_id", "pupil_id", "state"),
        Index("ix_action_school_state_by_when", "school_id", "state", "by_when"),
        rule(
            "an_open_action_has_someone_a_date_and_a_target",
            "state <> 'open' OR (what <> '' AND who <> '' AND by_whom IS NOT NULL"
            " AND by_when IS NOT NULL AND target_id IS NOT NULL)",
        ),
        rule("a_removed_action_is_not_open", "NOT removed OR state <> 'open'"),
        UniqueConstraint("pupil_id", "id"),
        _of_the_pupils_own("conversation_id", "conversation"),
        _of_the_pupils_own("target_id", "target"),
        _of_the_pupils_own("replaces_id", "action"),
        pupil_id="pupil",
        conversation_id="conversation",
        target_id="target",
        replaces_id="action",
    )


class Decision(SchoolRecord):
    """What was said at a later conversation about an action that was open."""

    __tablename__ = "decision"

    action_id: Mapped[UUID] = mapped_column(index=True)
    conversation_id: Mapped[UUID] = mapped_column(index=True)
    outcome: Mapped[Outcome | None] = mapped_column(stored_enum(Outcome))
    reason: Mapped[Words] = mapped_column(default="")
    by_when: Mapped[date | None]  # until when an action that continues goes on
    decided_at: Mapped[datetime]

    __table_args__ = in_school(
        UniqueConstraint("conversation_id", "action_id"),
        action_id="action",
        conversation_id="conversation",
    )
