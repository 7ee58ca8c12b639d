"""What a tablet holds of somebody who has left the school: asked for, and handed over as it lies."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_settings, permit
from convo.access.rules import Permission, tablet_key
from convo.conversation.left_behind import keep_aside, of_leavers, opened
from convo.conversation.unsent import read_unsent
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.kernel.ids import parse_pair
from convo.web.transaction import session

left_behind = Blueprint("left_behind", __name__)

_MOST = 100  # pairs asked for at once


@left_behind.get("/left-behind")
@permit(Permission.SEE_HOME)
def ask() -> ResponseReturnValue:
    """Return of which people and conversations the tablet is to send what waits: ``{"send": [pair, …]}``.

    Asked with ``about=PERSON.CONVERSATION`` for each. Of somebody who has not left nothing is wanted, and so
    it is of somebody unknown, or of another school's conversation: the answer does not tell them apart.
    """
    asked = {text: parse_pair(text) for text in request.args.getlist("about")[:_MOST]}
    pairs = [pair for pair in asked.values() if pair is not None]
    wanted = of_leavers(session(), current_actor(), pairs)
    return jsonify(send=[text for text, pair in asked.items() if pair in wanted])


@left_behind.post("/left-behind")
@permit(Permission.SEE_HOME)
def take() -> ResponseReturnValue:
    """Keep aside what a leaver wrote, from records as they lie on the tablet; return the ids it has now.

    The request is a file of unsent changes, and beside them ``halves``: what was typed and never added. Of
    anybody who has not left nothing is opened, and the tablet keeps it.
    """
    sent: Any = request.get_json(silent=True)
    unsent = read_unsent(sent)
    on, actor, now = session(), current_actor(), utc_now()
    if not of_leavers(on, actor, [(unsent.person_id, unsent.conversation_id)]):
        return jsonify(held=[])
    halves = sent.get("halves")
    changes, pages = opened(
        unsent,
        [half for half in halves if isinstance(half, dict)] if isinstance(halves, list) else [],
        tablet_key(current_settings().secret_key, unsent.person_id),
    )
    try:
        done = keep_aside(on, actor, now, unsent.person_id, unsent.conversation_id, changes)
    except NotFound:
        return jsonify(held=[])
    return jsonify(held=[str(each) for each in (*done.held, *pages)])
