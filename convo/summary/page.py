"""The summary as a web page: the same outline as the Word file, for ``summary/_content.html``."""

from dataclasses import dataclass

from convo.language.tags import Direction, language
from convo.language.text import Text, ltr_mark
from convo.summary.content import SummaryContent
from convo.summary.outline import Fact, Line, Outline, Row, outline, same, stands_once, unchecked
from convo.summary.words import Twin, Words


@dataclass(frozen=True, slots=True)
class PageContent:
    """What the template draws. ``twins``: each piece beside its English, the reader's language first."""

    tag: str
    direction: Direction
    twins: bool
    heading_twins: bool
    outline: Outline
    words: Words
    school: str
    version: int

    @staticmethod
    def shown(text: Text) -> str:
        """Return the characters to print: numbers that a right-to-left line would reverse carry marks."""
        return ltr_mark(text.text) if text.dir == "rtl" else text.text

    @staticmethod
    def differs(twin: Twin) -> bool:
        """Return whether the two sides say something else, so that both are shown."""
        return not same(twin)

    def alone(self, line: Line) -> bool:
        """Return whether a line stands once, with its labels in both languages, instead of beside a twin."""
        return self.twins and stands_once(line)

    @staticmethod
    def voice(row: Row) -> str:
        """Return the class of whoever says this row: parent, pupil, school, or nothing."""
        tone = row[0][0].tone if row[0][0].label is None else None
        return {"home": "parent", None: ""}.get(tone, str(tone))

    @staticmethod
    def unchecked(fact: Fact) -> bool:
        """Return whether the value must say that no person has checked its translation."""
        return unchecked(fact)


def page_content(content: SummaryContent) -> PageContent:
    """Return the summary as the template ``summary/_content.html`` takes it, under the name ``summary``.

    On a screen "halves" is shown as "side": one can look from one to the other without turning pages.
    """
    english = content.shown_as == "english"
    return PageContent(
        tag="en" if english else content.tag,
        direction="ltr" if english else language(content.tag).direction,
        twins=not english,
        heading_twins=content.tag != "en" and content.layout != "english",
        outline=outline(content),
        words=content.words,
        school=content.school,
        version=content.version,
    )
