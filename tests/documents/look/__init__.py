"""The look of the summary: every language in every layout through LibreOffice, as pictures to look through.

``python -m tests.documents.look --out DIR`` makes them, and DIR/index.html with all pages on one sheet. A few
pages are kept here as small grey pictures (``references.py``), and a test holds new ones against them; who
changed the look on purpose looks at the sheet and takes it over with ``--accept``.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from convo.summary.content import Face, Layout, SummaryContent, logo_of
from convo.summary.word import write_word
from tests.documents.rendering import to_pdf, to_png
from tests.support.pictures import emblem, file_of
from tests.support.summaries import summary

Copy = tuple[str, Layout]

WITH_LOGO = frozenset({"bn", "en", "es", "fa", "pl", "ta", "ti", "uk", "ur", "zh-Hans"})
"""The languages whose school has a face of its own: its logo and colours."""


def copy(tag: str, layout: Layout) -> SummaryContent:
    """Return a usual summary, for some languages on a school's own paper."""
    content = summary(tag, layout)
    if tag not in WITH_LOGO:
        return content
    logo = logo_of(file_of(emblem((600, 200))))
    return replace(content, face=Face(logo, heading="1F3F77", tint="E6EEF7"))


def name_of(tag: str, layout: str) -> str:
    """Return the name of a copy's files."""
    return f"{tag}-{layout}"


def draw(copies: Iterable[Copy], folder: Path, dots_an_inch: int) -> dict[Copy, list[Path]]:
    """Write each copy as Word, PDF and one picture a page into the folder; return the pictures."""
    wanted = list(copies)
    to_pdf({name_of(*one): write_word(copy(*one)) for one in wanted}, folder)
    return {one: to_png(folder / f"{name_of(*one)}.pdf", dots_an_inch) for one in wanted}
