"""The school, the people who work in it, their sign-ins, and the trail of what they did."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from convo.access.rules import Role
from convo.db import Base, Line, SchoolRecord, Words, in_school, rule, stored_enum
from convo.frozen import never_changes
from convo.kernel.ids import new_id


class School(Base):
    """A school. A trust runs many on one database; they are strangers to each other."""

    __tablename__ = "school"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[Line]
    time_zone: Mapped[Line] = mapped_column(default="Europe/London")
    contact_route: Mapped[Words] = mapped_column(default="")  # whom a family rings or asks, in plain words
    phone: Mapped[Line] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)  # tags, the school's most read first
    signature_line: Mapped[bool] = mapped_column(default=False)
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # a PNG that logo.py wrote
    contact_lines: Mapped[list[str]] = mapped_column(
        default=list
    )  # address, e-mail, web address, in any order
    heading_colour: Mapped[str] = mapped_column(String(6), default="")  # RRGGBB; "" is convo's own
    tint_colour: Mapped[str] = mapped_column(String(6), default="")
    safeguarding_lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    safeguarding_lead_reach: Mapped[Line] = mapped_column(default="")  # "room 4, extension 204"
    safeguarding_deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    safeguarding_deputy_reach: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[datetime]

    safeguarding_lead: Mapped["Person | None"] = relationship(foreign_keys=[safeguarding_lead_id])
    safeguarding_deputy: Mapped["Person | None"] = relationship(foreign_keys=[safeguarding_deputy_id])

    __table_args__ = (
        rule(
            "lead_and_deputy_are_two_people",
            "safeguarding_lead_id IS NULL OR safeguarding_lead_id <> safeguarding_deputy_id",
        ),
        rule(
            "lead_and_deputy_can_be_reached",
            "(safeguarding_lead_id IS NULL OR safeguarding_lead_reach <> '')"
            " AND (safeguarding_deputy_id IS NULL OR safeguarding_deputy_reach <> '')",
        ),
        rule("a_logo_is_small", "logo IS NULL OR length(logo) <= 61440"),
        rule(
            "a_colour_is_six_figures_or_none",
            "length(heading_colour) IN (0, 6) AND length(tint_colour) IN (0, 6)",
        ),
    )


class Term(SchoolRecord):
    """One term of a school year, as the school set it; its number is the round held in it."""

    __tablename__ = "term"

    school_year: Mapped[int]
    number: Mapped[int]
    name: Mapped[Line]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    __table_args__ = in_school(
        UniqueConstraint("school_id", "school_year", "number"),
        rule("three_terms_a_year", "number BETWEEN 1 AND 3"),
        rule("term_ends_after_it_starts", "ends_on > starts_on"),
    )


class Person(Base):
    """Someone who signs in. The e-mail address is stored in lower case."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[Line]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    second_factor_secret: Mapped[str | None] = mapped_column(String(64))
    second_factor_step: Mapped[int | None]  # the last used TOTP step, so that a code works once
    wrong_tries: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(SchoolRecord):
    """A person's role in a school; a person may hold several, in several schools."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(stored_enum(Role))
    languages: Mapped[list[str]] = mapped_column(default=list)  # what a bilingual assistant reads, tags
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()

    __table_args__ = in_school(UniqueConstraint("school_id", "person_id", "role"))


class SignIn(Base):
    """One signed-in browser; ending the row ends the session wherever it is open."""

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()


class PasswordLink(Base):
    """A link with which a person sets a password once; only the hash of its token is kept."""

    __tablename__ = "password_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # only where a password was set
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])


class WrongTry(Base):
    """One wrong password or code and the network it came from, kept no longer than it counts."""

    __tablename__ = "wrong_try"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    network: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_wrong_try_network_at", "network", "at"),)


class AuditEntry(SchoolRecord):
    """One thing somebody did, chained by hash to the one before it in the school.

    ``pupil_id`` and ``thing_id`` are other rooms' ids without a foreign key, so that the trail outlives
    what it tells of. It never holds what a family said. The database refuses to change or delete it.
    """

    __tablename__ = "audit_entry"

    number: Mapped[int]  # 1, 2, 3 … within the school
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    sign_in_id: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(32))
    thing: Mapped[str] = mapped_column(String(32))
    thing_id: Mapped[UUID | None]
    pupil_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = in_school(
        UniqueConstraint("school_id", "number"),
        rule("numbers_start_at_1", "number >= 1"),
        Index("ix_audit_entry_sign_in_pupil", "sign_in_id", "pupil_id"),
        Index("ix_audit_entry_school_pupil", "school_id", "pupil_id"),
    )


never_changes(AuditEntry.__table__)


class ConcernAnswer(enum.StrEnum):
    """How a person left the page about a concern for safety."""

    OPENED = "opened"
    BY_MISTAKE = "by mistake"
    GOING_TO_LEAD = "going to the lead"


class ConcernOpened(SchoolRecord):
    """That the page about a concern for safety was opened. Only the safeguarding lead reads this log."""

    __tablename__ = "concern_opened"

    at: Mapped[datetime]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[UUID | None]
    answer: Mapped[ConcernAnswer] = mapped_column(stored_enum(ConcernAnswer))
    person: Mapped[Person] = relationship()

    __table_args__ = in_school()
