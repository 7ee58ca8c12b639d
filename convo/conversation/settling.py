"""Which conflicts a batch answers: those that somebody chose of, and those that have come to nothing."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, Table, select, update

from convo.access.rules import Actor
from convo.conversation.judging import Desk
from convo.conversation.rules import ChangeOutcome


def settle(on: Connection, actor: Actor, desk: Desk, log: Table) -> None:
    """Mark as settled, by the actor, what the batch on the desk answers. At most two statements."""
    answered = {*desk.settled, *_as_wanted(on, desk, log)}
    if not answered:
        return
    on.execute(
        update(log)
        .where(log.c.id.in_(answered), log.c.conversation_id == desk.conversation_id)
        .where(log.c.outcome == ChangeOutcome.CONFLICT, log.c.settled_at.is_(None))
        .values(settled_at=desk.now, settled_by_id=actor.person_id)
    )


def _as_wanted(on: Connection, desk: Desk, log: Table) -> Iterator[UUID]:
    """Yield the conflicts about taking out, or putting back, what stands now as their author wanted it.

    Also those before a new one that asks the same.
    """
    said = {
        (change.thing_id, change.value): number
        for change, number, outcome, written in desk.accepted
        if change.field == "removed" and (written or outcome is ChangeOutcome.CONFLICT)
    }
    if not said:
        return
    waiting = select(log.c.id, log.c.thing_id, log.c.value, log.c.number).where(
        log.c.conversation_id == desk.conversation_id,
        log.c.thing_id.in_({thing_id for thing_id, _ in said}),
        log.c.field == "removed",
        log.c.outcome == ChangeOutcome.CONFLICT,
        log.c.settled_at.is_(None),
    )
    for row in on.execute(waiting):
        if row.number < said.get((row.thing_id, row.value), 0):
            yield row.id
