"""What was handed out: frozen issues of a summary and how each reached the family."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from convo.access.models import Person
from convo.db import SchoolRecord, Words, in_school, rule, stored_enum
from convo.frozen import never_changes
from convo.summary.rules import HELD, DeliveryWay, IssueReason


class Issue(SchoolRecord):
    """One frozen, numbered version of a summary for one carer. It never changes, which the database holds.

    Only two things may: ``withdrawn_at`` is set once, for an issue that was not yet given out; and
    ``carer_id`` follows the adult, where ``CarerJoined`` says that two records were of one adult.
    """

    __tablename__ = "issue"

    conversation_id: Mapped[UUID] = mapped_column(index=True)
    carer_id: Mapped[UUID]
    number: Mapped[int]  # 1, 2, 3 … for this carer in this conversation
    reason: Mapped[IssueReason] = mapped_column(stored_enum(IssueReason))
    correction_id: Mapped[UUID | None]
    language: Mapped[str] = mapped_column(String(16))  # the home language; "en" for English alone
    layout: Mapped[str] = mapped_column(String(16))
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[Words] = mapped_column(deferred=True)  # canonical JSON of the SummaryContent
    guide_version: Mapped[str] = mapped_column(String(300))
    line_states: Mapped[dict[str, Any]]  # counts of the states of its lines; each line's is in content
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]

    issued_by: Mapped[Person] = relationship()
    deliveries: Mapped[list["Delivery"]] = relationship(
        order_by="Delivery.recorded_at", back_populates="issue"
    )

    __table_args__ = in_school(
        UniqueConstraint("conversation_id", "carer_id", "number"),
        rule(
            "a_correction_issue_names_its_correction", "(reason = 'correction') = (correction_id IS NOT NULL)"
        ),
        rule("numbers_start_at_1", "number >= 1"),
        conversation_id="conversation",
        carer_id="carer",
        correction_id="correction",
    )


class Delivery(SchoolRecord):
    """One step of an issue's way to the family; rows are added, never changed."""

    __tablename__ = "delivery"

    issue_id: Mapped[UUID] = mapped_column(index=True)
    way: Mapped[DeliveryWay] = mapped_column(stored_enum(DeliveryWay))
    due_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(16), default="")  # explained aloud in
    by: Mapped[str] = mapped_column(String(300), default="")  # explained aloud by
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    issue: Mapped[Issue] = relationship(back_populates="deliveries")
    recorded_by: Mapped[Person] = relationship()

    __table_args__ = in_school(
        rule("a_promise_has_a_date", "way <> 'promised by a date' OR due_on IS NOT NULL"),
        rule(
            "explained_says_in_what_and_by_whom", "way <> 'explained aloud' OR (language <> '' AND by <> '')"
        ),
        issue_id="issue",
    )


_WAYS = ", ".join(f"'{way.value}'" for way in sorted(HELD))
_GIVEN_OUT = f"SELECT 1 FROM delivery WHERE issue_id = OLD.id AND way IN ({_WAYS})"  # noqa: S608 - the enum's

never_changes(
    Issue.__table__,
    carer_id="EXISTS (SELECT 1 FROM carer_joined WHERE gone_id = OLD.carer_id AND kept_id = NEW.carer_id)",
    withdrawn_at=f"OLD.withdrawn_at IS NULL AND NOT EXISTS ({_GIVEN_OUT})",
)
never_changes(Delivery.__table__)
