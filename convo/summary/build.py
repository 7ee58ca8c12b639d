"""Makes the summary of one meeting for one carer: what was agreed, and what else this carer may read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from convo.access.face import OWN_HEADING, OWN_TINT
from convo.access.models import School
from convo.conversation.models import Conversation, Participant
from convo.conversation.rules import EntryKind, ParticipantKind, Readers
from convo.kernel.clock import local
from convo.kernel.errors import NotFound
from convo.language.catalogue import say
from convo.language.dates import month_of
from convo.language.tags import language as language_of
from convo.language.text import Text, plain, typed
from convo.people.models import Carer
from convo.plan import models as plan
from convo.plan.rules import Agreement, Area, Doer
from convo.plan.rules import Outcome as Decided
from convo.plan.rules import Understood as Heard
from convo.summary.content import (
    Action,
    Contact,
    Decision,
    Entry,
    Face,
    Layout,
    NextMeeting,
    Outcome,
    Person,
    Reason,
    Said,
    Side,
    SummaryContent,
    Target,
    Understanding,
    Voice,
    logo_of,
)
from convo.summary.models import Issue
from convo.summary.readers import Reader, reader_of, school_reader
from convo.summary.record import Record, load_record
from convo.summary.terms import area_words, role_words
from convo.summary.words import Twin, Words, dated, fixed_words, named, own_words

_KINDS: dict[EntryKind, Said] = {
    EntryKind.STRENGTH: "strength",
    EntryKind.HOPE: "hope",
    EntryKind.WORRY: "worry",
    EntryKind.WHAT_WORKS: "what works",
    EntryKind.CHILDS_VIEW: "the child's view",
}
_FOR_WHOM = {Readers.ALL_CARERS: "for all carers", Readers.SPEAKER: "only for who said it"}
_SIDES: dict[Doer, Side] = {Doer.HOME: "home", Doer.SCHOOL: "school", Doer.PUPIL: "pupil"}
_VOICES: dict[ParticipantKind, Voice] = {ParticipantKind.PUPIL: "pupil", ParticipantKind.STAFF: "school"}
_OUTCOMES: dict[Decided, Outcome] = {
    Decided.DONE: "done",
    Decided.CONTINUE: "continue",
    Decided.CHANGE: "change",
    Decided.STOP: "stop",
    Decided.NOT_TALKED_ABOUT: "not_talked_about",
}
_UNDERSTOOD: dict[Heard, Understanding] = {
    Heard.READ: "own_language",
    Heard.INTERPRETER: "interpreter",
    Heard.ENGLISH: "english",
}


def content_for(
    session: Session,
    school: School,
    meeting: Conversation,
    carer_id: UUID,
    *,
    language: str | None = None,
    layout: Layout | None = None,
    now: datetime,
    version: int | None = None,
    reason: Reason = "first",
    changes: tuple[Twin, ...] = (),
) -> SummaryContent:
    """Return the summary for one carer as the meeting stands now. About twelve statements.

    Without ``language``, the one of their copy, else what they read, else English; without ``layout``, the
    one that suits them; without ``version``, the number that the next issue would have. Raises NotFound for
    who is not a carer of this pupil.
    """
    record = load_record(session, meeting)
    view = view_of(record, school, carer_id, language)
    return view.content(
        layout or usual_layout(view.carer, view.tag),
        now,
        version or next_number(session, meeting.id, carer_id),
        reason,
        changes,
    )


def usual_layout(carer: Carer | None, tag: str) -> Layout:
    """Return the layout that suits a carer: large print for who needs it, English alone for who reads it."""
    if carer is not None and carer.large_print:
        return "large"
    return "english" if tag == "en" else "side"


def record_for(session: Session, school: School, meeting: Conversation, now: datetime) -> SummaryContent:
    """Return the school's own copy of a meeting, with what was decided about earlier actions. In English.

    Everything that was said stands there with who may read it; staff notes are no part of it. About twelve
    statements.
    """
    record = load_record(session, meeting)
    return View(record, school, None, None, "en", school_reader(record)).content(
        "record", now, 1, "first", ()
    )


def view_of(record: Record, school: School, carer_id: UUID, language: str | None = None) -> "View":
    """Return a meeting as one carer may read it, in a language. Raises NotFound for a stranger."""
    own = next((person for person in record.participants if person.carer_id == carer_id), None)
    carer = next((link.carer for link in record.links if link.carer_id == carer_id), None)
    if carer is None:
        raise NotFound
    tag = language or (own and (own.copy_language or own.reads)) or carer.reads or "en"
    return View(record, school, carer, own, language_of(tag).tag, reader_of(record, carer_id))


def next_number(session: Session, conversation_id: UUID, carer_id: UUID) -> int:
    """Return the number of a carer's next issue: 1, 2, 3 …"""
    last = session.scalar(
        select(func.max(Issue.number)).where(
            Issue.conversation_id == conversation_id, Issue.carer_id == carer_id
        )
    )
    return (last or 0) + 1


@dataclass(frozen=True)
class View:
    """A meeting through one carer's eyes, in the language of their copy."""

    record: Record
    school: School
    carer: Carer | None  # None: the school's own copy
    own: Participant | None
    tag: str
    reader: Reader

    def content(
        self, layout: Layout, now: datetime, version: int, reason: Reason, changes: tuple[Twin, ...]
    ) -> SummaryContent:
        """Return all that this carer's copy says."""
        meeting, hidden = self.record.meeting, self.reader.meeting_hidden
        words = fixed_words(self.tag, None if hidden else meeting.talk_by, self.school.name)
        there = local(meeting.starts_at, self.school.time_zone)
        starts_at = time(there.hour, there.minute)
        return SummaryContent(
            tag=self.tag,
            layout=layout,
            words=words,
            addressed=self.carer.full_name if self.carer else "",
            child=meeting.pupil.called,
            school=self.school.name,
            ring=Contact(self._contact_route(), self.school.phone, tuple(self.school.contact_lines)),
            held_on=None if hidden else there.date(),
            starts_at=None if hidden else starts_at,
            when=None if hidden else dated(there.date(), self.tag, starts_at),
            made_at=now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) if hidden else now,
            present=tuple(self._people()),
            version=version,
            reason=reason,
            changes=changes,
            actions=tuple(self._actions(words)),
            next_meeting=self._next_meeting(),
            keep_in_touch=self.keep_in_touch(meeting.keep_in_touch),
            priorities=tuple(
                self.said(priority.text)
                for priority in self.record.priorities
                if priority.text and self.reader.may_read_words(priority.text)
            ),
            targets=tuple(filter(None, map(self._target, self.record.targets))),
            entries=tuple(self._entries()),
            decisions=tuple(self._decisions(words)),
            understood=_UNDERSTOOD[self.own.understood] if self.own and self.own.understood else None,
            signature=self.school.signature_line and self.carer is not None,
            face=_face(self.school, self.record.logo),
        )

    def said(self, text: str, lang: str = "en") -> Twin:
        """Return what somebody said or wrote; nobody has translated it yet, so it stands as it was said.

        Of what nobody said another language of, the letters tell whether it is English.
        """
        said = typed(text, self.tag) if lang == "en" else plain(text, lang)
        return Twin(said, said) if said.lang in {self.tag, "und"} else own_words(text, lang)

    def day(self, day: date) -> Twin:
        """Return a day; the day of a next meeting that this carer may not know of, as its month.

        What is due "at the next meeting" carries its date, and would tell it.
        """
        if self.reader.meeting_hidden and day in self.record.next_days:
            return Twin(month_of(day, "en"), month_of(day, self.tag))
        return dated(day, self.tag)

    def who(self, action: plan.Action, words: Words) -> Twin:
        """Return who does an action, by name where this carer may know it."""
        if action.who and self.reader.may_name(action):
            return named(action.who)
        return self.side(action.by_whom, words)

    def side(self, doer: Doer | None, words: Words) -> Twin:
        """Return whose side does something: at home, at school, or the child by name."""
        if doer is Doer.PUPIL:
            return named(self.record.meeting.pupil.called)
        return words.school if doer is Doer.SCHOOL else words.home

    def area(self, area: Area | None) -> Twin | None:
        """Return what a target is about."""
        return area_words(area, self.tag) if area else None

    def keep_in_touch(self, text: str) -> Twin | None:
        """Return how this carer and the school keep in touch, if that was arranged with them."""
        arranged = self.reader.arranged(text) if self.reader.may_keep_in_touch() else ""
        return self.said(arranged) if arranged else None

    def target_words(self, target: plan.Target) -> Twin | None:
        """Return what we want to see; instead of words hidden from this carer, what it is about."""
        if target.text and self.reader.may_read_words(target.text):
            return self.said(target.text)
        return self.area(target.area)

    def _contact_route(self) -> Twin:
        if self.school.contact_route:
            return own_words(self.school.contact_route)
        return Twin(say("School office", "en"), say("School office", self.tag))

    def _people(self) -> Iterator[Person]:
        for person in self.record.present:
            if not self.reader.is_kept_from(person):
                yield Person(person.name, role_words(person.role, person.kind, self.tag))

    def _actions(self, words: Words) -> Iterator[Action]:
        for action in self.record.agreed:
            yield self._action(action, action.by_when, words)
        for action, said in self.record.carried:
            yield self._action(action, said.by_when or action.by_when, words)

    def _action(self, action: plan.Action, by_when: date | None, words: Words) -> Action:
        by = by_when or self.record.meeting.next_on
        targets = {target.id: target for target in self.record.targets}
        target = targets.get(action.target_id) if action.target_id else None
        return Action(
            side=_SIDES[action.by_whom or Doer.HOME],
            what=self.said(action.what),
            who=self.who(action, words),
            by=self.day(by) if by else words.next_meeting,
            how_often=self._given(action.how_often),
            we_will_know=self._given(action.how_known),
            target=self.target_words(target) if target else None,
            agreed=action.agreement is Agreement.AGREED,
        )

    def _target(self, target: plan.Target) -> Target | None:
        text = self.target_words(target)
        if text is None:
            return None
        area = self.area(target.area)
        return Target(
            text=text,
            area=area if area != text else None,
            start=self._given(target.start),
            aim=self._given(target.aim),
            by=self.day(target.by_when) if target.by_when else None,
        )

    def _entries(self) -> Iterator[Entry]:
        meeting = self.record.meeting
        if meeting.pupil_views and self.reader.present:
            yield Entry(
                "pupil",
                named(meeting.pupil.called),
                self.said(meeting.pupil_views),
                kind="the child's view",
            )
        for entry in self.record.entries:
            if entry.text and self.reader.may_read(entry):
                voice = self.reader.voice_of(entry)
                yield Entry(
                    voice=_VOICES.get(voice.kind, "parent") if voice else "school",
                    label=named(voice.name or meeting.pupil.called) if voice else named(self.school.name),
                    text=self.said(entry.text, entry.language),
                    through_interpreter=entry.interpreted,
                    kind=_KINDS[entry.kind] if entry.kind else None,
                    readers=self._for_whom(entry.readers),
                )

    def _for_whom(self, readers: Readers) -> Twin | None:
        """Return who else may read something, on the school's own copy alone."""
        return own_words(_FOR_WHOM[readers]) if self.carer is None and readers in _FOR_WHOM else None

    def _decisions(self, words: Words) -> Iterator[Decision]:
        for action, said in self.record.before:
            assert said.outcome is not None
            yield Decision(
                what=self.said(action.what),
                promised_by=self.who(action, words),
                outcome=_OUTCOMES[said.outcome],
                reason=None if self.reader.meeting_hidden else self._given(said.reason),
            )

    def _next_meeting(self) -> NextMeeting:
        meeting = self.record.meeting
        if self.reader.meeting_hidden:
            return NextMeeting()
        if meeting.next_on:
            return NextMeeting(
                when=dated(meeting.next_on, self.tag, meeting.next_time),
                where=own_words(meeting.next_place) if meeting.next_place else None,
            )
        return NextMeeting(promise=self.promise(meeting.next_promise_on))

    def promise(self, day: date | None) -> Twin | None:
        """Return the promise to say by a day when the next meeting is."""
        if day is None:
            return None
        return Twin(*(_promise(day, tag) for tag in ("en", self.tag)))

    def _given(self, text: str) -> Twin | None:
        return self.said(text) if text else None


def _face(school: School, png: bytes | None) -> Face:
    """Return how the school's paper looks; what it has not chosen is convo's own."""
    logo = logo_of(png) if png else None
    return Face(logo, school.heading_colour or OWN_HEADING, school.tint_colour or OWN_TINT)


def texts_of(content: SummaryContent) -> Iterable[str]:
    """Return the free texts of a summary in English, for looking whether they name somebody."""
    return [twin.english.text for twin in content.free_texts()]


def _promise(day: date, tag: str) -> Text:
    written = dated(day, tag)
    return say("We will tell you the date by {day}", tag, day=written.home)
