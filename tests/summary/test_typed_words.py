"""Whatever people type comes out as they typed it, and is never anything else than text."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any, get_args
from zipfile import ZipFile

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openxml_audit import OpenXmlValidator

from convo.kernel.text import clean
from convo.language.tags import language
from convo.summary.commands import _page
from convo.summary.content import Contact, Entry, Face, Layout, Person, SummaryContent
from convo.summary.files import file_name
from convo.summary.word import write_word
from convo.summary.words import Twin, fixed_words, named, own_words, translated
from tests.summary.test_page import html
from tests.summary.typed import (
    HOSTILE,
    LOGO,
    LONGEST,
    LRM,
    TURNED,
    absent,
    examples,
    lines,
    shown,
    summaries,
    texts,
)
from tests.support.documents import W, part, problems, run_text, run_texts
from tests.support.summaries import summary

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
TAGS = ("en", "ur", "ar", "pl", "bn", "zh-Hant", "ti")
MARK = "Zq7x"  # no fixed word, tag, font or address has it

OF_WORD = {
    "document", "body", "p", "pPr", "pStyle", "keepNext", "pageBreakBefore", "shd", "bidi", "sectPr",
    "footerReference", "type", "pgSz", "pgMar", "cols", "r", "rPr", "rStyle", "rFonts", "b", "bCs",
    "color", "sz", "szCs", "rtl", "lang", "t", "br", "tab", "tbl", "tblPr", "bidiVisual", "tblW",
    "tblBorders", "bottom", "insideH", "tblLayout", "tblCellMar", "top", "left", "right", "tblLook",
    "tblCaption", "tblGrid", "gridCol", "tr", "trPr", "cantSplit", "tblHeader", "tc", "tcPr", "tcW",
    "drawing", "inline", "extent", "docPr", "graphic", "graphicData", "pic", "nvPicPr", "cNvPr",
    "cNvPicPr", "blipFill", "blip", "stretch", "fillRect", "spPr", "xfrm", "off", "ext", "prstGeom",
    "avLst",
}  # fmt: skip
"""Every element of the document. Nothing in it leads anywhere, computes anything or brings anything in."""
OF_FOOTERS = {"ftr", "fldChar", "instrText"} | OF_WORD
OF_PAGE = {
    "article", "section", "h2", "h3", "h4", "p", "ul", "li", "table", "thead", "tbody", "tr", "th",
    "td", "bdi", "span", "strong", "div", "img",
}  # fmt: skip
ATTRIBUTES = {"class", "lang", "dir", "scope", "role", "src", "alt", "width", "height"}
PARTS = {
    "[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "word/document.xml",
    "word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml", "word/fontTable.xml",
    "word/theme/theme1.xml", "word/footer1.xml", "word/footer2.xml", "word/numbering.xml",
}  # fmt: skip
PICTURES = {"logo", "star", "flag", "pencil", "hand", "people", "calendar"}
KINDS = {
    "officeDocument", "core-properties", "extended-properties", "styles", "settings", "fontTable", "theme",
    "footer", "numbering", "image",
}  # fmt: skip


def local(element: Any) -> str:
    return etree.QName(element).localname


def not_text(docx: bytes) -> list[str]:
    """Return what stands in a Word file beside text, fixed pictures and page numbers."""
    with ZipFile(BytesIO(docx)) as package:
        names = package.namelist()
    found = [
        f"part {name}" for name in names if name not in PARTS | {f"word/media/{one}.png" for one in PICTURES}
    ]
    for name in (name for name in names if name.endswith(".rels")):
        for one in part(docx, name):
            if (
                one.get("TargetMode")
                or one.get("Type", "").rpartition("/")[2] not in KINDS
                or ":" in one.get("Target")
            ):
                found.append(f"{name}: {dict(one.attrib)}")
    for name, known in (
        ("word/document.xml", OF_WORD),
        ("word/footer1.xml", OF_FOOTERS),
        ("word/footer2.xml", OF_FOOTERS),
    ):
        for element in part(docx, name).iter():
            if not isinstance(element.tag, str) or local(element) not in known:
                found.append(f"{name}: {element.tag}")
            elif (element.text or "").strip() and local(element) not in {"t", "instrText"}:
                found.append(f"{name}: text in {element.tag}")
        instructions = {element.text for element in part(docx, name).iter(f"{W}instrText")}
        found += [f"{name}: field {one}" for one in instructions - {" PAGE ", " NUMPAGES "}]
    return found


def written(docx: bytes) -> list[str]:
    """Return the text of every run in the body and in the footers, labels without their colon."""
    footers = [
        run_text(run) for name in ("1", "2") for run in part(docx, f"word/footer{name}.xml").iter(f"{W}r")
    ]
    return [*run_texts(docx), *footers]


def parsed(page: str) -> tuple[Any, set[str]]:
    """Return the page as a browser reads it, and what the parser had to say against it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parseFragment(page)
    return tree, {code for _, code, _ in parser.errors}


def not_page_text(tree: Any) -> list[str]:
    """Return what stands on the page beside text and the fixed elements and attributes."""
    found = []
    for element in tree.iter():
        if element is tree:
            continue
        if element.tag not in OF_PAGE:
            found.append(f"element {element.tag}")
        for name, value in element.attrib.items():
            harmless = name == "alt" or re.fullmatch(r"[A-Za-z0-9 -]*", value)
            if name == "src":
                harmless = re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", value)
            if name not in ATTRIBUTES or not harmless:
                found.append(f"attribute {name}={value!r}")
    return found


def page_pieces(tree: Any) -> list[str]:
    return ["".join(piece.itertext()) for piece in tree.iter("bdi")]


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
@examples(15)
@given(data=st.data())
def test_whatever_is_typed_comes_out_the_same_in_word_and_on_the_page(
    layout: Layout, data: st.DataObject
) -> None:
    tag = data.draw(st.sampled_from(TAGS), label="tag")
    content = data.draw(summaries(tag, layout), label="content")
    docx = write_word(content)
    assert problems(docx) == []
    assert not_text(docx) == []
    assert absent(shown(content), written(docx)) == []
    tree, faults = parsed(html(content))
    assert faults <= {"invalid-codepoint"}  # of characters that Unicode keeps free of meaning
    assert not_page_text(tree) == []
    on_page = (text for text in shown(content) if text != content.school)  # which stands around it
    assert absent(on_page, page_pieces(tree)) == []
    assert len(file_name(content).encode()) < 200
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', file_name(content))


def full_of(said: str, tag: str, layout: Layout) -> SummaryContent:
    """Return a summary that says one thing everywhere."""
    twin: Twin = own_words(said)
    in_home = translated(said, said, tag, "draft") if tag != "en" else twin
    usual = summary(tag, layout)
    return replace(
        usual,
        words=replace(usual.words, logo=fixed_words(tag, None, said).logo),
        face=Face(logo=LOGO),
        addressed=said,
        child=said,
        school=said,
        ring=Contact(twin, said, (said, said)),
        present=(Person(said, twin),),
        changes=(twin, in_home),
        reason="correction",
        actions=tuple(
            replace(action, what=in_home, who=named(said), how_often=twin, we_will_know=in_home, agreed=False)
            for action in usual.actions
        ),
        next_meeting=replace(usual.next_meeting, where=twin),
        keep_in_touch=in_home,
        priorities=(twin, in_home),
        targets=tuple(
            replace(target, text=in_home, area=twin, start=twin, aim=in_home) for target in usual.targets
        ),
        entries=(
            Entry("pupil", named(said), in_home, kind="hope", readers=twin),
            Entry("pupil", named(said), twin, kind="strength"),
            Entry("parent", named(said), twin),
        ),
        decisions=tuple(
            replace(one, what=in_home, promised_by=named(said), reason=twin) for one in usual.decisions
        ),
    )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", ["en", "ar", "pl"])
def test_what_other_programs_would_run_stays_text_wherever_it_stands(tag: str, layout: Layout) -> None:
    for hostile in HOSTILE if tag == "ar" else ["\n".join(HOSTILE)]:
        said = clean(f"{hostile}{MARK}")
        docx = write_word(full_of(said, tag, layout))
        assert problems(docx) == []
        assert not_text(docx) == []
        with ZipFile(BytesIO(docx)) as package:
            for name in package.namelist():
                if name.endswith(".png"):
                    continue
                for element in etree.fromstring(package.read(name)).iter():
                    if MARK in (element.text or ""):
                        assert local(element) in {"t", "creator"}
                    where = {name for name, value in element.attrib.items() if MARK in value}
                    assert where <= ({"descr"} if local(element) == "docPr" else set())
        tree, faults = parsed(html(full_of(said, tag, layout)))
        assert faults == set()
        assert not_page_text(tree) == []
        marked = {name for element in tree.iter() for name, value in element.attrib.items() if MARK in value}
        assert marked <= {"alt"}


def test_the_page_that_is_kept_as_a_file_has_nothing_of_it_but_text() -> None:
    for hostile in HOSTILE[:-1]:
        page = html5lib.parse(
            _page(full_of(f"{hostile}{MARK}", "ur", "side")).decode(), namespaceHTMLElements=False
        )
        assert {element.tag for element in page.find("head")} == {"meta", "title", "style"}
        assert {element.tag for element in page.find("body").iter()} - OF_PAGE == {"body", "main", "h1"}
        assert MARK in page.find("head/title").text


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", ["en", "ur", "zh-Hant"])
def test_word_s_own_rules_find_nothing_in_a_file_full_of_it(tag: str, layout: Layout, tmp_path: Any) -> None:
    said = "\n".join(HOSTILE[:-1])
    for name, content in {
        "hostile": full_of(said, tag, layout),
        "numbers": full_of("007", tag, layout),
        "long": full_of("ab آمنہ " * (LONGEST // 8), tag, layout),
    }.items():
        file = tmp_path / f"{name}.docx"
        file.write_bytes(write_word(content))
        assert [str(error) for error in OpenXmlValidator().validate(str(file)).errors] == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", ["en", "ur"])
@examples(3)
@given(data=st.data())
def test_sixty_actions_and_the_longest_entries_come_out_whole(
    tag: str, layout: Layout, data: st.DataObject
) -> None:
    usual = summary(tag, layout, actions=60)
    whats = data.draw(st.lists(texts, min_size=60, max_size=60, unique=True), label="what")
    whos = data.draw(st.lists(lines, min_size=60, max_size=60), label="who")
    entry = data.draw(texts, label="entry")
    entry = (f"{entry} " * (LONGEST // (len(entry) + 1) + 1))[:LONGEST].strip()
    actions = tuple(
        replace(action, what=own_words(what), who=named(who))
        for action, what, who in zip(usual.actions, whats, whos, strict=True)
    )
    content = replace(usual, actions=actions, entries=(Entry("pupil", named("Amina"), own_words(entry)),))
    docx = write_word(content)
    assert problems(docx) == []
    assert not_text(docx) == []
    assert absent(shown(content), written(docx)) == []
    tree, _ = parsed(html(content))
    assert absent((text for text in shown(content) if text != content.school), page_pieces(tree)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tag", TAGS)
def test_a_summary_of_nothing_is_a_sound_page(tag: str, layout: Layout) -> None:
    empty = replace(
        summary(tag, layout, actions=0),
        addressed="",
        ring=Contact(own_words("School office"), ""),
        held_on=None,
        starts_at=None,
        when=None,
        present=(),
        next_meeting=replace(summary(tag).next_meeting, when=None, where=None),
        keep_in_touch=None,
        priorities=(),
        targets=(),
        entries=(),
        decisions=(),
        understood=None,
        signature=False,
    )
    docx = write_word(empty)
    assert problems(docx) == []
    tree, faults = parsed(html(empty))
    assert faults == set()
    assert [
        one
        for one in tree.iter()
        if one.tag in {"ul", "table", "section"} and not "".join(one.itertext()).strip()
    ] == []


@pytest.mark.parametrize("layout", ["side", "halves", "large", "pupil"])
@pytest.mark.parametrize("tag", ["ar", "ur", "fa"])
def test_numbers_and_addresses_in_right_to_left_words_are_held_in_their_place(
    tag: str, layout: Layout
) -> None:
    assert language(tag).direction == "rtl"
    for token in TURNED:
        said = translated(f"Ring {token} please", f"اتصل {token} غدا", tag)
        content = replace(
            summary(tag, layout),
            child=token,
            ring=Contact(own_words("Office"), token, (token,)),
            entries=(Entry("pupil", named(token), said, kind="hope"),),
        )
        held = f"اتصل {LRM}{token}{LRM} غدا"
        assert held in written(write_word(content))
        tree, _ = parsed(html(content))
        assert held in page_pieces(tree)
        alone = [text for text in written(write_word(content)) if token in text and "اتصل" not in text]
        assert set(alone) <= {
            token,
            f"{LRM}{token}{LRM}",
            f"Ring {token} please",
            f"Ring {LRM}{token}{LRM} please",
        }
