"""How long a Word summary takes, beside what it cannot be faster than and beside docxtpl doing the same.

Each function returns ``(name, ours, floor)``: median seconds, the two measured in turn in one run.
"""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from statistics import median
from time import perf_counter
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from docxtpl import DocxTemplate
from lxml import etree

from convo.summary.content import SummaryContent
from convo.summary.word import write_word
from convo.summary.words import Twin
from tests.support.documents import W, part, run_text
from tests.support.summaries import summary


class Pair(NamedTuple):
    """One line of the table; the lead's runner divides ``ours`` by ``floor``."""

    name: str
    ours: float
    floor: float


def in_turn(ours: Callable[[], object], floor: Callable[[], object], times: int = 30) -> tuple[float, float]:
    """Return the median seconds of each, run one after the other after three rounds of warming up."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(times + 3):
        for call, taken in zip((ours, floor), seconds, strict=True):
            start = perf_counter()
            call()
            if turn >= 3:
                taken.append(perf_counter() - start)
    return median(seconds[0]), median(seconds[1])


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


def thirty_actions_against_zipping() -> Pair:
    """Measure 30 actions in two languages against zipping the same file's ready parts."""
    content = usual("ur", 30)
    with ZipFile(BytesIO(write_word(content))) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]

    def zipped() -> None:
        with ZipFile(BytesIO(), "w", ZIP_DEFLATED) as package:
            for name, data in parts:
                package.writestr(name, data)

    return Pair("Word summary, 30 actions / zipping", *in_turn(lambda: write_word(content), zipped))


def thirty_actions_against_docxtpl() -> Pair:
    """Measure 30 actions in two languages against docxtpl filling a template of the same look."""
    content = usual("ur", 30)
    template = _template(content)
    values = {"runs": _values(content)}

    def filled() -> None:
        document = DocxTemplate(BytesIO(template))
        document.render(values, autoescape=True)
        document.save(BytesIO())

    return Pair("Word summary, 30 actions / docxtpl", *in_turn(lambda: write_word(content), filled, 10))


def hundred_actions_against_ten() -> Pair:
    """Measure 100 actions against 10."""
    hundred, ten = usual("ur", 100), usual("ur", 10)
    return Pair(
        "Word summary, 100 / 10 actions", *in_turn(lambda: write_word(hundred), lambda: write_word(ten))
    )


def all_pairs() -> list[Pair]:
    """Measure all three."""
    return [
        thirty_actions_against_zipping(),
        thirty_actions_against_docxtpl(),
        hundred_actions_against_ten(),
    ]


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


if __name__ == "__main__":
    for pair in all_pairs():
        ours, floor = pair.ours * 1000, pair.floor * 1000
        print(f"{pair.name:40} {ours:8.2f} ms {floor:8.2f} ms {ours / floor:6.2f}")
