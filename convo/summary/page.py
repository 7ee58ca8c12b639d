"""The summary as a web page: the same outline as the Word file, for ``summary/_content.html``."""

from base64 import b64encode
from dataclasses import dataclass
from typing import NamedTuple

from convo.language.tags import Direction, language
from convo.language.text import Text, numbers_held
from convo.summary.content import SummaryContent
from convo.summary.facts import (
    Column,
    Columns,
    Fact,
    Line,
    Row,
    fits_one_line,
    in_home,
    leans_home,
    same,
    unchecked,
)
from convo.summary.outline import Outline, Part, Section, beside, outline, parts
from convo.summary.pupil import Cue, picture_bytes, pupil_page
from convo.summary.words import Twin, Words


class Written(NamedTuple):
    """The language and direction of a part of the page."""

    lang: str
    dir: Direction


@dataclass(frozen=True, slots=True)
class PageContent:
    """What the template draws: the outline once for each of ``parts``, or the pupil's page from ``cues``."""

    tag: str
    parts: tuple[Part, ...]
    outline: Outline
    cues: tuple[Cue, ...]
    content: SummaryContent

    @property
    def words(self) -> Words:
        """Return the fixed words."""
        return self.content.words

    @property
    def large(self) -> bool:
        """Return whether it is in large print."""
        return self.content.layout in {"large", "pupil"}

    def written(self, column: Column) -> Written:
        """Return the language and direction of a column."""
        known = language(self.tag if column == "home" else "en")
        return Written(known.tag, known.direction)

    def language_name(self, column: Column) -> str:
        """Return the head of a column: its language, in itself."""
        return language(self.tag if column == "home" else "en").own_name

    @staticmethod
    def picture(name: str) -> str:
        """Return a picture of the pupil's page as a data address: a page kept as a file stands alone."""
        return f"data:image/png;base64,{b64encode(picture_bytes(name)).decode()}"

    @staticmethod
    def shown(text: Text) -> str:
        """Return the characters to print: numbers that right-to-left letters would reverse carry marks."""
        return numbers_held(text)

    @staticmethod
    def different(twin: Twin, columns: Columns) -> Columns:
        """Return the columns without one that would only say the same again."""
        return columns[:1] if same(twin) else columns

    @staticmethod
    def same(twin: Twin) -> bool:
        """Return whether the two sides say the same."""
        return same(twin)

    def beside(self, section: Section, part: Part) -> bool:
        """Return whether a section is a table of two languages."""
        return beside(section, part.columns, self.content)

    def runs(self, row: Row, line: Line, column: Column) -> Written:
        """Return the language and direction of a line of a row."""
        leans = leans_home(row, column, self.tag)
        return self.written("home" if in_home(leans, line, column, self.tag) else "english")

    @staticmethod
    def fits_one_line(line: Line) -> bool:
        """Return whether a line can stand in both languages at once."""
        return fits_one_line(line)

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
    """Return the summary as the template ``summary/_content.html`` takes it, under the name ``summary``."""
    return PageContent(
        tag=content.tag,
        parts=parts(content),
        outline=outline(content),
        cues=pupil_page(content) if content.layout == "pupil" else (),
        content=content,
    )
