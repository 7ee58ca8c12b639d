"""The tablet turned to the family: one thing at a time, large, in their language with English beside it.

The page is made for itself from what the carers present may read. It holds no staff note and no other
family's word, not even hidden. What they tap goes to ``taps``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from convo.access.guard import current_actor, current_school, permit
from convo.access.rules import Permission
from convo.conversation.guide import with_child
from convo.conversation.models import Conversation, Entry
from convo.conversation.rules import ParticipantKind, ProposalAnswer, Readers, StageName, State
from convo.hour.looks import looked_at
from convo.hour.names import ANY_STAGE, SLUGS, STAGES
from convo.hour.page import StagePage
from convo.hour.queries import Hour, load_hour
from convo.hour.stages import pinned_guide
from convo.kernel.clock import utc_now
from convo.kernel.errors import NotFound
from convo.language.catalogue import say
from convo.language.dates import long_date
from convo.language.tags import Language, language
from convo.language.text import Text, english, in_latin_letters, missing
from convo.plan.models import Action
from convo.plan.rules import Doer
from convo.summary.readers import Reader, reader_of
from convo.summary.record import load_record
from convo.web.transaction import session

family_pages = Blueprint("family", __name__)


class Piece(NamedTuple):
    """A part of a card, in English and in theirs; or as somebody typed it, which stands there alone."""

    part: str
    english: Text
    theirs: Text
    typed: bool = False

    @property
    def in_english(self) -> bool:
        """Return whether it was typed and, as far as its letters tell, in English."""
        return self.typed and in_latin_letters(self.english.text)


Choice = tuple[ProposalAnswer, Text, Text]


@dataclass(frozen=True)
class FamilyCard:
    """One thing on the family's screen: whose it is, what it says, and what can be tapped on it."""

    thing: str
    thing_id: UUID
    tags: list[Piece]
    colour: str
    pieces: list[Piece]
    answers: list[Choice]


@dataclass(frozen=True)
class Side:
    """What stands around the cards of a stage, in one of the languages that the screen can be turned to."""

    meeting: Conversation
    slug: str
    lang: Language
    tags: list[Language]
    heading: tuple[Text, Text]
    question: tuple[Text, Text]
    unchecked: tuple[Text, Text]
    words: dict[str, Text]

    @property
    def child(self) -> str:
        """Return what the child is called."""
        return self.meeting.pupil.called


@family_pages.get(f"/conversations/<uuid:conversation_id>/family/<any({ANY_STAGE}):slug>")
@permit(Permission.HOLD_CONVERSATIONS)
def turn(conversation_id: UUID, slug: str) -> ResponseReturnValue:
    """Show the family's side of a stage, one thing to a page, in the language of the carers present."""
    actor, now = current_actor(), utc_now()
    hour = load_hour(session(), actor, conversation_id)
    if hour.meeting.state is not State.OPEN:
        raise NotFound
    looked_at(hour.meeting.pupil_id, now)
    stage = STAGES[slug]
    tags = languages_here(hour)
    tag = request.args.get("tag", "")
    tag = tag if tag in tags else tags[0]
    cards = cards_of(hour, stage, tag, _readers(hour))
    number = min(max(request.args.get("n", 1, type=int), 1), max(len(cards), 1))
    card = cards[number - 1] if cards else None
    page = StagePage(hour, pinned_guide(hour.meeting), current_school(), stage, now)
    return render_template(
        "hour/family.html",
        meeting=hour.meeting,
        side=side_of(page, stage, tag, tags),
        card=card,
        chosen=_chosen(hour, card),
        number=number,
        count=len(cards),
    )


def languages_here(hour: Hour) -> list[str]:
    """Return the languages that carers here read, English last: what the family's screen can be turned to."""
    links = [hour.link_of(person.carer_id) for person in hour.carers_here]
    reads = [
        person.reads or (link.carer.reads if link else None)
        for person, link in zip(hour.carers_here, links, strict=True)
    ]
    found = dict.fromkeys(tag for tag in reads if tag and tag != "en")
    return [*found, "en"]


def heading_of(stage: StageName, tag: str) -> Text:
    """Return what the family's screen of a stage is about."""
    match stage:
        case StageName.SINCE:
            return say("What we said last time", tag)
        case StageName.EXPLORE:
            return say("What we heard", tag)
        case StageName.FOCUS:
            return say("What matters most", tag)
        case StageName.PLAN:
            return say("What we will do", tag)
        case StageName.REVIEW:
            return say("What we agreed", tag)


def side_of(page: StagePage, stage: StageName, tag: str, tags: Iterable[str]) -> Side:
    """Return what stands around the cards of a stage in a language."""
    return Side(
        meeting=page.hour.meeting,
        slug=SLUGS[stage],
        lang=language(tag),
        tags=[language(other) for other in tags],
        heading=(heading_of(stage, "en"), heading_of(stage, tag)),
        question=_question(page.guide_of(stage).say_one, page.child, tag),
        unchecked=(_unchecked("en"), _unchecked(tag)),
        words=_words(tag),
    )


def _words(tag: str) -> dict[str, Text]:
    """Return the words of the page's own buttons and notices."""
    return {
        "next": say("Next", tag),
        "back": say("Back", tag),
        "undo": say("Undo", tag),
        "told": say("The teacher will see this.", tag),
        "nothing": say("Nothing is written here yet.", tag),
        "in English": say("In English, not translated yet.", tag),
    }


def _unchecked(tag: str) -> Text:
    return say("This translation has not been checked by a person yet.", tag)


def _chosen(hour: Hour, card: FamilyCard | None) -> ProposalAnswer | None:
    """Return what the family has tapped of what is offered here and the teacher has not answered yet."""
    if card is None:
        return None
    offered = [answer for answer, _, _ in card.answers]
    mine = (p.answer for p in hour.proposals if p.thing_id == card.thing_id and p.answer in offered)
    return next(mine, None)


def _readers(hour: Hour) -> list[Reader]:
    """Return the carers at the table as readers: what one of them may not know is not shown."""
    record = load_record(session(), hour.meeting)
    return [reader_of(record, person.carer_id) for person in hour.carers_here if person.carer_id]


def tappable(hour: Hour) -> set[tuple[str, UUID, ProposalAnswer]]:
    """Return what the family is shown now and can tap, at any stage: thing, id, and answer."""
    readers = _readers(hour)
    return {
        (card.thing, card.thing_id, answer)
        for stage in StageName
        for card in cards_of(hour, stage, "en", readers)
        for answer, _, _ in card.answers
    }


def cards_of(hour: Hour, stage: StageName, tag: str, readers: Sequence[Reader]) -> list[FamilyCard]:
    """Return the things of a stage that those present may read, one card each.

    The tablet makes them by the same rules, in static/hour/turned.js.
    """
    answers = answers_of(stage, tag)
    if stage is StageName.SINCE:
        return _action_cards([promise.action for promise in hour.before], tag, answers, readers)
    if stage in (StageName.EXPLORE, StageName.FOCUS):
        family = _family_here(hour)
        return [
            _entry_card(hour, entry, answers)
            for entry in hour.entries
            if _is_for_all_here(entry, readers, family)
        ]
    actions = hour.kept_actions if stage is StageName.PLAN else hour.agreed_actions or hour.kept_actions
    return _action_cards(actions, tag, answers, readers)


def answers_of(stage: StageName, tag: str) -> list[Choice]:
    """Return what can be tapped on the cards of a stage."""
    if stage is StageName.SINCE:
        return []
    if stage is StageName.FOCUS:
        return [_answer(ProposalAnswer.MATTERS, tag)]
    return [_answer(ProposalAnswer.RIGHT, tag), _answer(ProposalAnswer.NOT_MEANT, tag)]


def _family_here(hour: Hour) -> list[UUID]:
    """Return the places of those who are here, without staff and the interpreter.

    Whoever is here as the interpreter reads the screen aloud, a relative too. A relative who is here as
    anything else is one of these, even when they interpret.
    """
    others = (ParticipantKind.STAFF, ParticipantKind.INTERPRETER)
    return [person.id for person in hour.present if person.kind not in others]


def _is_for_all_here(entry: Entry, readers: Sequence[Reader], family: Sequence[UUID]) -> bool:
    """Return whether all who are here may read an entry: what only who said it may, while nobody else is."""
    if entry.removed or not entry.text:
        return False
    if entry.readers is Readers.SPEAKER:
        return family == [entry.voice_id]
    return all(reader.may_read(entry) for reader in readers)


def _action_cards(
    actions: Iterable[Action], tag: str, answers: list[Choice], readers: Sequence[Reader]
) -> list[FamilyCard]:
    """Return the cards of actions; none for one whose words name somebody kept apart from who is here."""
    return [
        _action_card(action, tag, answers, named=all(reader.may_name(action) for reader in readers))
        for action in actions
        if action.what and not any(reader.names_in(f"{action.what} {action.how_often}") for reader in readers)
    ]


def _entry_card(hour: Hour, entry: Entry, answers: list[Choice]) -> FamilyCard:
    person = hour.participant(entry.voice_id)
    kind = person.kind.value if person else ""
    colour = {"carer": "parent", "pupil": "pupil", "staff": "school"}.get(kind, "")
    said_by = [as_it_is("name", person.name)] if person else []
    return FamilyCard("entry", entry.id, said_by, colour, [as_said("what", entry.text)], answers)


def _action_card(action: Action, tag: str, answers: list[Choice], *, named: bool) -> FamilyCard:
    pieces = [as_said("what", action.what)]
    if action.who and named:
        pieces.append(who_does_it(action.who, tag))
    if action.how_often:
        pieces.append(as_said("often", action.how_often))
    if action.by_when:
        pieces.append(Piece("day", long_date(action.by_when, "en"), long_date(action.by_when, tag)))
    colour = action.by_whom.value if action.by_whom else ""
    # Of a thing that the child does there is none: their name stands beside "Who".
    places = [place for place in places_of(tag) if place.part == colour]
    return FamilyCard("action", action.id, places, colour, pieces, answers)


def as_said(part: str, words: str) -> Piece:
    """Return what somebody typed, which nobody has translated."""
    return Piece(part, english(words), missing(words), typed=True)


def as_it_is(part: str, name: str) -> Piece:
    """Return a name, which is the same in every language."""
    return Piece(part, english(name), english(name), typed=True)


def who_does_it(name: str, tag: str) -> Piece:
    """Return who by name does an action."""
    return Piece("who", english(f"Who: {name}"), say("Who: {name}", tag, name=english(name)))


def places_of(tag: str) -> list[Piece]:
    """Return where an action can be done."""
    return [
        Piece(Doer.HOME.value, say("At home", "en"), say("At home", tag)),
        Piece(Doer.SCHOOL.value, say("At school", "en"), say("At school", tag)),
    ]


def _answer(answer: ProposalAnswer, tag: str) -> tuple[ProposalAnswer, Text, Text]:
    match answer:
        case ProposalAnswer.RIGHT:
            return answer, say("Yes, that is right", "en"), say("Yes, that is right", tag)
        case ProposalAnswer.NOT_MEANT:
            return answer, say("I meant something else", "en"), say("I meant something else", tag)
        case ProposalAnswer.MATTERS:
            return answer, say("This matters most to us", "en"), say("This matters most to us", tag)


def _question(words: str, child: str, tag: str) -> tuple[Text, Text]:
    theirs = say(words, tag, child=child) if "{child}" in words else say(words, tag)
    return english(with_child(words, child)), theirs
