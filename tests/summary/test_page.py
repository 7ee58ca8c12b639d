"""The web page says the same as the Word file, each piece with its language and direction."""

from dataclasses import replace

import html5lib
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from convo.summary.content import Layout, SummaryContent
from convo.summary.make_base import BASE
from convo.summary.page import page_content
from convo.summary.words import own_words, translated
from tests.support.page_rules import direction_of
from tests.support.summaries import LAYOUTS, TAGS, summary

TEMPLATES = Environment(
    loader=FileSystemLoader(BASE.parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(content: SummaryContent) -> str:
    return TEMPLATES.get_template("summary/_content.html").render(summary=page_content(content))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", TAGS)
def test_it_is_valid_html_with_language_and_direction_on_every_piece(tag: str, layout: Layout) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parseFragment(html(summary(tag, layout)))
    pieces = list(tree.iter("bdi"))
    assert pieces
    for piece in pieces:
        assert piece.get("dir") == direction_of(piece.get("lang"))
    for header in tree.iter("th"):
        assert header.get("scope") in {"col", "rowgroup"}
    for image in tree.iter("img"):
        assert image.get("alt")
    assert [element.tag for element in tree.iter() if element.tag in {"a", "button", "input", "h1"}] == []


@pytest.mark.parametrize("layout", ["side", "halves"])
def test_everything_agreed_is_on_it_in_both_languages(layout: Layout) -> None:
    content = summary("pl", layout)
    said = "".join(html5lib.parseFragment(html(content), namespaceHTMLElements=False).itertext())
    for twin in content.free_texts():
        assert twin.english.text in said
        assert twin.home.text in said
    for text in ("Mrs O'Brien", "0117 496 0123", "W domu", "At home"):
        assert text in said


def test_people_s_text_is_escaped() -> None:
    said = html(
        replace(summary("ur"), child="<script>alert(1)</script>", priorities=(own_words("a & b < c"),))
    )
    assert "<script>" not in said
    assert "a &amp; b &lt; c" in said


def test_a_draft_is_marked_and_an_untranslated_section_says_so() -> None:
    content = summary("ur")
    mark, note = content.words.not_checked.home.text, content.words.in_english.home.text
    assert f'class="tag soon"><bdi lang="ur" dir="rtl">{mark}' not in html(content)
    drafted = replace(content, priorities=(translated("Calm", "روزانہ", "ur", "draft"),))
    assert f'class="tag soon"><bdi lang="ur" dir="rtl">{mark}' in html(drafted)
    untold = replace(content, priorities=(own_words("Calm"),))
    assert html(untold).count(note) == html(content).count(note) + 1
    assert content.words.free_missing.home.text in html(untold)


def test_who_said_it_has_a_colour_and_a_word() -> None:
    said = html(summary("pl"))
    for voice in ("parent", "pupil", "school"):
        assert f'class="{voice}"' in said
    for side in ("home", "school", "pupil"):
        assert f'class="group {side}"' in said
