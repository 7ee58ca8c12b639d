"""What the template of the hour is given: the meeting, and the words for what is in it. No Flask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from convo.access.models import School
from convo.conversation.guide import Guide, GuideStage, with_child
from convo.conversation.models import Entry, Participant, Priority, Proposal
from convo.conversation.rules import EntryKind, ParticipantKind, Readers, StageName, seconds_spent
from convo.hour.clock import StageTime, known_minutes, stage_times, until_choices
from convo.hour.copies import Copy, absent_copy, copy_of
from convo.hour.names import PLACES
from convo.hour.queries import Conflict, Hour, Promise
from convo.hour.versions import BLANK, VersionsCard, card_of
from convo.hour.who import Comer, addable_carers, comers
from convo.kernel.clock import local
from convo.language.tags import LANGUAGES, Language
from convo.plan.models import Action, Target
from convo.plan.rules import Area, Doer, Understood

FEW_WORDS = 4  # an entry of fewer words is read back and worded together

_COLOURS = {
    ParticipantKind.CARER: "parent",
    ParticipantKind.PUPIL: "pupil",
    ParticipantKind.STAFF: "school",
}


@dataclass(frozen=True)
class StagePage:
    """The whole hour, seen from one stage."""

    hour: Hour
    guide: Guide
    school: School
    stage: StageName
    now: datetime
    more: UUID | None = None  # the row whose controls under "More" are asked for

    @property
    def child(self) -> str:
        """Return the name the child goes by."""
        return self.hour.meeting.pupil.called

    @property
    def stages(self) -> list[StageName]:
        """Return the parts of this meeting, in order; since last time only where something was promised."""
        return [name for name in StageName if name in self.hour.stages]

    @property
    def times(self) -> list[StageTime]:
        """Return the clock."""
        meeting = self.hour.meeting
        assert meeting.opened_at is not None
        length = known_minutes(meeting.opened_at, meeting.minutes, meeting.until, self.school.time_zone)
        used = {name: self.hour.stages[name].used_seconds for name in self.stages}
        return stage_times(self.guide, length, used, meeting.stage, meeting.stage_entered_at, self.now)

    def used_seconds(self, name: StageName) -> int:
        """Return the seconds that a stage has taken, the ones running now included."""
        meeting = self.hour.meeting
        running = seconds_spent(meeting.stage_entered_at, self.now) if name is meeting.stage else 0
        return self.hour.stages[name].used_seconds + running

    @property
    def until_choices(self) -> list[time]:
        """Return what "we have until …" offers."""
        meeting = self.hour.meeting
        assert meeting.opened_at is not None
        return until_choices(
            meeting.opened_at, meeting.minutes, meeting.until, self.now, self.school.time_zone
        )

    @property
    def until_text(self) -> str:
        """Return until when there is time: as said, else as planned, where that is one of the choices."""
        meeting = self.hour.meeting
        assert meeting.opened_at is not None
        planned = local(meeting.opened_at + timedelta(minutes=meeting.minutes), self.school.time_zone)
        return (meeting.until or planned.time()).strftime("%H:%M")

    def minutes_until(self, choice: time) -> int:
        """Return how long the meeting is when it goes on until then."""
        meeting = self.hour.meeting
        assert meeting.opened_at is not None
        return known_minutes(meeting.opened_at, meeting.minutes, choice, self.school.time_zone)

    def guide_of(self, name: StageName) -> GuideStage:
        """Return the guide's card for a stage."""
        if name is StageName.SINCE:
            return self.guide.since_last_time
        return next(stage for stage in self.guide.stages if stage.id == name.value)

    def said(self, text: str) -> str:
        """Return words of the guide with the child's name in them."""
        return with_child(text, self.child)

    def after(self, name: StageName) -> StageName | None:
        """Return the stage that follows, if one does."""
        order = self.stages
        place = order.index(name) + 1
        return order[place] if place < len(order) else None

    def before(self, name: StageName) -> StageName | None:
        """Return the stage before, if there is one."""
        place = self.stages.index(name)
        return self.stages[place - 1] if place else None

    def label(self, person: Participant | None) -> str:
        """Return what somebody at the table is called on a chip."""
        if person is None:
            return "Somebody"
        return person.name or person.role

    def colour(self, person: Participant | None) -> str:
        """Return the colour of a voice: parent, pupil, school, or none."""
        return _COLOURS.get(person.kind, "other") if person else "other"

    def doer_colour(self, action: Action) -> str:
        """Return the tag's colour of an action."""
        return action.by_whom.value if action.by_whom else ""

    def place(self, action: Action) -> str:
        """Return where an action is done: at home, at school, by the pupil."""
        if action.by_whom is Doer.PUPIL:
            return self.child
        return PLACES[action.by_whom] if action.by_whom else ""

    def entry_line(self, entry: Entry) -> str:
        """Return who said something and how: "Mrs Khan · hope · through the interpreter"."""
        parts = [self.label(self.hour.participant(entry.voice_id))]
        if entry.kind:
            parts.append(self.kind_label(entry.kind))
        if entry.interpreted:
            parts.append("through the interpreter")
        return " · ".join(parts)

    def kind_label(self, kind: EntryKind) -> str:
        """Return a kind of entry in words; the child's view bears the child's name."""
        return f"{self.child}’s view" if kind is EntryKind.CHILDS_VIEW else kind.value

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return the kinds of entry with their labels."""
        return [(kind.value, self.kind_label(kind)) for kind in EntryKind]

    @property
    def kept_entries(self) -> list[Entry]:
        """Return what was said and not taken out."""
        return [entry for entry in self.hour.entries if not entry.removed]

    @property
    def jots(self) -> list[Entry]:
        """Return entries of a few words, to be read back and worded together."""
        return [entry for entry in self.kept_entries if 0 < len(entry.text.split()) < FEW_WORDS]

    @property
    def languages(self) -> list[Language]:
        """Return the languages to choose from: English, the school's own, and those of who is or can be here.

        The whole list stands on the carer's page: here it would be most of what the tablet has to load.
        """
        tags = dict.fromkeys(("en", *self.school.languages, *self.spoken_here))
        return [LANGUAGES[tag] for tag in tags if tag in LANGUAGES]

    @property
    def spoken_here(self) -> list[str]:
        """Return the languages of who is or can be here, each as often as somebody has it."""
        people = self.hour.participants
        here = [tag for person in people for tag in (person.speaks, person.reads, person.copy_language)]
        beside = [link.carer for link in addable_carers(self.hour)]
        beside += [link.carer for person in people if (link := self.hour.link_of(person.carer_id))]
        here += [tag for carer in beside for tag in (carer.speaks, carer.reads)]
        return [tag for tag in here if tag]

    @property
    def has_interpreter(self) -> bool:
        """Return whether somebody interprets."""
        here = any(person.kind is ParticipantKind.INTERPRETER for person in self.hour.present)
        return here or self.hour.meeting.interpreter.value != "none"

    @property
    def comers(self) -> list[Comer]:
        """Return the carers who can be added, and what the tablet needs for it without wifi."""
        return comers(self.hour)

    def card(self, conflict: Conflict) -> VersionsCard:
        """Return what the card of two versions says."""
        return card_of(self.hour, conflict, self._names) if conflict.thing else BLANK

    def local_time(self, instant: datetime) -> str:
        """Return a time on the school's clock: 14:03."""
        return f"{local(instant, self.school.time_zone):%H:%M}"

    @property
    def reader_choices(self) -> list[tuple[str, str]]:
        """Return who may read an entry, in words."""
        return [(choice.value, choice.value.capitalize()) for choice in Readers]

    @property
    def voices(self) -> list[tuple[UUID, str]]:
        """Return who can be quoted, or has been, for a list of choices."""
        quoted = {entry.voice_id for entry in self.hour.entries} | {who.id for who in self.hour.voices}
        return [(person.id, self.label(person)) for person in self.hour.participants if person.id in quoted]

    @property
    def last_voice(self) -> UUID | None:
        """Return whose voice stays chosen: the last one written down, else the first carer's."""
        said = [entry.voice_id for entry in self.kept_entries if entry.voice_id is not None]
        if said:
            return said[-1]
        first = next(iter(self.hour.carers_here or self.hour.voices), None)
        return first.id if first else None

    @property
    def doers(self) -> list[tuple[UUID, str]]:
        """Return who can do an action: everyone present who is not interpreting."""
        return [(person.id, self.label(person)) for person in self.hour.voices]

    @property
    def areas(self) -> list[tuple[str, str]]:
        """Return what a target can be about."""
        return [(area.value, area.value.capitalize()) for area in Area]

    @property
    def understandings(self) -> list[tuple[str, str]]:
        """Return how what was agreed can have been taken in."""
        return [(how.value, how.value[0].upper() + how.value[1:]) for how in Understood]

    @property
    def place_choices(self) -> list[tuple[str, str]]:
        """Return by whom an action can be done."""
        return [(doer.value, PLACES[doer]) for doer in Doer]

    @property
    def kept_targets(self) -> list[Target]:
        """Return the targets that nobody took out, those carried from before included."""
        return [target for target in self.hour.targets if not target.removed]

    @property
    def other_targets(self) -> list[Target]:
        """Return this meeting's targets that stand under none of its priorities."""
        shown = {
            target.id for priority in self.kept_priorities for target in self.hour.targets_under(priority)
        }
        return [target for target in self._own_targets if target.id not in shown]

    @property
    def carried_targets(self) -> list[Target]:
        """Return the targets of earlier meetings, which are only chosen from, not changed."""
        return [target for target in self.kept_targets if target not in self._own_targets]

    @property
    def _own_targets(self) -> list[Target]:
        meeting = self.hour.meeting.id
        return [target for target in self.kept_targets if target.conversation_id == meeting]

    @property
    def target_choices(self) -> list[tuple[UUID, str]]:
        """Return the targets that an action can be towards."""
        return [(target.id, target.text or "A target without words") for target in self.kept_targets]

    @property
    def kept_priorities(self) -> list[Priority]:
        """Return the priorities that nobody took out, in order."""
        return [priority for priority in self.hour.priorities if not priority.removed]

    @property
    def balance(self) -> str:
        """Return how many things each side has to do."""
        kept = self.hour.kept_actions
        counts = [sum(action.by_whom is doer for action in kept) for doer in Doer]
        return f"Home has {counts[0]} to do, school {counts[1]}, {self.child} {counts[2]}."

    def entries_of(self, priority: Priority) -> list[Entry]:
        """Return the entries that a priority was made from."""
        ids = set(priority.entries or ())
        return [entry for entry in self.hour.entries if str(entry.id) in ids]

    def priority_with(self, entry_id: object) -> int | None:
        """Return the number of the priority that an entry stands behind, if one does."""
        for number, priority in enumerate(self.kept_priorities, start=1):
            if str(entry_id) in (priority.entries or ()):
                return number
        return None

    def detail(self, action: Action) -> str:
        """Return how often and by when an action is done, for reading it back."""
        if not action.id:
            return ""
        day = action.by_when or self.hour.meeting.next_on
        by = f"by {day:%-d %B %Y}" if day else "by the next meeting"
        parts = [action.how_often, by, f"we will know: {action.how_known}" if action.how_known else ""]
        return " · ".join(part for part in parts if part)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Return what the ids in this meeting's changes stand for."""
        hour = self.hour
        names: dict[str, str] = {}
        for person in hour.participants:  # of carers only these: the family sees the tablet
            keys = (person.id, person.person_id, person.carer_id)
            names |= {str(key): self.label(person) for key in keys if key is not None}
        names |= {str(entry.id): entry.text for entry in hour.entries}
        names |= {str(priority.id): priority.text for priority in hour.priorities}
        names |= {str(target.id): target.text for target in hour.targets}
        promised = [promise.action for promise in hour.before]
        return names | {str(action.id): action.what for action in (*hour.actions, *promised)}

    def proposed(self, proposal: Proposal) -> str:
        """Return the text that the family tapped on."""
        if proposal.thing == "action":
            actions = (action.what for action in self.hour.actions if action.id == proposal.thing_id)
            return next(actions, "")
        return next((entry.text for entry in self.hour.entries if entry.id == proposal.thing_id), "")

    def replacement_of(self, promise: Promise) -> Action | None:
        """Return this meeting's action that stands instead of a promise."""
        kept = self.hour.kept_actions
        return next((action for action in kept if action.replaces_id == promise.action.id), None)

    def next_position(self, thing: str) -> int:
        """Return the place after the last row of a kind, in whole numbers."""
        rows: dict[str, Sequence[Any]] = {
            "entry": self.hour.entries,
            "priority": self.hour.priorities,
            "action": self.hour.actions,
        }
        return int(max((row.position for row in rows[thing]), default=0)) + 1

    @property
    def next_choices(self) -> list[date]:
        """Return the proposed dates of the next meeting, one tap each, while none is set."""
        proposed = self.hour.meeting.suggested_next_on
        if proposed is None or self.hour.meeting.next_on is not None:
            return []
        return [proposed, proposed + timedelta(days=7)]

    @property
    def next_hint(self) -> str:
        """Return the date of the next meeting in full words, once there is one."""
        day = self.hour.meeting.next_on
        return f"{day:%A} {day.day} {day:%B %Y}" if day else ""

    @property
    def copies(self) -> list[Copy]:
        """Return who may get a copy: the carers in the meeting, then the pupil's other carers, unticked."""
        hour = self.hour
        here = [p for p in hour.participants if p.kind is ParticipantKind.CARER and not p.removed]
        rows = [copy_of(person, hour.link_of(person.carer_id)) for person in here]
        removed = {person.id for person in hour.participants if person.removed}
        return rows + [absent_copy(hour.meeting.id, link, removed) for link in addable_carers(hour)]

    @property
    def reads_another_language(self) -> bool:
        """Return whether a copy goes to somebody who reads another language than English."""
        return any(copy.language not in ("", "en") for copy in self.copies)

    @property
    def blank(self) -> Any:
        """Return a row with nothing in it, for the templates that the tablet fills."""
        return _Blank()


class _Blank:
    def __getattr__(self, _name: str) -> str:
        return ""
