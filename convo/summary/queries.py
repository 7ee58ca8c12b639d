"""Reads of issues: which a meeting has, which wait to reach a family, and whose file one is."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from convo.access.rules import Actor, Permission
from convo.conversation.models import Conversation
from convo.conversation.queries import conversation_for
from convo.kernel.errors import NotFound
from convo.people.models import Carer
from convo.summary.content import SummaryContent, from_json
from convo.summary.files import Head, read_head
from convo.summary.models import Delivery, Issue
from convo.summary.rules import DeliveryWay, Waiting, waiting


@dataclass(frozen=True)
class Listed:
    """An issue with the meeting that it is of and the carer whom it is for."""

    issue: Issue
    meeting: Conversation
    carer: Carer

    @property
    def waits(self) -> Waiting | None:
        """Return what is still to be done with it."""
        return None if self.issue.withdrawn_at else waiting(self.issue.deliveries)


def issues_of(session: Session, conversation_id: UUID) -> list[Issue]:
    """Return a meeting's issues with their deliveries, by carer and number. Three statements."""
    return list(
        session.scalars(
            select(Issue)
            .where(Issue.conversation_id == conversation_id)
            .options(
                joinedload(Issue.issued_by),
                selectinload(Issue.deliveries).joinedload(Delivery.recorded_by),
            )
            .order_by(Issue.carer_id, Issue.number)
            .execution_options(populate_existing=True)
        )
    )


def issue_ids(session: Session, school_id: UUID, *, newest_only: bool = False) -> list[UUID]:
    """Return which issues a school made, oldest first; or each carer's newest of each meeting."""
    wanted = select(Issue.id).where(Issue.school_id == school_id).order_by(Issue.issued_at, Issue.id)
    if newest_only:
        later = aliased(Issue)
        wanted = wanted.where(
            ~exists().where(
                later.conversation_id == Issue.conversation_id,
                later.carer_id == Issue.carer_id,
                later.number > Issue.number,
            )
        )
    return list(session.scalars(wanted))


def waiting_ids(session: Session, school_id: UUID) -> list[UUID]:
    """Return which issues the office prints or are promised: promises by date, then the others.

    One statement, which loads no record: of 300 issues no more than these ids is in memory afterwards.
    """
    asked_for = select(Delivery.issue_id).where(
        Delivery.school_id == school_id,
        Delivery.way.in_([DeliveryWay.PRINT_LIST, DeliveryWay.PROMISED]),
    )
    steps = session.execute(
        select(Issue.id, Issue.issued_at, Delivery.way, Delivery.due_on)
        .join(Delivery, Delivery.issue_id == Issue.id)
        .where(Issue.school_id == school_id, Issue.withdrawn_at.is_(None), Issue.id.in_(asked_for))
        .order_by(Issue.issued_at, Issue.id, Delivery.recorded_at)
    )
    found = []
    for (issue_id, issued_at), of_issue in groupby(steps, key=lambda step: (step.id, step.issued_at)):
        waits = waiting(list(of_issue))
        if waits is not None:
            found.append((waits.promised_on is None, waits.promised_on or issued_at.date(), issue_id))
    found.sort(key=lambda each: each[:2])
    return [issue_id for _, _, issue_id in found]


def waiting_issues(session: Session, school_id: UUID) -> list[Listed]:
    """Return the issues that wait, in the order of ``waiting_ids``, with meeting, pupil and carer."""
    ids = waiting_ids(session, school_id)
    rows = session.execute(_listed(school_id).where(Issue.id.in_(ids)))
    found = {listed.issue.id: listed for listed in (Listed(*row) for row in rows)}
    return [found[issue_id] for issue_id in ids]


def issue_for(session: Session, actor: Actor, issue_id: UUID) -> Listed:
    """Return an issue that the actor may have: with the meeting, or to print it while it waits for that.

    Raises NotFound otherwise.
    """
    row = session.execute(_listed(actor.school_id).where(Issue.id == issue_id)).one_or_none()
    if row is None:
        raise NotFound
    listed = Listed(*row)
    if not (actor.may(Permission.USE_PRINT_LIST) and listed.waits is not None):
        conversation_for(session, actor, listed.meeting.id)
    return listed


def document_of(session: Session, issue_id: UUID) -> bytes:
    """Return the Word file of an issue, as it was issued."""
    return session.execute(select(Issue.document).where(Issue.id == issue_id)).scalar_one()


def content_of(session: Session, issue_id: UUID) -> SummaryContent:
    """Return what an issue says, as it was issued."""
    return from_json(session.execute(select(Issue.content).where(Issue.id == issue_id)).scalar_one())


def head_of(session: Session, issue_id: UUID) -> Head:
    """Return what the Word file of an issue is named by."""
    return read_head(session.execute(select(Issue.content).where(Issue.id == issue_id)).scalar_one())


def issue_of_file(session: Session, school_id: UUID, file: bytes) -> Listed | None:
    """Return the issue that a file is, to the byte, or None."""
    row = session.execute(_listed(school_id).where(Issue.sha256 == sha256(file).hexdigest()).limit(1))
    found = row.first()
    return Listed(*found) if found else None


def latest_of(issues: list[Issue]) -> dict[UUID, Issue]:
    """Return each carer's newest issue."""
    return {issue.carer_id: issue for issue in sorted(issues, key=lambda issue: issue.number)}


def _listed(school_id: UUID) -> Select[Issue, Conversation, Carer]:
    return (
        select(Issue, Conversation, Carer)
        .join(Conversation, Conversation.id == Issue.conversation_id)
        .join(Carer, Carer.id == Issue.carer_id)
        .where(Issue.school_id == school_id)
        .options(joinedload(Conversation.pupil), selectinload(Issue.deliveries))
        .execution_options(populate_existing=True)
    )
