"""What must stand before a meeting closes, said in plain words, and the closing itself (DESIGN §5.7).

``closing_check`` is pure and has test vectors in ``tests/conversation/closing.json``, so that the tablet can
run the same rules without wifi.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from convo.access import audit
from convo.access.models import Person, School
from convo.access.rules import Act, Actor
from convo.conversation.models import Change, Conversation, Stage
from convo.conversation.queries import looked_back_at, open_conflicts
from convo.conversation.rules import State, believed, decision_id, seconds_spent
from convo.conversation.writers import writable
from convo.kernel.clock import local
from convo.kernel.errors import Refused
from convo.plan.models import Action, Decision, Target
from convo.plan.rules import ActionState, Agreement, Doer, Outcome

MOST_FOR_HOME = 3
MOST_WORDS_A_SENTENCE = 20
_SENTENCE_END = re.compile(r"[.!?\n]+")


@dataclass(frozen=True)
class DraftAction:
    """An action of this meeting as the closing check sees it."""

    id: str
    what: str
    who: str
    by_whom: str | None
    has_date: bool
    has_target: bool
    agreement: str


@dataclass(frozen=True)
class Remark:
    """One sentence of the closing check. ``stops`` is false for what is only worth a thought."""

    code: str
    text: str
    thing_id: str | None
    stops: bool


@dataclass(frozen=True)
class Seal:
    """When a tablet, maybe without wifi, says that a meeting was agreed.

    ``seen`` is the newest change that it had from others then: what they wrote after it nobody agreed to.
    """

    at: datetime
    seen: int | None = None


def closing_check(
    actions: Sequence[DraftAction],
    undecided: Sequence[tuple[str, str]],
    open_conflicts: int,
) -> list[Remark]:
    """Return what to look at before closing: what stops it first, then what is only worth a thought.

    ``undecided`` are the (id, text) of actions from before that nobody has said anything about.
    """
    remarks = [
        _stop("undecided", f"Since last time: say what became of “{what}”.", key) for key, what in undecided
    ]
    for action in actions:
        short = _short(action.what)
        if not action.what:
            remarks.append(_stop("no_words", "One action has no words. Write it, or take it out.", action.id))
            continue
        if not action.who or action.by_whom is None:
            remarks.append(_stop("no_one", f"“{short}” has no one who does it.", action.id))
        if not action.has_date:
            remarks.append(
                _stop("no_date", f"“{short}” has no date. Set the next meeting, or a date.", action.id)
            )
        if not action.has_target:
            remarks.append(_stop("no_target", f"“{short}” belongs to no target yet.", action.id))
        if action.agreement != Agreement.AGREED:
            remarks.append(
                _stop("not_agreed", f"“{short}” is not agreed yet. Agree it, or take it out.", action.id)
            )
    if open_conflicts:
        words = "One text has" if open_conflicts == 1 else f"{open_conflicts} texts have"
        remarks.append(_stop("conflict", f"{words} two versions. Choose one, or keep both.", None))
    if {action.id for action in actions} <= {remark.thing_id for remark in remarks}:
        text = "No action from today is agreed, so the copies will hold no new one."
        remarks.append(Remark("nothing_agreed", text, None, False))
    return remarks + _thoughts(actions)


def _thoughts(actions: Sequence[DraftAction]) -> list[Remark]:
    thoughts = []
    if not any(action.by_whom == Doer.SCHOOL for action in actions):
        thoughts.append(Remark("nothing_for_school", "There is nothing for the school to do.", None, False))
    if sum(action.by_whom == Doer.HOME for action in actions) > MOST_FOR_HOME:
        thoughts.append(
            Remark("much_for_home", "That is more than three things for home. Is it too much?", None, False)
        )
    for action in actions:
        if longest_sentence(action.what) > MOST_WORDS_A_SENTENCE:
            text = f"“{_short(action.what)}” is a long sentence. Could it be two?"
            thoughts.append(Remark("long_sentence", text, action.id, False))
    return thoughts


def longest_sentence(text: str) -> int:
    """Return how many words the longest sentence of a text has."""
    return max((len(sentence.split()) for sentence in _SENTENCE_END.split(text)), default=0)


def _stop(code: str, text: str, thing_id: str | None) -> Remark:
    return Remark(code, text, thing_id, True)


def _short(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    return first if len(first) <= 60 else first[:59].rstrip() + "…"


def close_conversation(
    session: Session,
    actor: Actor,
    now: datetime,
    conversation_id: UUID,
    *,
    finish_now: bool = False,
    sealed: Seal | None = None,
    seen: int | None = None,
) -> Conversation:
    """Close the meeting: actions agreed become open, decisions take effect, the clock stops.

    With ``finish_now``, what is unfinished is kept as a draft instead of stopping the closing, and actions
    from before that nobody talked about are recorded as that. A meeting that a tablet ``sealed`` closed
    then, if that can be, and the audit trail tells of it. ``seen`` is the newest change on the page that
    closes it, where no tablet did. Raises Refused with the first thing that stops it.
    """
    meeting = writable(session, actor, conversation_id)
    if meeting.state is State.CLOSED:
        return meeting
    if meeting.state is not State.OPEN:
        raise Refused("This conversation has not been opened yet. Open it first.")
    closed_at = believed(sealed.at if sealed else now, meeting.opened_at, now)
    actions = list(
        session.scalars(
            select(Action)
            .where(Action.conversation_id == meeting.id, ~Action.removed)
            .order_by(Action.position)
        )
    )
    gone = set(
        session.scalars(
            select(Target.id).where(Target.id.in_({action.target_id for action in actions}), Target.removed)
        )
    )
    before, decisions = _before(session, meeting)
    if finish_now:
        _leave_untouched(session, meeting, closed_at, before, decisions)
    check = closing_check(
        [draft_of(action, meeting.next_on, gone) for action in actions],
        [
            (str(action.id), action.what)
            for action in before
            if decisions.get(action.id) is None or decisions[action.id].outcome is None
        ],
        open_conflicts(session, meeting.id),
    )
    stopping = [remark for remark in check if remark.stops]
    unfinished = {remark.thing_id for remark in stopping if remark.code not in {"undecided", "conflict"}}
    in_the_way = [r for r in stopping if not (finish_now and r.thing_id in unfinished)]
    if in_the_way:
        raise Refused(in_the_way[0].text)
    known = seen if sealed is None else sealed.seen
    if known is not None:
        _must_be_seen(session, actor, meeting, known)
    for action in actions:
        if str(action.id) not in unfinished:
            action.by_when = action.by_when or meeting.next_on
            action.state = ActionState.OPEN
    for old in before:
        _settle(old, decisions[old.id], actions, meeting.next_on)
    _stop_clock(session, meeting, closed_at)
    meeting.state, meeting.closed_at, meeting.closed_by_id = State.CLOSED, closed_at, actor.person_id
    note = _sealed(session, actor, sealed, closed_at)
    audit.record(session, actor, now, Act.CLOSE, "conversation", meeting.id, meeting.pupil_id, note)
    session.flush()
    return meeting


def _must_be_seen(session: Session, actor: Actor, meeting: Conversation, seen: int) -> None:
    """Raise Refused where a field holds what another wrote after the change seen. One statement."""
    newest = (
        select(func.max(Change.number))
        .where(Change.conversation_id == meeting.id, Change.written, Change.field != "stage")
        .group_by(Change.thing_id, Change.field)
    )
    unseen = (
        select(Person.name)
        .join(Change, Change.author_id == Person.id)
        .where(Change.conversation_id == meeting.id, Change.number.in_(newest))
        .where(Change.number > seen, Change.author_id != actor.person_id)
        .order_by(Change.number.desc())
    )
    name = session.scalar(unseen.limit(1))
    if name is not None:
        raise Refused(
            f"{name} changed something that this tablet did not show yet. Look at it, and close again."
        )


def _sealed(session: Session, actor: Actor, seal: Seal | None, closed_at: datetime) -> str:
    """Return what the audit trail says of a closing that a tablet sealed; nothing of any other."""
    if seal is None:
        return ""
    if seal.at != closed_at:
        return f"sealed on the tablet, whose clock cannot be right: {seal.at:%Y-%m-%d %H:%M} UTC"
    there = local(closed_at, session.get_one(School, actor.school_id).time_zone)
    return f"sealed on the tablet, {there:%-d %B %Y at %H:%M}"


def draft_of(action: Action, next_on: date | None, gone: Collection[UUID] = ()) -> DraftAction:
    """Return an action as the closing check sees it; one without a date is due at the next meeting.

    ``gone`` are targets that have been taken out: an action towards one of them has none.
    """
    return DraftAction(
        id=str(action.id),
        what=action.what,
        who=action.who,
        by_whom=action.by_whom.value if action.by_whom else None,
        has_date=(action.by_when or next_on) is not None,
        has_target=action.target_id is not None and action.target_id not in gone,
        agreement=action.agreement.value,
    )


def _before(session: Session, meeting: Conversation) -> tuple[list[Action], dict[UUID, Decision]]:
    decisions = session.scalars(select(Decision).where(Decision.conversation_id == meeting.id))
    before = session.scalars(select(Action).where(looked_back_at(meeting)))
    return list(before), {decision.action_id: decision for decision in decisions}


def _leave_untouched(
    session: Session,
    meeting: Conversation,
    now: datetime,
    before: Sequence[Action],
    decisions: dict[UUID, Decision],
) -> None:
    for action in before:
        decision = decisions.get(action.id)
        if decision is None:
            decision = Decision(
                id=decision_id(meeting.id, action.id),
                school_id=meeting.school_id,
                action_id=action.id,
                conversation_id=meeting.id,
                decided_at=now,
            )
            session.add(decision)
            decisions[action.id] = decision
        if decision.outcome is None:
            decision.outcome = Outcome.NOT_TALKED_ABOUT


def _settle(old: Action, decision: Decision, actions: Sequence[Action], next_on: date | None) -> None:
    """Let a decision take effect on an action from before."""
    if decision.outcome is Outcome.DONE:
        old.state = ActionState.DONE
    elif decision.outcome is Outcome.STOP:
        old.state = ActionState.STOPPED
    elif decision.outcome is Outcome.CONTINUE:
        old.by_when = decision.by_when or next_on or old.by_when
    elif decision.outcome is Outcome.CHANGE and any(
        action.replaces_id == old.id and action.state is ActionState.OPEN for action in actions
    ):
        old.state = ActionState.CHANGED


def _stop_clock(session: Session, meeting: Conversation, now: datetime) -> None:
    if meeting.stage_entered_at is None:
        return
    seconds = seconds_spent(meeting.stage_entered_at, now)
    session.execute(
        update(Stage)
        .where(Stage.conversation_id == meeting.id, Stage.name == meeting.stage)
        .values(used_seconds=Stage.used_seconds + seconds)
    )
    meeting.stage_entered_at = None
