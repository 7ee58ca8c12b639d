"""What a value of the journal says to a person: of an id the name or the words it stands for. No Flask."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.conversation.fields import FIELDS
from convo.conversation.models import Change, Conversation, Entry, Participant, Priority, StaffNoteChange
from convo.kernel.clock import date_in_words
from convo.kernel.ids import parse_id
from convo.people.models import Carer, PupilCarer
from convo.plan.models import Action, Target

UNKNOWN = "(no longer known)"
EMPTY = "(empty)"
_NAMING = {"participant": "name", "entry": "text", "priority": "text", "target": "text", "action": "what"}

_FIELDS = {
    "what": "what",
    "who": "who",
    "who_id": "who",
    "by_whom": "where",
    "by_when": "by when",
    "how_often": "how often",
    "how_known": "how we will know",
    "understood": "how it was understood",
    "text": "the words",
    "removed": "taken out",
    "next_on": "next meeting",
    "next_time": "time of the next meeting",
    "next_place": "place of the next meeting",
    "keep_in_touch": "how we keep in touch",
    "readers": "who may read it",
    "entries": "made from",
    "replaces": "instead of",
}
_PARENTS = {
    "entry": "who said it",
    "target": "what matters",
    "action": "what we want to see",
    "decision": "about",
}


def name_of_field(thing: str, field: str) -> str:
    """Return what a field of a thing is called where a change of it stands alone."""
    if field == "parent" and thing in _PARENTS:
        return _PARENTS[thing]
    return _FIELDS.get(field, field.replace("_", " "))


def said(value: Any, names: Mapping[str, str]) -> str:
    """Return a value in words, ``names`` being what each id stands for. Of an id not among them: nothing.

    A place in a list has no words either.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " · ".join(words for each in value if (words := said(each, names)))
    if not isinstance(value, str):
        return ""
    return names.get(value, "") if parse_id(value) is not None else date_in_words(value)


def shown(value: Any, names: Mapping[str, str]) -> str:
    """Return a value in words where something has to stand: also that it is empty, or not known any more."""
    if value in (None, "", []):
        return EMPTY
    return said(value, names) or UNKNOWN


def names_in(
    session: Session,
    meetings: Sequence[Conversation],
    kept: Iterable[Change | StaffNoteChange] = (),
) -> dict[str, str]:
    """Return what the ids in changes of some meetings stand for. Six statements.

    ``kept`` are changes kept aside: they tell of what is not in a meeting yet.
    """
    here, pupils = [meeting.id for meeting in meetings], [meeting.pupil_id for meeting in meetings]
    schools = {meeting.school_id for meeting in meetings}
    people = select(Participant.id, Participant.person_id, Participant.name).where(
        Participant.conversation_id.in_(here)
    )
    names: dict[str, str] = {}
    for row in session.execute(people):
        names |= {str(key): row.name for key in (row.id, row.person_id) if key is not None}
    carers = (
        select(Carer)
        .join(PupilCarer, PupilCarer.carer_id == Carer.id)
        .where(PupilCarer.school_id.in_(schools), PupilCarer.pupil_id.in_(pupils))
    )
    names |= {str(carer.id): carer.full_name for carer in session.scalars(carers)}
    for wanted in (
        select(Entry.id, Entry.text).where(Entry.conversation_id.in_(here)),
        select(Priority.id, Priority.text).where(Priority.conversation_id.in_(here)),
        select(Target.id, Target.text).where(Target.school_id.in_(schools), Target.pupil_id.in_(pupils)),
        select(Action.id, Action.what).where(Action.school_id.in_(schools), Action.pupil_id.in_(pupils)),
    ):
        names |= {str(identifier): words for identifier, words in session.execute(wanted)}
    for change in kept:
        if _NAMING.get(change.thing) == change.field and isinstance(change.value, str):
            names.setdefault(str(change.thing_id), change.value)
    return names


def is_text(thing: str, field: str) -> bool:
    """Return whether a field holds what somebody typed."""
    spec = FIELDS.get(thing, {}).get(field)
    return spec is not None and spec.is_text
