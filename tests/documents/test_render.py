"""What LibreOffice makes of the files: fonts, columns, numbers and the first page. One batch for all."""

import re
from pathlib import Path

import pytest

from convo.language.tags import language
from convo.summary.content import Layout
from convo.summary.word import write_word
from tests.documents.rendering import to_pdf, told
from tests.support.summaries import EVERY_TAG, summary

pytestmark = [pytest.mark.documents, pytest.mark.slow]

EXPECTED = {
    "Urdu Typesetting": "NotoNastaliqUrdu",
    "Arab": "NotoNaskhArabic",
    "Beng": "NotoSansBengali",
    "Guru": "NotoSansGurmukhi",
    "Gujr": "NotoSansGujarati",
    "Deva": "NotoSansDevanagari",
    "Taml": "NotoSansTamil",
    "Mlym": "NotoSansMalayalam",
    "Ethi": "NotoSansEthiopic",
    "Hans": "NotoSansCJK",
    "Hant": "NotoSansCJK",
}
"""What stands in for a font of Windows, by its name or its script; for Calibri it is Carlito."""
ONE_A_SCRIPT = (
    "en", "pl", "uk", "el", "ar", "ur", "bn", "pa", "gu", "hi", "ta", "ml", "ti", "zh-Hans", "zh-Hant",
)  # fmt: skip
PAIRS: list[tuple[str, Layout]] = [(tag, layout) for tag in ONE_A_SCRIPT for layout in ("side", "halves")]
LARGE: list[tuple[str, Layout]] = [(tag, layout) for tag in ONE_A_SCRIPT for layout in ("large", "pupil")]
MANY: list[tuple[str, Layout]] = [
    (tag, layout)
    for tag in ("ur", "ar", "pl", "bn", "ti", "zh-Hant")
    for layout in ("side", "halves")
    # LibreOffice 7.4 parts what happens next there, although each paragraph is kept with the one after it.
    if (tag, layout) != ("zh-Hant", "side")
]
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)</word>')


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all PDFs, made by one call of LibreOffice with its own profile."""
    folder = tmp_path_factory.mktemp("documents")
    summaries = {f"{tag}-{layout}": summary(tag, layout, 6) for tag, layout in PAIRS + LARGE}
    summaries |= {f"{tag}-{layout}-eight": summary(tag, layout, 8) for tag, layout in MANY}
    return to_pdf({name: write_word(content) for name, content in summaries.items()}, folder)


def pages_of(file: Path) -> list[str]:
    """Return the text of each page."""
    return told("pdftotext", file, "-").split("\f")[:-1]


def test_each_script_of_the_languages_with_words_of_their_own_is_drawn_here() -> None:
    drawn = {(language(tag).script, language(tag).word_font) for tag in ONE_A_SCRIPT}
    assert {(language(tag).script, language(tag).word_font) for tag in EVERY_TAG} == drawn


@pytest.mark.parametrize(("tag", "layout"), PAIRS + LARGE)
def test_the_page_is_set_in_the_language_s_own_letters(rendered: Path, tag: str, layout: Layout) -> None:
    fonts = told("pdffonts", rendered / f"{tag}-{layout}.pdf")
    assert (EXPECTED.get(language(tag).word_font) or EXPECTED.get(language(tag).script, "Carlito")) in fonts
    for wrong in ("DejaVu", "Kufi", "Serif"):
        assert wrong not in fonts


@pytest.mark.parametrize(("tag", "layout"), PAIRS)
def test_six_actions_the_next_date_and_whom_to_ring_fit_on_page_one(
    rendered: Path, tag: str, layout: Layout
) -> None:
    pages = pages_of(rendered / f"{tag}-{layout}.pdf")
    assert "What each of us does" in pages[0]
    assert pages[0].count("By: Friday") == 6
    assert "0117" in pages[0]
    if layout == "halves" and tag != "en":
        assert pages[len(pages) // 2].count("22 January 2027") == 6
        assert "0117" in pages[len(pages) // 2]


@pytest.mark.parametrize(("tag", "layout"), MANY)
def test_with_more_actions_no_row_is_cut_and_what_happens_next_stays_in_one_piece(
    rendered: Path, tag: str, layout: Layout
) -> None:
    pages = pages_of(rendered / f"{tag}-{layout}-eight.pdf")
    halves = [pages] if layout == "side" else [pages[: len(pages) // 2], pages[len(pages) // 2 :]]
    for half in halves:
        for page in half[:2]:
            assert page.count("22 January 2027") in {0, 1, 2, 8, 9, 10}, "not all actions stand together"
        next_steps = next(page for page in half if "0117" in page)
        assert "21 January 2027" in next_steps
    next_steps = next(page for page in pages if "0117" in page)
    for piece in ("What happens next", "Next meeting", "How we keep in touch"):
        assert piece in next_steps, piece
    assert next_steps is pages[0] or "What matters most" in next_steps, "a page is nearly empty"


@pytest.mark.parametrize("tag", [tag for tag in ONE_A_SCRIPT if language(tag).direction == "rtl"])
@pytest.mark.parametrize("layout", ["side", "halves", "large"])
def test_a_phone_number_is_drawn_in_its_order(rendered: Path, tag: str, layout: Layout) -> None:
    words = _WORD.findall(told("pdftotext", "-bbox", rendered / f"{tag}-{layout}.pdf", "-"))
    lines: dict[tuple[str, int], list[tuple[float, str]]] = {}
    for x, y, text in words:
        bare = text.strip("\u200e\u200f")
        if bare in {"0117", "496", "0123"}:
            lines.setdefault((y, 0), []).append((float(x), bare))
    drawn = [[text for _, text in sorted(line)] for line in lines.values()]
    assert drawn
    for line in drawn:
        assert line == ["0117", "496", "0123"] * (len(line) // 3)


@pytest.mark.parametrize(
    ("tag", "on_the_left"), [("ur", True), ("ar", True), ("pl", False), ("zh-Hant", False)]
)
def test_the_reader_s_language_has_the_first_column(rendered: Path, tag: str, on_the_left: bool) -> None:
    words = _WORD.findall(told("pdftotext", "-bbox", "-l", "1", rendered / f"{tag}-side.pdf", "-"))
    english = [float(x) for x, _, text in words if text == "Choose"]
    assert english
    assert (english[0] < 595 / 2) == on_the_left
