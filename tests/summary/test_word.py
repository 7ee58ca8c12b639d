"""The Word file says what was agreed, opens everywhere and reads in the right direction."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openxml_audit import OpenXmlValidator

from convo.kernel.text import clean
from convo.language.tags import language
from convo.summary import make_base
from convo.summary.content import Action, Contact, Entry, Layout, Reason
from convo.summary.word import write_word
from convo.summary.words import Twin, named, own_words, translated
from tests.support.documents import W, paragraphs, part, problems, run_text, run_texts
from tests.support.summaries import EVERY_TAG, LAYOUTS, TAGS, summary

LRM, RLM = "\u200e", "\u200f"
RIGHT_TO_LEFT = [tag for tag in TAGS if language(tag).direction == "rtl"]


def unmarked(text: str) -> str:
    return text.replace(LRM, "").replace(RLM, "")


@pytest.mark.parametrize("translate", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", EVERY_TAG)
def test_the_file_is_valid_in_every_language_and_layout(
    tag: str, layout: Layout, translate: bool, tmp_path
) -> None:
    file = tmp_path / "summary.docx"
    file.write_bytes(write_word(summary(tag, layout, translate=translate)))
    assert problems(file.read_bytes()) == []
    assert [str(error) for error in OpenXmlValidator().validate(str(file)).errors] == []


def test_the_base_file_is_what_its_script_makes() -> None:
    def parts(data: bytes) -> dict[str, bytes]:
        with ZipFile(BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist()}

    assert parts(make_base.BASE.read_bytes()) == parts(make_base.base_bytes())


def test_the_same_content_gives_the_same_bytes() -> None:
    content = summary("ar", "halves")
    assert write_word(content) == write_word(content)
    assert write_word(content) != write_word(replace(content, child="Zara"))


texts = st.text(min_size=1, max_size=200).map(clean).filter(str.strip)
awkward = st.sampled_from(
    [
        "& < > \" ' &amp; ]]> <w:p/>",
        "👩‍👧‍👦 👍🏽 می‌خواهم ക്‍ഷ",
        'INCLUDETEXT "c:\\\\secret.txt" { HYPERLINK "http://x" } =1+1',
        "007",
        "שלום, مرحبا (call 0117 496 0123) 50%",
        "two\nlines\tand a tab\n",
        "  spaces  ",
        "abcde " * 1667,
        "\ue000 of \ue001",
        "\u2068Amina\u2069",
    ]
)


@settings(max_examples=60, deadline=None)
@given(said=texts | awkward, layout=st.sampled_from(LAYOUTS))
def test_every_character_comes_out_as_it_went_in(said: str, layout: Layout) -> None:
    content = replace(
        summary("ur", layout),
        child=said,
        priorities=(own_words(said), translated("Said", said, "ur")),
        entries=(Entry("pupil", named(said), translated(said, "کہا", "ur"), kind="strength"),),
    )
    docx = write_word(content)
    assert problems(docx) == []
    found = [unmarked(text) for text in run_texts(docx)]
    assert found.count(unmarked(said)) >= 3


def test_a_text_of_any_language_in_an_english_summary_keeps_its_direction() -> None:
    """A grandmother's Urdu words that nobody has put into English yet."""
    docx = write_word(replace(summary("en"), priorities=(own_words("روزانہ پڑھنا", "ur"),)))
    assert problems(docx) == []
    run = next(run for run in part(docx).iter(f"{W}r") if run_text(run) == "روزانہ پڑھنا")
    assert run.find(f"{W}rPr/{W}rtl") is not None
    assert run.getparent().find(f"{W}pPr/{W}bidi") is not None
    assert run.find(f"{W}rPr/{W}rFonts").get(f"{W}cs") == language("ur").word_font


@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_a_phone_number_is_held_left_to_right(tag: str) -> None:
    content = replace(summary(tag, "halves"), priorities=(translated("Ring", f"{tag} 0117 496 0123", tag),))
    found = [text for text in run_texts(write_word(content)) if "0117" in text]
    assert len(found) == 3
    assert f"{LRM}0117 496 0123{LRM}" in found
    assert f"{tag} {LRM}0117 496 0123{LRM}" in found
    assert "0117 496 0123" in found  # the English half stays as it is


@pytest.mark.parametrize("layout", ["side", "english"])
@pytest.mark.parametrize("tag", ["en", "pl"])
def test_a_phone_number_in_arabic_words_is_held_in_the_copy_of_who_reads_left_to_right(
    tag: str, layout: Layout
) -> None:
    content = replace(
        summary(tag, layout),
        priorities=(own_words("اتصل على 0117 496 0123 غدا", "ar"),),
        keep_in_touch=own_words("Text آمنہ 07700 900123 on Fridays"),
    )
    found = run_texts(write_word(content))
    assert f"اتصل على {LRM}0117 496 0123{LRM} غدا" in found
    assert f"Text آمنہ {LRM}07700 900123{LRM} on Fridays" in found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_no_alignment_is_written_because_it_would_be_drawn_on_the_other_side(
    tag: str, layout: Layout
) -> None:
    docx = write_word(summary(tag, layout))
    for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml", "word/footer2.xml"):
        assert list(part(docx, name).iter(f"{W}jc")) == []


def test_the_columns_run_right_to_left_for_a_right_to_left_reader() -> None:
    for tag, mirrored in (("ur", True), ("pl", False)):
        tables = list(part(write_word(summary(tag))).iter(f"{W}tbl"))
        assert tables
        assert {table.find(f"{W}tblPr/{W}bidiVisual") is not None for table in tables} == {mirrored}


@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_every_run_of_a_right_to_left_language_says_so(tag: str) -> None:
    docx = write_word(summary(tag))
    for style in part(docx, "word/styles.xml").iter(f"{W}style"):
        bidi = style.find(f"{W}pPr/{W}bidi")
        assert bidi is None or bidi.get(f"{W}val") == "1"
    for run in part(docx).iter(f"{W}r"):
        if run.find(f"{W}rPr/{W}lang").get(f"{W}val", "").startswith(tag):
            assert run.find(f"{W}rPr/{W}rtl") is not None


def test_two_latin_names_in_one_right_to_left_line_are_kept_apart() -> None:
    content = summary("ur", "halves")
    action = Action(
        "home", content.actions[0].what, named("Amina"), content.actions[0].by, named("4 x Maths")
    )
    text = next(
        text
        for _, text in paragraphs(write_word(replace(content, actions=(action,))))
        if "Amina" in text and "4 x Maths" in text and RLM in text
    )
    assert f"Amina{RLM} · {RLM}4 x Maths" in text


def test_untranslated_words_stand_once_with_their_label_in_both_languages() -> None:
    content = summary("ur", "side", translate=False)
    words, often = content.words, content.actions[0].how_often
    assert often is not None
    said = [
        text.replace(RLM, "") for _, text in paragraphs(write_word(content)) if often.english.text in text
    ]
    assert len(said) == len([a for a in content.actions if a.how_often == often])
    assert all(words.who.home.text in text and words.who.english.text in text for text in said)


def test_an_inserted_name_that_convo_isolated_is_also_held_by_marks() -> None:
    content = replace(summary("ur"), keep_in_touch=translated("x", "\u2068Mrs O'Brien\u2069 روزانہ", "ur"))
    assert any(f"{RLM}\u2068Mrs O'Brien\u2069{RLM}" in text for text in run_texts(write_word(content)))


def test_nastaliq_has_room_and_no_bold() -> None:
    styles = part(write_word(summary("ur")), "word/styles.xml")
    heading = styles.find(f"{W}style[@{W}styleId='HomeHeading2']")
    assert heading.find(f"{W}rPr/{W}b").get(f"{W}val") == "0"
    assert heading.find(f"{W}rPr/{W}bCs").get(f"{W}val") == "0"
    spacing = styles.find(f"{W}style[@{W}styleId='HomeText']/{W}pPr/{W}spacing")
    assert int(spacing.get(f"{W}line")) >= 1.8 * 12 * 20


@pytest.mark.parametrize(("layout", "least"), [("side", 24), ("large", 36), ("pupil", 36)])
@pytest.mark.parametrize("tag", TAGS)
def test_nothing_is_small_nor_slanted_nor_underlined_nor_in_capitals(
    tag: str, layout: Layout, least: int
) -> None:
    docx = write_word(summary(tag, layout))
    for name in ("word/document.xml", "word/styles.xml"):
        root = part(docx, name)
        for style in root.iter(f"{W}style"):
            size = style.find(f"{W}rPr/{W}sz")
            if size is not None:
                assert int(size.get(f"{W}val")) >= least
                assert style.find(f"{W}rPr/{W}szCs").get(f"{W}val") == size.get(f"{W}val")
        for size in (*root.iter(f"{W}sz"), *root.iter(f"{W}szCs")):
            assert int(size.get(f"{W}val")) >= least
        for forbidden in ("i", "iCs", "u", "caps", "smallCaps"):
            assert list(root.iter(f"{W}{forbidden}")) == []


def test_the_file_names_no_account_and_no_child() -> None:
    content = summary("ur")
    properties = Document(BytesIO(write_word(content))).core_properties
    assert properties.author == content.school
    assert content.child not in properties.title
    assert properties.language == "ur-PK"
    assert properties.created.replace(tzinfo=content.made_at.tzinfo) == content.made_at
    assert properties.last_modified_by == properties.comments == ""


def test_every_kind_of_thing_agreed_is_on_the_page() -> None:
    content = replace(
        summary("pl", "halves", agreed=False),
        version=2,
        reason="correction",
        changes=(own_words("Mondays, not Fridays"),),
    )
    docx = write_word(content)
    said = "\n".join(text for _, text in paragraphs(docx))
    footers = "".join(run_text(run) for run in part(docx, "word/footer1.xml").iter(f"{W}r"))
    for twin in content.free_texts():
        assert twin.english.text in said
        assert twin.home.text in said
    for text in (
        "This page takes the place of the one you had before.",
        "Not yet agreed",
        "We change it",
        "through the interpreter",
        "Mrs Yasmin Hussain",
        "Friday, 22 January 2027",
        f"{content.words.signed_family.home.text}: \t",  # once, at the end
        "Version: 2",
    ):
        assert text in said or text in footers


def test_the_first_page_says_what_each_does_then_when_we_meet_and_whom_to_ring() -> None:
    docx = write_word(summary("pl", "side"))
    headings = [text for style, text in paragraphs(docx) if style.endswith("Heading2")]
    assert [text.split(" · ")[-1] for text in headings[:3]] == [
        "What each of us does",
        "What happens next",
        "What matters most",
    ]
    breaks = [element.getparent().getparent() for element in part(docx).iter(f"{W}pageBreakBefore")]
    assert ["".join(run_text(run) for run in one.iter(f"{W}r")).split(" · ")[-1] for one in breaks] == [
        "What matters most"
    ]


def test_how_we_will_know_stands_with_the_action_where_the_copy_has_no_target_for_it() -> None:
    content = summary("pl", "halves", actions=1)
    known = content.actions[0].we_will_know.english.text
    alone = replace(content, actions=(replace(content.actions[0], target=None),))
    for summary_of_it in (content, alone):
        assert run_texts(write_word(summary_of_it)).count(known) == 1


def test_what_nobody_has_translated_stands_once_in_english_and_the_section_says_so() -> None:
    note = translated("Words that nobody has translated yet are in English.", "انگریزی میں", "ur")
    content = summary("ur")
    words = replace(content.words, in_english=note)
    content = replace(content, priorities=(own_words("Calm mornings"),), targets=(), words=words)
    said = [text for _, text in paragraphs(write_word(content))]
    assert said.count("Calm mornings") == 1
    assert said.count(note.home.text) == 1


def test_a_draft_is_marked_where_it_stands_and_a_checked_text_is_not() -> None:
    def runs(state: str) -> list[str]:
        home = translated("Calm mornings", "روزانہ", "ur", state)
        return run_texts(write_word(replace(summary("ur"), priorities=(home,))))

    mark = f" ({summary('ur').words.not_checked.home.text})"
    assert mark in runs("draft")
    assert mark not in runs("checked")


def test_where_most_is_untranslated_the_promise_stands_first_in_the_family_s_language() -> None:
    content = summary("ur", "side", translate=False)
    said = paragraphs(write_word(content))
    notes = [text.replace("\u200f", "") for style, text in said if style in {"Note", "HomeNote"}]
    assert notes[:2] == [content.words.talk_it_through.home.text, content.words.talk_it_through.english.text]
    assert "Friday, 2 October 2026" in notes[1]


def test_a_date_in_the_home_half_has_the_english_date_beside_it() -> None:
    content = summary("ti", "halves")
    line = next(text for _, text in paragraphs(write_word(content)) if content.when.home.text in text)
    assert line.endswith(content.when.english.text)


@pytest.mark.parametrize("layout", ["side", "halves", "large"])
def test_a_draft_among_words_that_stand_in_english_is_marked_and_has_its_english(layout: Layout) -> None:
    content = summary("ur", layout)
    draft = translated("Ring the bell", "گھنٹی بجائیں", "ur", "draft")
    target = replace(content.targets[0], text=draft, start=own_words("In English, and long " * 20))
    docx = write_word(replace(content, targets=(target,)))
    assert problems(docx) == []
    found = run_texts(docx)
    assert found.count("Ring the bell") == 1
    assert found[found.index("گھنٹی بجائیں") + 1] == f" ({content.words.not_checked.home.text})"


@pytest.mark.parametrize("reason", ["first", "correction", "language"])
def test_a_later_version_says_what_it_is(reason: Reason) -> None:
    content = replace(summary("so", "halves"), reason=reason, version=3)
    said = [text for _, text in paragraphs(write_word(content))]
    assert (content.words.correction.english.text in said) == (reason == "correction")
    assert ("This is the same agreement, now in Somali." in said) == (reason == "language")


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("word/document.xml", b"<w:tblGrid>", b"<w:tblGrid><w:gridCol w:w='9'/>"),
        ("word/document.xml", b"<w:body>", b"<w:body><w:bookmarkStart w:id='1' w:name='there'/>"),
        ("word/document.xml", b"7A2F63", b"C77FB2"),
        ("word/footer1.xml", b'<w:fldChar w:fldCharType="end"/>', b""),
        ("word/_rels/document.xml.rels", b"styles.xml", b"absent.xml"),
        ("word/_rels/document.xml.rels", b"<Relationship Id=", b"<Relationship TargetMode='External' Id="),
        ("word/styles.xml", b'w:sz w:val="24"', b'w:sz w:val="24.5"'),
        ("word/styles.xml", b"22303A", b"A2A3AA"),
        ("docProps/core.xml", b"dc:language", b"dc:subject"),
    ],
)
def test_the_lint_finds_what_the_validator_misses(name: str, right: bytes, wrong: bytes) -> None:
    out = BytesIO()
    with ZipFile(BytesIO(write_word(summary("pl")))) as before, ZipFile(out, "w", ZIP_DEFLATED) as after:
        for one in before.namelist():
            written = before.read(one)
            assert one != name or right in written
            after.writestr(one, written.replace(right, wrong) if one == name else written)
    assert problems(out.getvalue())


def test_a_contact_is_printed_as_the_school_writes_it() -> None:
    ring = Contact(own_words("Mrs O'Brien, at the gate"), "+44 (0)117 496 0123 ext. 4")
    docx = write_word(replace(summary("pl"), ring=ring))
    assert "+44 (0)117 496 0123 ext. 4" in run_texts(docx)


def test_a_name_in_a_right_to_left_script_is_written_right_to_left() -> None:
    twin: Twin = named("آمنہ")
    assert twin.home.dir == "rtl"
    assert problems(write_word(replace(summary("en"), child="آمنہ"))) == []
