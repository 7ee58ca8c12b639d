"""The handbook: every kind of user has a page, nothing else can be read through it, and it stays complete."""

import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import pytest

from convo.access.checklist import steps
from convo.conversation.guide_check import YIELDS
from convo.hour.handbook import HelpPage, handbook_folder, help_page, help_pages
from convo.kernel.errors import NotFound
from convo.settings import SHIPPED_GUIDES, Settings

FOLDER = handbook_folder(SHIPPED_GUIDES)
PAGES = help_pages(FOLDER)
CONVO = Path(__file__).resolve().parents[2] / "convo"


def test_every_kind_of_user_has_a_page() -> None:
    assert [page.slug for page in PAGES] == [
        "teacher",
        "family",
        "senco",
        "bilingual-assistant",
        "data-manager",
        "head",
        "words",
        "writing-a-guide",
        "installing",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_opens_with_its_only_main_heading_and_nothing_in_it_is_cleaned_away(page: HelpPage) -> None:
    written = (FOLDER / f"{page.slug}.html").read_text("utf-8")
    assert written.startswith(f"<h1>{page.title}</h1>\n")
    assert page.body.count("<h1>") == 1
    assert page.body == written, "the cleaner changed this page"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_links_between_pages_lead_to_pages(page: HelpPage) -> None:
    links = re.findall(r'href="([^"]*)"', page.body)
    assert set(links) <= {other.slug for other in PAGES} | {"paper-hour"}


def on_screens() -> str:
    """Return all from which a screen is made, each run of white space as one blank."""
    kinds = ("templates/**/*.html", "static/**/*.js", "**/*.py")
    files = [file for kind in kinds for file in CONVO.glob(kind)]
    return " ".join(" ".join(file.read_text("utf-8") for file in files).split())


def whole_label(words: str) -> str:
    """Return the pattern of a label or text that is these words and no more; some screens set the capital."""
    first = f"[{words[0].upper()}{words[0].lower()}]"
    return f'[>"`] ?{first}{re.escape(words[1:])}(?: ?[<"`{{]| \\$)'


def test_what_the_handbook_prints_in_bold_stands_so_on_a_screen() -> None:
    quoted = {words for page in PAGES for words in re.findall("<strong>(.*?)</strong>", page.body)}
    assert len(quoted) > 50
    screens = on_screens()
    absent = [words for words in quoted if not re.search(whole_label(words), screens)]
    assert absent == [], "no button, heading or mark says so"


def test_the_data_managers_first_day_has_the_steps_of_the_home_page_in_their_order() -> None:
    named = re.findall("<strong>(.*?)</strong>", help_page(FOLDER, "data-manager").body)
    titles = [step.title for step in steps(defaultdict(bool))]
    assert [words for words in named if words in titles] == titles


def test_every_setting_is_listed_with_its_unit_and_default() -> None:
    rows = re.findall(
        r'<tr><th scope="row">(CONVO_\w+)</th><td>.+</td><td>(.+)</td><td>(.+)</td></tr>',
        help_page(FOLDER, "installing").body,
    )
    listed = {name: default for name, _unit, default in rows}
    assert set(listed) == {f"CONVO_{item.name.upper()}" for item in fields(Settings)}
    for item in fields(Settings):
        if isinstance(item.default, int):
            assert listed[f"CONVO_{item.name.upper()}"] == str(int(item.default)), item.name


def test_everything_a_prompt_can_yield_is_explained_to_whoever_writes_a_guide() -> None:
    body = help_page(FOLDER, "writing-a-guide").body
    assert [word for word in YIELDS if not re.search(rf"\b{word}\b", body)] == []


def test_what_families_are_told_is_in_short_sentences_without_school_words() -> None:
    text = re.sub(r"<[^>]+>", "\n", help_page(FOLDER, "family").body)
    assert not re.search(r"\b(SENCO|SEN|SEND|target|safeguarding|priority|entry|entries)\b", text)
    for sentence in re.split(r"(?<=[.?])\s", text):
        assert len(sentence.split()) <= 20, sentence


@pytest.mark.parametrize(
    "slug",
    [
        "missing",
        "",
        ".",
        "..",
        "../conversation",
        "..%2fconversation",
        "/etc/passwd",
        "teacher.html",
        "Teacher",
        "teacher\x00",
        "teacher/",
        "a\\b",
        "x" * 5000,
    ],
)
def test_a_name_that_no_page_has_is_not_found(slug: str) -> None:
    with pytest.raises(NotFound):
        help_page(FOLDER, slug)


def test_a_schools_own_handbook_takes_the_place_of_the_one_that_ships(tmp_path: Path) -> None:
    assert handbook_folder(tmp_path) == FOLDER
    own = tmp_path / "handbook"
    own.mkdir()
    (own / "our-school.html").write_text(
        "<h1>Tea &amp; chairs</h1>\n<p onclick='x'>In room 4.</p>\n", "utf-8"
    )
    (own / "no-heading.html").write_text("<p>Plain.</p>\n", "utf-8")
    (own / "Not a page.html").write_text("<h1>No</h1>", "utf-8")
    pages = help_pages(handbook_folder(tmp_path))
    assert [(page.slug, page.title) for page in pages] == [
        ("no-heading", "No heading"),
        ("our-school", "Tea & chairs"),
    ]
    assert "onclick" not in pages[1].body
    assert pages[0].body.startswith("<h1>No heading</h1>")
