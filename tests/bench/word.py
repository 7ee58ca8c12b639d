"""A Word summary, beside what it cannot be faster than and beside docxtpl doing the same."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docxtpl import DocxTemplate
from lxml import etree

from convo.summary.content import SummaryContent
from convo.summary.word import write_word
from convo.summary.words import Twin
from tests.bench import Pair
from tests.support.documents import W, part, run_text
from tests.support.summaries import summary


def pairs() -> Iterator[Pair]:
    """30 actions in two languages against zipping and against docxtpl; 100 actions against 10."""
    thirty, hundred, ten = usual("ur", 30), usual("ur", 100), usual("ur", 10)
    with ZipFile(BytesIO(write_word(thirty))) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    template, values = _template(thirty), {"runs": _values(thirty)}

    def zipped() -> None:
        with ZipFile(BytesIO(), "w", ZIP_DEFLATED) as package:
            for name, data in parts:
                package.writestr(name, data)

    def filled() -> None:
        document = DocxTemplate(BytesIO(template))
        document.render(values, autoescape=True)
        document.save(BytesIO())

    yield Pair("Word summary of 30 actions, against zipping its XML", lambda: write_word(thirty), zipped, 6)
    yield Pair("the same, against docxtpl", lambda: write_word(thirty), filled, 0.2, rounds=15)
    yield Pair(
        "Word summary of 100 actions, against 10", lambda: write_word(hundred), lambda: write_word(ten), 6
    )


def usual(tag: str, actions: int) -> SummaryContent:
    """Return a summary of so many actions, no two in the same words, as people write them."""
    content = summary(tag, "side", actions)

    def own(twin: Twin, number: int) -> Twin:
        return Twin(*(text._replace(text=f"{text.text} {number}") for text in twin))

    return replace(
        content,
        actions=tuple(
            replace(action, what=own(action.what, number), who=own(action.who, number))
            for number, action in enumerate(content.actions)
        ),
    )


def _values(content: SummaryContent) -> list[str]:
    return [run_text(run) for run in part(write_word(content)).iter(f"{W}r")]


def _template(content: SummaryContent) -> bytes:
    """Return our own file with a slot in the place of each run's text."""
    docx = write_word(content)
    root = part(docx)
    for number, run in enumerate(root.iter(f"{W}r")):
        for piece in run.findall(f"{W}t"):
            piece.text = "{{ runs[%d] }}" % number  # noqa: UP031 (braces belong to the template)
    out = BytesIO()
    with ZipFile(BytesIO(docx)) as before, ZipFile(out, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = etree.tostring(root) if name == "word/document.xml" else before.read(name)
            after.writestr(name, data)
    return out.getvalue()
