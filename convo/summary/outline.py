"""The order of the summary: what stands on it, line by line. Word and the web page both draw this.

Page one (up to the first section with ``new_page``) is what each of us does, the next date and whom to
ring; when that is more than it holds, all flows on. How we will know stands with the targets, so that page
one stays one page in every script.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from convo.language.tags import language
from convo.summary.content import Action, Decision, Entry, Outcome, Side, SummaryContent, Target, Voice
from convo.summary.facts import (
    IN_A_COLUMN,
    Column,
    Columns,
    Fact,
    Kind,
    Line,
    Look,
    Row,
    lines_of,
    missing,
    stands_once,
)
from convo.summary.words import Twin, Words, named

SIDES: tuple[Side, ...] = ("home", "school", "pupil")
_SIDE_OF: dict[Voice, Side] = {"parent": "home", "pupil": "pupil", "school": "school"}


class Group(NamedTuple):
    """Rows that belong together, with what they have in common; ``tone`` is whose side it is (its colour)."""

    rows: tuple[Row, ...]
    header: Fact | None = None
    tone: Side | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands under it, which no page end may part if it is in ``one_piece``.

    ``some_english``: free text here is not translated. ``in_list``: names and numbers, not a table of twins.
    """

    heading: Twin
    groups: tuple[Group, ...]
    some_english: bool
    new_page: bool = False
    one_piece: bool = False
    in_list: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole summary in order: title, lines under it, notes that matter first, sections, last notes."""

    title: Twin
    opening: Row
    first_notes: tuple[Twin, ...]
    sections: tuple[Section, ...]
    about_translation: tuple[Twin, ...]
    signatures: tuple[Twin, ...]
    offer: Twin | None


class Part(NamedTuple):
    """The outline once through: in which language, or in which two beside each other.

    ``headings`` are the languages of headings and notes. ``last``: the signatures stand here.
    """

    columns: Columns
    headings: Columns
    last: bool


def parts(content: SummaryContent) -> tuple[Part, ...]:
    """Return how often, and in which languages, the layout goes through the outline."""
    if not content.in_two_languages:
        # Not translated: at least the headings are in both languages.
        said = content.tag != "en" and content.layout not in {"english", "record"}
        return (Part(("english",), ("english", "home") if said else ("english",), True),)
    if content.shown_as == "side" or content.mostly_untranslated:  # else the English would stand twice
        return (Part(("home", "english"), ("home", "english"), True),)
    order: list[Column] = ["english", "home"] if content.layout == "halves" else ["home", "english"]
    return tuple(Part((column,), (column,), column == order[-1]) for column in order)


def outline(content: SummaryContent) -> Outline:
    """Return what stands on this carer's summary, in order, without anything that is empty."""
    words = content.words
    what_next = _section(words.what_next, _next(content))
    since = _section(words.since_last_time, [_decision(said, words) for said in content.decisions])
    there = _section(words.who_was_there, _people(content))
    of_the_school = content.layout == "record"
    sections = [
        since if of_the_school else None,
        _section(words.what_changed, _plain_rows(content.changes)),
        _actions(content),
        what_next and replace(what_next, one_piece=True, in_list=True),
        _section(words.matters_most, _plain_rows(content.priorities, "strong")),
        _section(words.want_to_see, [_target(target, content) for target in content.targets]),
        _section(words.heard, [_entry(entry, words) for entry in content.entries]),
        None if of_the_school else since,
        there and replace(there, in_list=True),
    ]
    kept = [section for section in sections if section is not None]
    if content.mostly_untranslated:  # said once, at the head, with the day when it will be talked through
        kept = [replace(section, some_english=False) for section in kept]
    notes, opening = tuple(_first_notes(content)), _opening(content)
    return Outline(
        title=words.title,
        opening=opening,
        first_notes=notes,
        sections=tuple(kept if of_the_school else _with_page_one(kept, opening, len(notes), content)),
        about_translation=tuple(_about_translation(content)),
        signatures=(words.signed_family, words.signed_school, words.date) if content.signature else (),
        offer=None if of_the_school else words.offer,
    )


def _with_page_one(
    sections: list[Section], opening: Row, notes: int, content: SummaryContent
) -> Iterator[Section]:
    """Yield the sections; what does not belong on page one begins a page, if page one is full without it."""
    words = content.words
    first_page = (words.what_changed, words.what_each_does, words.what_next)
    first = [section for section in sections if section.heading in first_page]
    fits = _fit_on_page_one((opening, *(row for section in first for row in _rows(section))), notes, content)
    begun = not fits  # a page of its own would leave the one before it nearly empty
    for section in sections:
        new_page = not begun and section not in first
        begun = begun or new_page
        yield replace(section, new_page=new_page)


def _opening(content: SummaryContent) -> Row:
    words = content.words
    who: Line = (Fact(named(content.child), words.child, "strong", "fixed"),)
    if content.addressed:
        who += (Fact(named(content.addressed), words.reader, kind="fixed"),)
    return (who, *_facts((content.when, words.met_on, "date")))


def _rows(section: Section) -> Iterator[Row]:
    return (row for group in section.groups for row in group.rows)


def _fit_on_page_one(rows: Iterable[Row], notes: int, content: SummaryContent) -> bool:
    """Return whether the rows take about one page on paper: of two columns the longer one counts."""
    room = 25 if language(content.tag).line_height > 1.5 else 29  # lines; Nastaliq is tall
    room -= 3 * notes + 4 * (content.face.logo is not None)
    if content.layout == "large":
        room //= 2
    width = IN_A_COLUMN if content.shown_as == "side" else 2 * IN_A_COLUMN
    for row in rows:
        room -= max(lines_of(row, "english", width), lines_of(row, "home", width))
        if room < 0:
            return False
    return True


def beside(section: Section, columns: Columns, content: SummaryContent) -> bool:
    """Return whether a section is a table of two languages: not where most of it would say the same twice.

    Large print has no tables.
    """
    if content.layout not in {"side", "halves"}:
        return False
    rows = list(_rows(section))
    once = sum(stands_once(row) for row in rows)
    return len(columns) > 1 and not section.in_list and once * 2 <= len(rows)


def _section(heading: Twin, rows: Iterable[Row]) -> Section | None:
    kept = tuple(rows)
    return _with_groups(heading, (Group(kept),)) if kept else None


def _with_groups(heading: Twin, groups: tuple[Group, ...]) -> Section:
    facts = (fact for group in groups for row in group.rows for line in row for fact in line)
    return Section(heading, groups, any(missing(fact) for fact in facts))


def _facts(*facts: tuple[Twin | None, Twin, Kind]) -> Row:
    """Return one line for each value there is, with its label."""
    return tuple((Fact(value, label, kind=kind),) for value, label, kind in facts if value is not None)


def _plain_rows(twins: Iterable[Twin], look: Look = "plain") -> list[Row]:
    return [((Fact(twin, look=look),),) for twin in twins]


def _actions(content: SummaryContent) -> Section:
    words = content.words
    headers = {
        "home": Fact(words.home, kind="fixed"),
        "school": Fact(words.school, kind="fixed"),
        "pupil": Fact(named(content.child), words.pupil, kind="fixed"),
    }
    targets = {target.text for target in content.targets}
    groups = []
    for side in SIDES:
        rows = tuple(_action(action, words, targets) for action in content.actions if action.side == side)
        if rows:
            groups.append(Group(rows, headers[side], side))
    if not groups:
        groups.append(Group((((Fact(words.nothing_agreed, kind="fixed"),),),)))
    return _with_groups(words.what_each_does, tuple(groups))


def _action(action: Action, words: Words, targets: Collection[Twin]) -> Row:
    """Return what one does, and how we will know where that stands with no target of this copy."""
    line: Line = (Fact(action.who, words.who),)
    if action.how_often is not None:
        line += (Fact(action.how_often),)
    row: Row = ((Fact(action.what, look="strong"),), line, (Fact(action.by, words.by, kind="date"),))
    if action.target not in targets:
        row += _facts((action.we_will_know, words.we_will_know, "free"))
    if not action.agreed:
        row = ((Fact(words.not_yet_agreed, look="warn", kind="fixed"),), *row)
    return row


def _next(content: SummaryContent) -> list[Row]:
    words, meeting = content.words, content.next_meeting
    next_time: Line = ()
    if meeting.when is not None:
        next_time += (Fact(meeting.when, words.next_meeting, kind="date"),)
    if meeting.where is not None:
        next_time += (Fact(meeting.where, kind="fixed"),)
    route = content.ring.route
    whom: Line = (Fact(route, words.ring, kind="free" if route.home.state == "missing" else "fixed"),)
    if content.ring.phone:
        whom += (Fact(named(content.ring.phone), look="strong", kind="fixed"),)
    ring: Row = (whom,)
    if content.ring.lines:
        ring += (tuple(Fact(named(line), kind="fixed") for line in content.ring.lines),)
    rows: list[Row] = [
        (next_time,) if next_time else (),
        _facts((meeting.promise, words.next_meeting, "fixed")),
        _facts((content.keep_in_touch, words.keep_in_touch, "free")),
        ring,
    ]
    return [row for row in rows if row]


def _target(target: Target, content: SummaryContent) -> Row:
    words = content.words
    row: Row = (
        (Fact(target.text, look="strong"),),
        *_facts(
            (target.area, words.area, "fixed"),
            (target.start, words.start, "free"),
            (target.aim, words.aim, "free"),
            (target.by, words.by, "date"),
        ),
    )
    sides: dict[Side, Twin] = {"home": words.home, "school": words.school, "pupil": words.pupil}
    for action in content.actions:
        if action.target == target.text:
            row += ((Fact(action.what, sides[action.side], tone=action.side),),)
            if action.we_will_know is not None:
                row += ((Fact(action.we_will_know, words.we_will_know),),)
    return row


def _entry(entry: Entry, words: Words) -> Row:
    how = words.interpreter if entry.through_interpreter else words.exact
    said_by = Fact(entry.label, look="strong", kind="fixed", tone=_SIDE_OF[entry.voice])
    head: Line = (said_by, Fact(how, look="soft", kind="fixed"))
    if entry.readers is not None:
        head += (Fact(entry.readers, look="warn", kind="fixed"),)
    return (head, (Fact(entry.text),))


def _decision(decision: Decision, words: Words) -> Row:
    outcomes: dict[Outcome, Twin] = {
        "done": words.done,
        "continue": words.going_on,
        "change": words.changed,
        "stop": words.stopped,
        "not_talked_about": words.not_talked_about,
    }
    return (
        (Fact(decision.what, look="strong"),),
        (Fact(decision.promised_by, words.promised_by, kind="fixed"),),
        (Fact(outcomes[decision.outcome], words.outcome, kind="fixed"),),
        *_facts((decision.reason, words.reason, "free")),
    )


def _people(content: SummaryContent) -> list[Row]:
    """Return one row a person: several Latin names on one right-to-left line would change places."""
    words = content.words
    rows: list[Row] = [
        ((Fact(named(person.name), look="strong", kind="fixed"), Fact(person.role, kind="fixed")),)
        for person in content.present
    ]
    understandings = {
        "own_language": words.read_in_language,
        "interpreter": words.read_by_interpreter,
        "english": words.read_in_english,
    }
    if content.understood is not None:
        how = understandings[content.understood]
        rows.append(((Fact(how, words.understood, kind="fixed"),),))
    return rows


def _first_notes(content: SummaryContent) -> Iterator[Twin]:
    if content.reason == "correction":
        yield content.words.correction
    if content.reason == "language":
        yield content.words.now_in_language
    if content.tag != "en" and content.layout != "english" and content.mostly_untranslated:
        yield content.words.talk_it_through


def _about_translation(content: SummaryContent) -> Iterator[Twin]:
    """Yield the honest lines: who has checked what. Nothing where the reader reads English."""
    words = content.words
    if content.tag == "en" or content.layout in {"english", "record"}:
        return
    free = {twin.home.state for twin in content.free_texts()}
    yield words.fixed_checked if set(words.states()) <= {"checked", "source"} else words.fixed_draft
    if "missing" in free:
        yield words.free_missing
    if "draft" in free:
        yield words.free_draft
