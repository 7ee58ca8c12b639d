"""What one carer may read of a meeting (DESIGN §5.3). Pure: rows in, yes or no out.

Of a carer kept apart from the reader nothing shows: not that they were there or when, neither the next
meeting nor how the school reaches them, no name beside what they do, and none of their words, also where
these were made a priority or a target word for word.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from convo.conversation.models import Entry, Participant
from convo.conversation.rules import ParticipantKind, Readers
from convo.kernel.text import folded
from convo.people.models import Carer
from convo.plan.models import Action
from convo.plan.rules import Doer
from convo.summary.record import Record

_SCHOOL_AND_PUPIL = {ParticipantKind.STAFF, ParticipantKind.PUPIL}

_NUMBER = re.compile(r"\d(?:[\s()./-]*\d)+")
_SAME_NUMBER = 9
"""Digits at the end that two ways of writing a telephone number share: 07700 900123, +44 (0)7700 900123."""


@dataclass(frozen=True)
class Reader:
    """One carer, and what stands between them and the meeting.

    ``meeting_hidden``: someone kept apart from them was there. ``hidden_names`` are the ways in which those
    kept apart are called; ``hidden_words`` the folded texts that stay hidden even when the plan repeats them;
    ``hidden_contacts`` how the other carers are reached (ends of numbers, folded e-mail addresses), each with
    the name of those kept apart, or nothing.
    """

    carer_id: UUID
    present: bool
    apart: frozenset[UUID]
    meeting_hidden: bool
    voices: Mapping[UUID, Participant]
    hidden_names: frozenset[str] = frozenset()
    hidden_words: frozenset[str] = frozenset()
    hidden_contacts: Mapping[str, str] = field(default_factory=dict)
    everything: bool = False  # the school's own copy

    def may_read(self, entry: Entry) -> bool:
        """Return whether an entry is for this carer."""
        if self.everything:
            return True
        voice = self.voice_of(entry)
        if voice is not None and voice.carer_id == self.carer_id:
            return True
        if self.is_kept_from(voice):
            return False
        if entry.readers is Readers.ALL_CARERS:
            return True
        return entry.readers is Readers.PRESENT and self.present

    def is_kept_from(self, person: Participant | None) -> bool:
        """Return whether this carer may not learn that somebody was there.

        Where one kept apart was there, whoever came with them, or interpreted, tells of them too.
        """
        if person is None:
            return False
        if person.carer_id is not None:
            return person.carer_id in self.apart
        return self.meeting_hidden and person.kind not in _SCHOOL_AND_PUPIL

    def voice_of(self, entry: Entry) -> Participant | None:
        """Return who said it."""
        return self.voices.get(entry.voice_id) if entry.voice_id else None

    def may_read_words(self, text: str) -> bool:
        """Return whether a priority or target may stand: its words are not just an entry hidden from them."""
        return folded(text) not in self.hidden_words

    def may_keep_in_touch(self) -> bool:
        """Return whether what was arranged for staying in touch is theirs: it may hold a number."""
        return self.present and not self.meeting_hidden

    def arranged(self, text: str) -> str:
        """Return what was arranged for staying in touch, without lines that tell how to reach another."""
        lines = text.split("\n")
        kept = (line for line in lines if not self.hidden_contacts.keys() & _contacts_in(line))
        return "\n".join(kept).strip()

    def may_name(self, action: Action) -> bool:
        """Return whether this carer may learn who by name does an action.

        For a reader who is kept apart from someone, a thing done at home has a name only when it is certain
        that it is not theirs: a typed "Mum" says too much already.
        """
        if not self.apart:
            return True
        if action.by_whom is Doer.HOME:
            doer = self.voices.get(action.who_id) if action.who_id else None
            known = doer.carer_id if doer is not None else None
            return known is not None and known not in self.apart
        return not self.names_in(action.who)

    def names_in(self, text: str) -> list[str]:
        """Return which of those kept apart a text names, as they are called there, or tells how to reach."""
        said = folded(text)
        names = {
            name
            for name in self.hidden_names
            if re.search(rf"(?<!\w){re.escape(folded(name))}(?!\w)", said) is not None
        }
        reached = {self.hidden_contacts.get(contact, "") for contact in _contacts_in(text)}
        return sorted(names | reached - {""})


def reader_of(record: Record, carer_id: UUID) -> Reader:
    """Return a carer as the reader of a meeting."""
    pairs = [pair for pair in record.kept_apart if carer_id in pair]
    apart = frozenset(other for pair in pairs for other in pair if other != carer_id)
    here = {person.carer_id for person in record.present}
    reader = Reader(
        carer_id=carer_id,
        present=carer_id in here,
        apart=apart,
        meeting_hidden=bool(apart & here),
        voices=record.voices,
    )
    names = {
        linked.carer_id: _called(linked.carer)
        for linked in record.links
        if linked.carer_id in apart | {carer_id}
    }
    typed = {person.name for person in record.voices.values() if person.carer_id in apart}
    hidden_names = typed.union(*(names.get(other, ()) for other in apart)) - set(names.get(carer_id, ()))
    return replace(
        reader,
        hidden_names=frozenset(hidden_names),
        hidden_words=_hidden_words(record.entries, reader),
        hidden_contacts=_hidden_contacts([linked.carer for linked in record.links], reader),
    )


def school_reader(record: Record) -> Reader:
    """Return the school as the reader of a meeting: nothing of it is hidden."""
    return Reader(
        carer_id=record.meeting.id,  # nobody's
        present=True,
        apart=frozenset(),
        meeting_hidden=False,
        voices=record.voices,
        everything=True,
    )


def _hidden_words(entries: Iterable[Entry], reader: Reader) -> frozenset[str]:
    """Return what stays hidden even when a priority or a target repeats it word for word.

    What was said among those present and then chosen as a priority was made part of the plan by all of them;
    the words of one kept apart, and what only its speaker may read, were not.
    """
    return frozenset(
        folded(entry.text)
        for entry in entries
        if entry.text
        and not reader.may_read(entry)
        and (entry.readers is Readers.SPEAKER or reader.is_kept_from(reader.voice_of(entry)))
    )


def _hidden_contacts(carers: Sequence[Carer], reader: Reader) -> dict[str, str]:
    """Return how the others are reached, with the name of who is kept apart; not what is the reader's too."""
    contacts: dict[str, str] = {}
    own: set[str] = set()
    for carer in carers:
        found = _contacts_in(f"{carer.phone} {carer.email}")
        if carer.id == reader.carer_id:
            own = found
        for contact in found:
            contacts[contact] = carer.full_name if carer.id in reader.apart else contacts.get(contact, "")
    return {contact: name for contact, name in contacts.items() if contact not in own}


def _contacts_in(text: str) -> set[str]:
    """Return the telephone numbers and e-mail addresses in a text, written one way."""
    numbers = ("".join(re.findall(r"\d", found)) for found in _NUMBER.findall(text))
    ends = {number[-_SAME_NUMBER:] for number in numbers if len(number) >= _SAME_NUMBER}
    return ends | {word.strip(".,;:()<>") for word in folded(text).split() if "@" in word}


def _called(carer: Carer) -> list[str]:
    """Return the ways in which a carer is named: whole, with title, with forename, forename alone."""
    ways = (
        carer.full_name,
        f"{carer.forename} {carer.surname}",
        f"{carer.title} {carer.surname}" if carer.title else "",
        carer.forename,
    )
    return [way.strip() for way in ways if way.strip()]
