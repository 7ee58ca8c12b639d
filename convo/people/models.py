"""Pupils, the adults who care for them, and how each is linked.

What the roll said last about a row stands in its ``imported`` column. A field that differs from it was set
by a person here, and no import overwrites it (DESIGN §5.11). Home addresses have no column anywhere.
"""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, orm, text
from sqlalchemy.orm import Mapped, mapped_column

from convo.access.models import Person
from convo.db import Line, SchoolRecord, in_school, rule, stored_enum
from convo.frozen import never_changes


class SenProvision(enum.StrEnum):
    """DfE code set CS095: none, SEN support, education, health and care plan."""

    NONE = "N"
    SUPPORT = "K"
    PLAN = "E"


class MayReceive(enum.StrEnum):
    """Whether a carer may be given what was agreed. Why stands in the office, never here."""

    YES = "yes"
    CHECK = "check with the office"
    NO = "no"


class Pupil(SchoolRecord):
    """A child of the school. ``practice`` marks the pupil that staff try things on, who counts nowhere."""

    __tablename__ = "pupil"

    upn: Mapped[str | None] = mapped_column(String(13))
    surname: Mapped[Line]
    forename: Mapped[Line]
    preferred_forename: Mapped[Line] = mapped_column(default="")
    born_on: Mapped[date | None]
    year_group: Mapped[int | None]  # Nursery -1, Reception 0, then 1 to 13
    class_name: Mapped[str] = mapped_column(String(40), default="", index=True)
    home_language: Mapped[str | None] = mapped_column(String(8))  # DfE census code
    sen_provision: Mapped[SenProvision | None] = mapped_column(stored_enum(SenProvision))
    sen_need: Mapped[str | None] = mapped_column(String(8))
    free_meals: Mapped[bool | None]
    sessions_possible: Mapped[int | None]
    sessions_attended: Mapped[int | None]
    key_teacher_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    practice: Mapped[bool] = mapped_column(default=False)
    left_on: Mapped[date | None]
    imported: Mapped[dict[str, Any]] = mapped_column(default=dict)

    key_teacher: Mapped[Person | None] = orm.relationship()
    carers: Mapped[list["PupilCarer"]] = orm.relationship(
        back_populates="pupil", order_by="PupilCarer.contact_order", overlaps="carer"
    )

    __table_args__ = in_school(
        UniqueConstraint("school_id", "upn"),
        Index("ix_pupil_names", "school_id", "surname", "forename"),
        Index(
            "uq_pupil_one_practice_pupil_a_school",
            "school_id",
            unique=True,
            sqlite_where=text("practice"),
            postgresql_where=text("practice"),
        ),
        rule("year_group_is_a_dfe_year", "year_group IS NULL OR year_group BETWEEN -1 AND 13"),
    )

    @property
    def called(self) -> str:
        """Return the name the child goes by, without the surname."""
        return self.preferred_forename or self.forename

    @property
    def full_name(self) -> str:
        """Return the name the child goes by and the surname."""
        return f"{self.called} {self.surname}"


class Carer(SchoolRecord):
    """An adult linked to pupils. What they speak and read is unset until somebody has asked them."""

    __tablename__ = "carer"

    title: Mapped[Line] = mapped_column(default="")
    forename: Mapped[Line] = mapped_column(default="")
    surname: Mapped[Line]
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[Line] = mapped_column(default="")
    speaks: Mapped[str | None] = mapped_column(String(16))  # language tag
    reads: Mapped[str | None] = mapped_column(String(16))  # language tag
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    large_print: Mapped[bool] = mapped_column(default=False)
    reading_aloud: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[dict[str, Any]] = mapped_column(default=dict)

    links: Mapped[list["PupilCarer"]] = orm.relationship(back_populates="carer", overlaps="carers,pupil")

    __table_args__ = in_school(Index("ix_carer_email", "school_id", "email"))

    @property
    def full_name(self) -> str:
        """Return the name as a letter would write it: Mrs Joanne Smith."""
        return " ".join(part for part in (self.title, self.forename, self.surname) if part)


class PupilCarer(SchoolRecord):
    """How one adult stands to one pupil."""

    __tablename__ = "pupil_carer"

    pupil_id: Mapped[UUID] = mapped_column(index=True)
    carer_id: Mapped[UUID] = mapped_column(index=True)
    relationship: Mapped[str] = mapped_column(String(40), default="")  # "mother", "grandfather", lower case
    parental_responsibility: Mapped[bool | None]
    may_receive: Mapped[MayReceive] = mapped_column(stored_enum(MayReceive), default=MayReceive.YES)
    contact_order: Mapped[int] = mapped_column(default=1)
    imported: Mapped[dict[str, Any]] = mapped_column(default=dict)

    pupil: Mapped[Pupil] = orm.relationship(back_populates="carers", overlaps="links,carer")
    carer: Mapped[Carer] = orm.relationship(back_populates="links", overlaps="carers,pupil")

    __table_args__ = in_school(UniqueConstraint("pupil_id", "carer_id"), pupil_id="pupil", carer_id="carer")


class KeptApart(SchoolRecord):
    """Two carers of a pupil who must not learn of each other: attendance, meeting times, contact details.

    One row says it for both; whoever comes first by id stands in ``carer_id``.
    """

    __tablename__ = "kept_apart"

    pupil_id: Mapped[UUID]
    carer_id: Mapped[UUID]
    other_id: Mapped[UUID]

    __table_args__ = in_school(
        UniqueConstraint("pupil_id", "carer_id", "other_id"),
        rule("two_carers_in_the_order_of_their_ids", "carer_id < other_id"),
        pupil_id="pupil",
        carer_id="carer",
        other_id="carer",
    )


class ClassTeacher(SchoolRecord):
    """The key teacher of a whole class, unless a pupil has one of their own."""

    __tablename__ = "class_teacher"

    class_name: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = orm.relationship()

    __table_args__ = in_school(UniqueConstraint("school_id", "class_name"))


class HeadingMatch(SchoolRecord):
    """Which of convo's fields a heading of this school's files means, matched once by a person."""

    __tablename__ = "heading_match"

    heading: Mapped[Line]  # folded
    field: Mapped[str] = mapped_column(String(60))  # empty: the column is not wanted

    __table_args__ = in_school(UniqueConstraint("school_id", "heading"))


class RollImport(SchoolRecord):
    """That a roll came in, when, and what it did; never the file itself."""

    __tablename__ = "roll_import"

    at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    counts: Mapped[dict[str, Any]]

    __table_args__ = in_school()


class RollUpload(SchoolRecord):
    """A file between its preview and its import: only the columns that convo may need, for an hour.

    Once it came in its content is gone and ``done`` says what it did (``convo.people.roll.upload.CameIn``),
    so that the same button pressed again does nothing more.
    """

    __tablename__ = "roll_upload"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    content: Mapped[bytes]
    at: Mapped[datetime]
    done: Mapped[dict[str, Any] | None]

    __table_args__ = in_school()


class ContactQuestion(SchoolRecord):
    """A contact that the roll now gives differently: a person says which is right."""

    __tablename__ = "contact_question"

    pupil_id: Mapped[UUID]
    carer_id: Mapped[UUID]
    field: Mapped[str] = mapped_column(String(60))
    held: Mapped[Line]
    roll_says: Mapped[Line]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    took_roll: Mapped[bool | None]

    __table_args__ = in_school(
        rule("answered_questions_say_how", "(answered_at IS NULL) = (took_roll IS NULL)"),
        pupil_id="pupil",
        carer_id="carer",
    )


class NotJoined(SchoolRecord):
    """Two carers of different pupils whom a person looked at and said: not the same adult."""

    __tablename__ = "not_joined"

    carer_id: Mapped[UUID]
    other_id: Mapped[UUID]

    __table_args__ = in_school(
        UniqueConstraint("carer_id", "other_id"),
        rule("two_carers_in_the_order_of_their_ids", "carer_id < other_id"),
        carer_id="carer",
        other_id="carer",
    )


class CarerJoined(SchoolRecord):
    """That two records were of one adult: the one that went, and the one that stayed. It never changes.

    Neither id is a foreign key: the first record is gone, and the other may go the same way later.
    """

    __tablename__ = "carer_joined"

    gone_id: Mapped[UUID]
    kept_id: Mapped[UUID]
    at: Mapped[datetime]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    __table_args__ = in_school(UniqueConstraint("gone_id"))


never_changes(CarerJoined.__table__)
