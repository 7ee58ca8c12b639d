"""What the family taps on the turned tablet, and what the teacher makes of it: as changes, or by plain forms.

A tap is a proposal under an id that the tablet gave it, and is made once: another tap is another proposal. So
nothing comes back when a change is sent again, however late and from whichever tablet.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from convo.access.guard import current_actor, permit
from convo.access.rules import Actor, Permission
from convo.conversation.incoming import read_change
from convo.conversation.journal import apply_changes
from convo.conversation.models import Conversation, Proposal
from convo.conversation.proposals import answer_proposal, propose, waiting_answers
from convo.conversation.rules import ProposalAnswer, ProposalState, State
from convo.conversation.writers import reached
from convo.hour.batch import Sent, Take, Taken, answer_each, as_who_they_are, keeping_aside
from convo.hour.family import tappable
from convo.hour.names import ANY_STAGE, SLUGS, STAGES
from convo.hour.queries import load_hour
from convo.hour.verbs import verb_changes
from convo.kernel.clock import utc_now
from convo.kernel.errors import OLDER, Refused
from convo.kernel.ids import new_id, parse_id
from convo.web.transaction import session

taps = Blueprint("taps", __name__)

Tap = tuple[str, UUID, ProposalAnswer]  # thing, its id, what was tapped on it


@taps.post("/conversations/<uuid:conversation_id>/taps")
@permit(Permission.SEE_HOME)  # who had a part keeps nothing back on the tablet when they lose it
def take(conversation_id: UUID) -> ResponseReturnValue:
    """Keep taps of the family as proposals, take them back, and note what the teacher made of them."""
    now = utc_now()
    taking = as_who_they_are(
        conversation_id, lambda actor: taking_taps(session(), actor, now, conversation_id)
    )
    return answer_each("tap", taking)


@taps.post(f"/conversations/<uuid:conversation_id>/family/<any({ANY_STAGE}):slug>")
@permit(Permission.HOLD_CONVERSATIONS)
def tap(conversation_id: UUID, slug: str) -> ResponseReturnValue:
    """Keep a tap of the family, or take it back, from the page that the school makes for them."""
    on, now, form = session(), utc_now(), request.form
    take_in = taking_taps(on, current_actor(), now, conversation_id)
    thing, _, thing_id = form.get("about", "").partition(":")
    value = {"thing": thing, "thing_id": thing_id, "answer": form.get("undo") or form.get("answer")}
    with _telling_the_teacher(on, conversation_id) as tell:
        if "undo" in form:
            _, about, chosen = _read(value)
            for waits in waiting_answers(on, conversation_id, about, chosen):
                tell(take_in(Sent(new_id(), waits.id, "answer", None, now)))
        else:
            tell(take_in(Sent(new_id(), new_id(), "answer", value, now)))
    page, tag = form.get("n", "1"), form.get("tag", "")
    return redirect(url_for("family.turn", conversation_id=conversation_id, slug=slug, n=page, tag=tag))


@taps.post("/conversations/<uuid:conversation_id>/proposals/<uuid:proposal_id>")
@permit(Permission.HOLD_CONVERSATIONS)
def answer(conversation_id: UUID, proposal_id: UUID) -> ResponseReturnValue:
    """Take up what the family tapped, or leave it. What cannot be taken up now goes on waiting."""
    on, actor, now = session(), current_actor(), utc_now()
    take_in = taking_taps(on, actor, now, conversation_id)
    hour = load_hour(on, actor, conversation_id)
    operation = uuid5(proposal_id, str(actor.person_id))  # a form sent twice does it once
    state = request.form.get("answer")
    waits = any(proposal.id == proposal_id for proposal in hour.proposals)
    with _telling_the_teacher(on, conversation_id) as tell:
        taken_up = waits and state == ProposalState.CONFIRMED
        made = verb_changes(hour, operation, f"take_up:{proposal_id}") if taken_up else []
        apply_changes(on, actor, now, conversation_id, [read_change(change) for change in made])
        tell(take_in(Sent(uuid5(operation, "state"), proposal_id, "state", state, now)))
    back = request.form.get("back", "")
    slug = back if back in STAGES else SLUGS[hour.meeting.stage]
    return redirect(url_for("hour.stage", conversation_id=conversation_id, slug=slug))


@contextmanager
def _telling_the_teacher(on: Session, conversation_id: UUID) -> Iterator[Callable[[Taken], None]]:
    """Give what tells the teacher that a tap was kept aside, and tell them what is refused.

    It stands on their next page of the hour, as the family's is not the place for it; of a meeting that is
    not open any more on whatever page comes.
    """
    is_open = on.get_one(Conversation, conversation_id).state is State.OPEN
    category = "told" if is_open else "message"

    def tell(taken: Taken) -> None:
        if taken.aside:
            flash(taken.told["message"], category)

    try:
        yield tell
    except Refused as refusal:
        flash(refusal.message, category)


def taking_taps(on: Session, actor: Actor, now: datetime, conversation_id: UUID) -> Take:
    """Return what takes in a tap, or what became of one; several, while nothing else of the meeting changes.

    Raises NotFound for who never had a part in the meeting.
    """
    arrived = reached(on, actor, conversation_id)
    meeting = arrived.meeting
    keep = keeping_aside(on, actor, now, arrived, "tap")

    @cache
    def shown() -> set[Tap]:
        return tappable(load_hour(on, actor, conversation_id))

    def take_one(sent: Sent) -> Taken:
        proposal = on.get(Proposal, sent.thing_id)
        if proposal is not None and proposal.conversation_id != meeting.id:
            raise Refused(_ELSEWHERE)
        if arrived.aside:
            made = proposal is not None and sent.field == "answer" and sent.value is not None
            return Taken(False) if made else keep(sent)
        if sent.field == "state":
            return _answered(proposal, sent.value)
        if sent.field != "answer":
            raise Refused(OLDER)
        if sent.value is None:
            waits = proposal is not None and proposal.state is ProposalState.WAITING
            if proposal is not None and waits:
                answer_proposal(proposal, ProposalState.DISMISSED)
            return Taken(waits)
        tap = _read(sent.value)
        if proposal is None:
            _must_be_open(meeting)
            if tap not in shown():
                raise Refused("What was tapped is not shown to the family any more. Ask them again.")
            propose(on, now, meeting, *tap, proposal_id=sent.thing_id)
        elif (proposal.thing, proposal.thing_id, proposal.answer) != tap:
            raise Refused("Something else was tapped here before. Tap it again.")
        return Taken(proposal is None)

    return take_one


_ELSEWHERE = "That tap is not in this conversation. Reload the page."


def _answered(proposal: Proposal | None, value: Any) -> Taken:
    """Note the teacher's answer, unless there is one, and return what it is."""
    if value not in (ProposalState.CONFIRMED, ProposalState.DISMISSED):
        raise Refused(OLDER)
    if proposal is None:
        raise Refused(_ELSEWHERE)
    waits = proposal.state is ProposalState.WAITING
    if waits:
        answer_proposal(proposal, ProposalState(value))
    return Taken(waits, {"value": proposal.state.value})


def _read(value: Any) -> Tap:
    try:
        thing, thing_id, answer = value["thing"], parse_id(value["thing_id"]), ProposalAnswer(value["answer"])
    except (TypeError, KeyError, ValueError):
        raise Refused(OLDER) from None
    if not isinstance(thing, str) or thing_id is None:
        raise Refused(OLDER)
    return thing, thing_id, answer


def _must_be_open(meeting: Conversation) -> None:
    if meeting.state is State.CLOSED:
        raise Refused("This conversation is closed. What was tapped after that is not kept.")
    if meeting.state is not State.OPEN:
        raise Refused("This conversation has not been opened yet. Open it first.")
