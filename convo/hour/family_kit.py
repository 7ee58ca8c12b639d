"""What the tablet needs to turn itself to the family without wifi, as the kit has it.

The tablet makes the cards from what its page holds, so it follows the same rules of who may read what. They
need more than the page shows: who is kept apart from whom, and what those are called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from convo.conversation.rules import StageName
from convo.hour.family import (
    Choice,
    FamilyCard,
    Piece,
    Side,
    answers_of,
    as_it_is,
    as_said,
    places_of,
    side_of,
    who_does_it,
)
from convo.hour.names import SLUGS
from convo.hour.page import StagePage
from convo.language.dates import DateWords, date_words, long_date
from convo.language.tags import LANGUAGES
from convo.language.text import english
from convo.plan.models import Action
from convo.summary.readers import reader_of
from convo.summary.record import Record, load_record

_ANY_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Turned:
    """The family's side of all stages in one language, with slots for what the tablet puts in."""

    sides: list[Side]
    card: FamilyCard
    answers: list[tuple[str, list[Choice]]]  # of which stages, what can be tapped
    unchecked: str  # of which stages nobody has checked the words
    dates: DateWords


def turned_sides(page: StagePage) -> list[Turned]:
    """Return the family's side in each language of who is or can be here.

    Not in all that can be chosen for them: when the tablet is turned it fetches the kit anew, if it can.
    """
    spoken = [tag for tag in dict.fromkeys(page.spoken_here) if tag in LANGUAGES and tag != "en"]
    tags = [*spoken, "en"]
    return [_turned(page, tag, tags) for tag in tags]


def _turned(page: StagePage, tag: str, tags: Sequence[str]) -> Turned:
    sides = {stage: side_of(page, stage, tag, tags) for stage in page.stages}
    drafts = [side.slug for side in sides.values() if side.heading[1].state == "draft"]
    said = [stage for stage in page.stages if stage not in (StageName.SINCE, StageName.FOCUS)]
    return Turned(
        sides=list(sides.values()),
        card=_slots(tag),
        answers=[
            (", ".join(SLUGS[stage] for stage in stages), answers_of(stages[0], tag))
            for stages in (said, [StageName.FOCUS])
        ],
        unchecked=", ".join(drafts),
        dates=date_words(tag),
    )


def _slots(tag: str) -> FamilyCard:
    """Return a card with everything that one can have."""
    day = long_date(_ANY_DAY, tag)._replace(text="__day__")
    return FamilyCard(
        thing="",
        thing_id=UUID(int=0),
        tags=[as_it_is("name", "__name__"), *places_of(tag)],
        colour="",
        pieces=[
            as_said("what", "__what__"),
            who_does_it("__who__", tag),
            as_said("often", "__often__"),
            Piece("day", english("__english__"), day),
        ],
        answers=[],
    )


def kept_for_readers(session: Session, page: StagePage) -> dict[str, Any]:
    """Return what decides who may read what: of each carer what they read and from whom they are kept apart.

    Also what was promised before, with the carer who does it: that was said in another meeting.
    """
    record = load_record(session, page.hour.meeting)
    carers = {}
    for linked in record.links:
        reader = reader_of(record, linked.carer_id)
        carers[str(linked.carer_id)] = {
            "reads": linked.carer.reads or "",
            "apart": sorted(str(other) for other in reader.apart),
            "names": sorted(reader.hidden_names),
        }
    return {"carers": carers, "before": [_promise(promise.action, record) for promise in page.hour.before]}


def _promise(action: Action, record: Record) -> dict[str, Any]:
    doer = record.voices.get(action.who_id) if action.who_id else None
    return {
        "id": str(action.id),
        "what": action.what,
        "who": action.who,
        "by_whom": action.by_whom.value if action.by_whom else "",
        "how_often": action.how_often,
        "by_when": action.by_when.isoformat() if action.by_when else "",
        "doer": str(doer.carer_id) if doer and doer.carer_id else "",
    }
