"""The fixed words of the summary in two languages, and how a date or a name becomes a pair.

They are part of the content, so that a stored summary says for ever what it said when it was given out.
"""

from dataclasses import dataclass, fields
from datetime import date, time
from typing import NamedTuple
from unicodedata import bidirectional

from convo.language.catalogue import say
from convo.language.dates import clock_time, long_date
from convo.language.tags import language
from convo.language.text import LRM, State, Text, english, plain

PAGE, PAGES = "\ue000", "\ue001"
"""Stand for the page number and the number of pages in ``Words.page_of``: private use, never typed."""


class Twin(NamedTuple):
    """One piece in English and in the reader's language."""

    english: Text
    home: Text


@dataclass(frozen=True, slots=True)
class Words:
    """The fixed words; each field is one piece. A field's English is in ``_said``.

    Those with None came with format 2: issues made before have none of them.
    """

    title: Twin
    reader: Twin
    child: Twin
    met_on: Twin
    who_was_there: Twin
    what_each_does: Twin
    home: Twin
    school: Twin
    pupil: Twin
    who: Twin
    how_often: Twin
    by: Twin
    we_will_know: Twin
    not_yet_agreed: Twin
    nothing_agreed: Twin
    what_next: Twin
    next_meeting: Twin
    keep_in_touch: Twin
    ring: Twin
    matters_most: Twin
    want_to_see: Twin
    area: Twin
    start: Twin
    aim: Twin
    heard: Twin
    interpreter: Twin
    exact: Twin
    since_last_time: Twin
    promised_by: Twin
    outcome: Twin
    done: Twin
    going_on: Twin
    changed: Twin
    stopped: Twin
    not_talked_about: Twin
    reason: Twin
    understood: Twin
    read_in_language: Twin
    read_by_interpreter: Twin
    read_in_english: Twin
    signed_family: Twin
    signed_school: Twin
    date: Twin
    version: Twin
    correction: Twin
    what_changed: Twin
    now_in_language: Twin
    in_english: Twin
    not_checked: Twin
    fixed_draft: Twin
    fixed_checked: Twin
    free_missing: Twin
    free_draft: Twin
    talk_it_through: Twin
    about_translation: Twin
    page_of: Twin
    offer: Twin | None = None
    logo: Twin | None = None
    my_page: Twin | None = None
    good_at: Twin | None = None
    would_like: Twin | None = None
    my_words: Twin | None = None
    my_part: Twin | None = None
    who_helps: Twin | None = None
    meet_again: Twin | None = None
    star: Twin | None = None
    flag: Twin | None = None
    hand: Twin | None = None
    pencil: Twin | None = None
    people: Twin | None = None
    calendar: Twin | None = None

    def states(self) -> list[State]:
        """Return how far each piece's translation can be trusted."""
        pieces = (getattr(self, field.name) for field in fields(self))
        return [piece.home.state for piece in pieces if piece is not None]


def fixed_words(tag: str, talk_by: date | None = None, school: str = "") -> Words:
    """Return the fixed words for a reader of ``tag``; ``talk_by`` dates the promise to talk it through.

    ``school`` is whose logo it is.
    """
    home = _said(tag, tag, talk_by, school)
    return Words(**{name: Twin(text, home[name]) for name, text in _said("en", tag, talk_by, school).items()})


def own_words(text: str, lang: str = "en") -> Twin:
    """Return free text that nobody has translated: it stands on both sides, in its own language."""
    said = plain(text, lang)
    return Twin(said, said._replace(state="missing"))


def translated(text: str, home: str, tag: str, state: State = "checked") -> Twin:
    """Return free English text beside its translation."""
    return Twin(english(text), Text(home, tag, language(tag).direction, state))


def named(name: str) -> Twin:
    """Return a name, which is the same in every language."""
    strong = next((kind for kind in map(bidirectional, name) if kind in {"L", "R", "AL"}), "L")
    text = english(name) if strong == "L" else Text(name, "und", "rtl", "source")
    return Twin(text, text)


def dated(day: date, tag: str, at: time | None = None) -> Twin:
    """Return a day written out in both languages, with the clock time if there is one."""
    return Twin(_day(day, "en", at), _day(day, tag, at))


def _day(day: date, tag: str, at: time | None) -> Text:
    written = long_date(day, tag)
    if at is None:
        return written
    clock = clock_time(at.hour, at.minute, tag).text
    if written.dir == "rtl":
        clock = f"{LRM}{clock}{LRM}"  # else year and hour change places
    comma = _COMMAS.get(language(written.lang).script, ", ")
    return written._replace(text=f"{written.text}{comma}{clock}")


_COMMAS = {"Arab": "، ", "Hant": "，", "Hans": "，"}


def _said(tag: str, home: str, talk_by: date | None, school: str) -> dict[str, Text]:
    """Return every fixed text in one language; ``home`` is the language the summary is for."""
    there = language(home).name if tag == "en" else language(home).own_name
    if talk_by is None:
        talk = say(
            "Most of this page is in English. Please ask us to talk it through with you in {language}.",
            tag,
            language=there,
        )
    else:
        talk = say(
            "Most of this page is in English. "
            "We will talk it through with you in {language} by this day: {day}",
            tag,
            language=there,
            day=long_date(talk_by, tag),
        )
    return {
        "title": say("What we agreed", tag),
        "reader": say("For", tag),
        "child": say("Child", tag),
        "met_on": say("We met on", tag),
        "who_was_there": say("Who was there", tag),
        "what_each_does": say("What each of us does", tag),
        "home": say("At home", tag),
        "school": say("At school", tag),
        "pupil": say("Pupil", tag),
        "who": say("Who", tag),
        "how_often": say("How often", tag),
        "by": say("By", tag),
        "we_will_know": say("We will know", tag),
        "not_yet_agreed": say("Not yet agreed", tag),
        "nothing_agreed": say("We have not agreed anything to do yet.", tag),
        "what_next": say("What happens next", tag),
        "next_meeting": say("Next meeting", tag),
        "keep_in_touch": say("How we keep in touch", tag),
        "ring": say("Whom to ring", tag),
        "matters_most": say("What matters most", tag),
        "want_to_see": say("What we want to see", tag),
        "area": say("What it is about", tag),
        "start": say("Where we start", tag),
        "aim": say("Where we want to be", tag),
        "heard": say("What we heard", tag),
        "interpreter": say("through the interpreter", tag),
        "exact": say("exact words", tag),
        "since_last_time": say("Since last time", tag),
        "promised_by": say("Promised by", tag),
        "outcome": say("What we decided", tag),
        "done": say("Done", tag),
        "going_on": say("We go on with it", tag),
        "changed": say("We change it", tag),
        "stopped": say("We stop it", tag),
        "not_talked_about": say("Not talked about", tag),
        "reason": say("Why", tag),
        "understood": say("How we understood each other", tag),
        "read_in_language": say("We read this together in {language}.", tag, language=there),
        "read_by_interpreter": say("The interpreter read this to us.", tag),
        "read_in_english": say("We read this together in English.", tag),
        "signed_family": say("Signed by the family", tag),
        "signed_school": say("Signed by the school", tag),
        "date": say("Date", tag),
        "version": say("Version", tag),
        "correction": say("This page takes the place of the one you had before.", tag),
        "what_changed": say("What has changed", tag),
        "now_in_language": say("This is the same agreement, now in {language}.", tag, language=there),
        "in_english": say("Words that nobody has translated yet are in English.", tag),
        "not_checked": say("not checked", tag),
        "fixed_draft": say(
            "The printed words in {language} have not all been checked by a person yet. "
            "Please ask us if something is not clear.",
            tag,
            language=there,
        ),
        "fixed_checked": say("A person has checked the printed words in {language}.", tag, language=there),
        "free_missing": say("Some of what we said and wrote has not been translated yet.", tag),
        "free_draft": say("A translation marked “not checked” has not been checked by a person yet.", tag),
        "talk_it_through": talk,
        "about_translation": say("About the translation", tag),
        "page_of": say("Page {page} of {pages}", tag, page=PAGE, pages=PAGES),
        "offer": say("Would you like this in larger print, or read aloud? Please ask us.", tag),
        "logo": say("Logo of {school}", tag, school=school),
        "my_page": say("My page", tag),
        "good_at": say("I am good at", tag),
        "would_like": say("I would like", tag),
        "my_words": say("What I said", tag),
        "my_part": say("What I do", tag),
        "who_helps": say("Who helps me", tag),
        "meet_again": say("We meet again", tag),
        "star": say("Picture of a star", tag),
        "flag": say("Picture of a flag on a hill", tag),
        "hand": say("Picture of a hand", tag),
        "pencil": say("Picture of a pencil", tag),
        "people": say("Picture of two people", tag),
        "calendar": say("Picture of a calendar", tag),
    }
