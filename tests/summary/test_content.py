"""The content is a pure value that is stored and read again."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convo.kernel.text import clean
from convo.summary.content import from_json, to_json
from convo.summary.outline import outline
from convo.summary.words import fixed_words, own_words
from tests.support.summaries import TAGS, summary


@pytest.mark.parametrize("tag", TAGS)
def test_a_stored_summary_is_read_back_equal(tag: str) -> None:
    content = summary(tag)
    assert from_json(to_json(content)) == content
    assert hash(from_json(to_json(content))) == hash(content)


@settings(deadline=None)
@given(st.text().map(clean))
def test_any_text_is_stored_and_read_back(text: str) -> None:
    content = replace(summary("ur"), priorities=(own_words(text),), child=text)
    assert from_json(to_json(content)) == content


def test_the_stored_form_is_canonical() -> None:
    stored = to_json(summary("bn"))
    assert stored == to_json(from_json(stored))
    assert stored == json.dumps(json.loads(stored), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_a_summary_stored_by_a_later_convo_is_refused_by_name() -> None:
    later = to_json(summary("en")).replace('"format":2', '"format":3')
    with pytest.raises(ValueError, match="format 3"):
        from_json(later)


def test_a_summary_stored_by_an_earlier_convo_is_read_without_what_came_since() -> None:
    stored = json.loads(to_json(summary("pl")))
    stored["format"], content = 1, stored["content"]
    del content["face"], content["ring"]["lines"]
    for name in ("offer", "logo", "my_page"):
        del content["words"][name]
    for entry in content["entries"]:
        del entry["kind"], entry["readers"]
    read = from_json(json.dumps(stored))
    assert (read.face.logo, read.ring.lines, read.words.offer, read.entries[0].kind) == (None, (), None, None)
    assert read.actions == summary("pl").actions


def test_a_stored_summary_keeps_the_words_it_was_given_out_with() -> None:
    content = summary("pl")
    renamed = replace(content.words, title=own_words("What we said"))
    assert from_json(to_json(replace(content, words=renamed))).words.title.english.text == "What we said"


@pytest.mark.parametrize("layout", ["side", "halves"])
def test_where_nothing_is_in_the_readers_language_there_are_no_half_empty_columns(layout: str) -> None:
    content = summary("ur", layout, translate=False)
    unknown = {
        name: own_words(getattr(content.words, name).english.text)
        for name in content.words.__dataclass_fields__
    }
    assert replace(content, words=replace(content.words, **unknown)).shown_as == "english"
    assert summary("ur", layout, translate=True).shown_as == layout


@pytest.mark.parametrize("layout", ["side", "halves"])
def test_labels_and_days_stay_in_both_languages_though_what_was_said_is_untranslated(layout: str) -> None:
    content = summary("ur", layout, translate=False)
    assert content.shown_as == layout
    assert outline(content).first_notes == (content.words.talk_it_through,)


def test_a_carer_who_reads_english_gets_english_in_every_layout() -> None:
    assert summary("en", "side").shown_as == summary("en", "halves").shown_as == "english"


def test_every_fixed_word_is_english_on_the_english_side() -> None:
    words = fixed_words("ur")
    states = {getattr(words, name).english.state for name in words.__dataclass_fields__}
    assert states == {"source"}
