"""Giving out what was agreed: frozen, numbered issues, their way to the family, and corrections of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import School
from convo.access.rules import Act, Actor
from convo.conversation.corrections import Wanted, closed_meeting, correct_record, record_agreement
from convo.conversation.models import Conversation, Correction
from convo.conversation.queries import lock_conversations
from convo.conversation.rules import CorrectionReason
from convo.kernel.clock import local_day
from convo.kernel.errors import Refused
from convo.kernel.text import clean_line
from convo.language.tags import language as language_of
from convo.people.models import MayReceive, PupilCarer
from convo.summary.build import content_for, next_number, view_of
from convo.summary.changes import changes_for
from convo.summary.content import Layout, Reason, SummaryContent, to_json
from convo.summary.models import Delivery, Issue
from convo.summary.queries import content_of, issue_for, issues_of, latest_of, waiting_issues
from convo.summary.record import load_record
from convo.summary.rules import REACHED, DeliveryWay, IssueReason, is_held, waiting
from convo.summary.word import write_word
from convo.summary.words import Twin, Words

WantedCopy = tuple[UUID, str, Layout | None]  # carer, language tag, layout; None: the one that suits them

_REASONS: dict[IssueReason, Reason] = {
    IssueReason.FIRST: "first",
    IssueReason.CORRECTION: "correction",
    IssueReason.TRANSLATION: "language",
}


def issue_first(
    session: Session, actor: Actor, now: datetime, meeting: Conversation, copies: Iterable[WantedCopy]
) -> list[Issue]:
    """Make the first issue for each carer who gets a copy of a closed meeting, and return them.

    Who has one already is left out, so that closing twice gives nobody two. Raises Refused for a carer who
    is not to be given copies.
    """
    closed_meeting(session, actor, meeting.id)
    have = {issue.carer_id for issue in issues_of(session, meeting.id)}
    issues = []
    for carer_id, tag, layout in copies:
        if carer_id not in have:
            have.add(carer_id)
            _must_be_allowed(session, meeting, carer_id)
            content = _content(session, meeting, carer_id, tag, layout, now, IssueReason.FIRST)
            issues.append(_issue(session, actor, now, meeting, carer_id, content, IssueReason.FIRST))
    return issues


def take_language(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    carer_id: UUID,
    language: str,
    layout: Layout | None = None,
) -> Issue:
    """Make "the same agreement, now in …" for a carer who has an issue, and return it. No change of words."""
    meeting = closed_meeting(session, actor, conversation_id)
    latest = latest_of(issues_of(session, meeting.id)).get(carer_id)
    if latest is None:
        raise Refused("This carer has no copy yet. Make the first one.")
    _must_be_allowed(session, meeting, carer_id)
    chosen: Layout = layout or _layout(latest)
    content = _content(session, meeting, carer_id, language, chosen, now, IssueReason.TRANSLATION)
    same = (latest.language, latest.layout) == (language, chosen)
    if same and latest.line_states == _line_states(content):
        raise Refused(
            f"Their newest copy is in {language_of(language).name} already. Choose another language."
        )
    return _issue(session, actor, now, meeting, carer_id, content, IssueReason.TRANSLATION)


def correct(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    reason: CorrectionReason,
    note: str,
    changes: Sequence[Wanted],
    taken_in: Iterable[UUID] = (),
) -> list[Issue]:
    """Change what was agreed at a closed meeting, and return the new issues that say what changed.

    Every carer who has an issue gets a new one, except where theirs says the same as before, and except who
    is not to be given copies any more.
    """
    correction = correct_record(session, actor, now, conversation_id, reason, note, changes, taken_in)
    return _reissue(session, actor, now, correction)


def record_agreed(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    action_ids: Sequence[UUID],
    how: str,
) -> list[Issue]:
    """Write down that changed actions were agreed, and return the new issues without "not yet agreed"."""
    correction = record_agreement(session, actor, now, conversation_id, action_ids, how)
    return _reissue(session, actor, now, correction)


def record_delivery(
    session: Session,
    actor: Actor,
    now: datetime,
    issue_id: UUID,
    way: DeliveryWay,
    due_on: date | None = None,
    language: str = "",
    by: str = "",
) -> Delivery:
    """Write down a step of an issue's way to the family and return it.

    ``due_on`` is the promised day; ``language`` and ``by`` say in what and by whom it was explained aloud.
    The same step once more, as of a button pressed twice, is the one that is there.
    """
    listed = issue_for(session, actor, issue_id)
    issue, school = listed.issue, session.get_one(School, actor.school_id)
    lock_conversations(session, actor.school_id, [issue.conversation_id])
    session.refresh(issue, ["withdrawn_at", "deliveries"])  # as they are now that nobody else writes
    if issue.withdrawn_at is not None:
        raise Refused("This version was withdrawn. Give them the newest one.")
    if way is DeliveryWay.PROMISED:
        if due_on is None:
            raise Refused("Say by which day.", "due_on")
        if due_on < local_day(now, school.time_zone):
            raise Refused("That day has passed. Choose today or a later day.", "due_on")
    if way is DeliveryWay.EXPLAINED:
        language = language_of(language).tag
        if not clean_line(by):
            raise Refused("Say who explained it.", "by")
    said = {"language": language, "by": clean_line(by)} if way is DeliveryWay.EXPLAINED else {}
    promised_on = due_on if way is DeliveryWay.PROMISED else None
    last = issue.deliveries[-1] if issue.deliveries else None
    if last is not None and (last.way, last.due_on, {"language": last.language, "by": last.by}) == (
        way,
        promised_on,
        {"language": "", "by": "", **said},
    ):
        return last
    delivery = _add_step(session, actor, now, issue, way, due_on=promised_on, **said)
    act = Act.PRINT if way is DeliveryWay.PRINTED else Act.HAND_OUT if way in REACHED else Act.CHANGE
    audit.record(session, actor, now, act, "issue", issue.id, listed.meeting.pupil_id, way.value)
    return delivery


def sent_home(session: Session, actor: Actor, now: datetime, issue_ids: Collection[UUID]) -> None:
    """Write down that copies which wait went home. What somebody else ticked meanwhile waits no longer."""
    waiting_here = [row for row in waiting_issues(session, actor.school_id) if row.issue.id in issue_ids]
    lock_conversations(session, actor.school_id, [row.meeting.id for row in waiting_here])
    for row in waiting_issues(session, actor.school_id):
        if row.issue.id in issue_ids:
            record_delivery(session, actor, now, row.issue.id, DeliveryWay.SENT)


def _reissue(session: Session, actor: Actor, now: datetime, correction: Correction) -> list[Issue]:
    meeting = session.get_one(Conversation, correction.conversation_id)
    school = session.get_one(School, actor.school_id)
    issues = issues_of(session, meeting.id)
    record = load_record(session, meeting)
    allowed = {link.carer_id for link in record.links if link.may_receive is not MayReceive.NO}
    made = []
    for carer_id, latest in latest_of(issues).items():
        if carer_id not in allowed:
            continue
        view = view_of(record, school, carer_id, latest.language)
        unseen = _corrections_unseen(session, [issue for issue in issues if issue.carer_id == carer_id])
        lines = tuple(line for one in (*unseen, correction) for line in changes_for(session, view, one))
        number = next_number(session, meeting.id, carer_id)
        content = view.content(_layout(latest), now, number, "correction", lines)
        if _says_the_same(content, content_of(session, latest.id)):
            continue
        reason = IssueReason.CORRECTION
        made.append(_issue(session, actor, now, meeting, carer_id, content, reason, correction.id))
    return made


def _corrections_unseen(session: Session, issues: Sequence[Issue]) -> list[Correction]:
    """Return the corrections that the family has not seen: those since the last issue that reached them."""
    unseen: list[UUID] = []
    for issue in sorted(issues, key=lambda issue: issue.number):
        if issue.correction_id is not None:
            unseen.append(issue.correction_id)
        if any(step.way in REACHED for step in issue.deliveries):
            unseen = []
    return [session.get_one(Correction, identifier) for identifier in unseen]


def _says_the_same(content: SummaryContent, before: SummaryContent) -> bool:
    """Return whether a carer's copy says what it said: which copy it is, and fixed words, do not count."""
    return (
        replace(
            content,
            words=before.words,
            version=before.version,
            reason=before.reason,
            changes=before.changes,
            made_at=before.made_at,
        )
        == before
    )


def _content(
    session: Session,
    meeting: Conversation,
    carer_id: UUID,
    language: str,
    layout: Layout | None,
    now: datetime,
    reason: IssueReason,
) -> SummaryContent:
    school = session.get_one(School, meeting.school_id)
    return content_for(
        session,
        school,
        meeting,
        carer_id,
        language=language,
        layout=layout,
        now=now,
        reason=_REASONS[reason],
    )


def _issue(
    session: Session,
    actor: Actor,
    now: datetime,
    meeting: Conversation,
    carer_id: UUID,
    content: SummaryContent,
    reason: IssueReason,
    correction_id: UUID | None = None,
) -> Issue:
    """Freeze a summary; what was issued before and not yet given out is withdrawn.

    Its place on the print list and the day that was promised go over to the new one: the family still waits.
    """
    to_print, promised_on = False, None
    for earlier in issues_of(session, meeting.id):
        if earlier.carer_id == carer_id and earlier.withdrawn_at is None and not is_held(earlier.deliveries):
            earlier.withdrawn_at = now
            to_print, promised_on = waiting(earlier.deliveries) or (to_print, promised_on)
    document = write_word(content)
    issue = Issue(
        school_id=actor.school_id,
        conversation_id=meeting.id,
        carer_id=carer_id,
        number=content.version,
        reason=reason,
        correction_id=correction_id,
        language=content.tag,
        layout=content.layout,
        document=document,
        sha256=sha256(document).hexdigest(),
        content=to_json(content),
        guide_version=meeting.guide_version,
        line_states=_line_states(content),
        issued_at=now,
        issued_by_id=actor.person_id,
    )
    session.add(issue)
    session.flush()
    if to_print:
        _add_step(session, actor, now, issue, DeliveryWay.PRINT_LIST)
    if promised_on is not None:
        _add_step(session, actor, now, issue, DeliveryWay.PROMISED, due_on=promised_on)
    note = f"version {issue.number}, {reason.value}, {issue.language}"
    audit.record(session, actor, now, Act.ISSUE, "issue", issue.id, meeting.pupil_id, note)
    return issue


def _add_step(
    session: Session,
    actor: Actor,
    now: datetime,
    issue: Issue,
    way: DeliveryWay,
    *,
    due_on: date | None = None,
    language: str = "",
    by: str = "",
) -> Delivery:
    delivery = Delivery(
        school_id=actor.school_id,
        way=way,
        due_on=due_on,
        language=language,
        by=by,
        recorded_at=now,
        recorded_by_id=actor.person_id,
    )
    issue.deliveries.append(delivery)
    session.flush()
    return delivery


def _must_be_allowed(session: Session, meeting: Conversation, carer_id: UUID) -> None:
    link = session.scalar(
        select(PupilCarer).where(PupilCarer.pupil_id == meeting.pupil_id, PupilCarer.carer_id == carer_id)
    )
    if link is not None and link.may_receive is MayReceive.NO:
        raise Refused("One of the carers is not to be given copies. Take their tick off, or ask the office.")


def _line_states(content: SummaryContent) -> dict[str, dict[str, int]]:
    """Return how many pieces are in which state: what people said and wrote, and the fixed words.

    Days, names, roles, areas and whom to ring are not counted. The state of each piece, theirs too, stands
    beside it in the content.
    """
    words: list[Twin] = [getattr(content.words, field.name) for field in fields(Words)]
    return {
        "free": dict(Counter(twin.home.state for twin in content.free_texts())),
        "fixed": dict(Counter(twin.home.state for twin in words)),
    }


def _layout(issue: Issue) -> Layout:
    return cast("Layout", issue.layout)
