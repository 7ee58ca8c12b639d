"""Writes the summary as a Word file. The only importer of python-docx.

python-docx sets the base file up once a language (styles, settings); a summary then is that package with its
own body, footers and properties. The body is one string: building it piece by piece through python-docx takes
a hundred times as long.
"""

from datetime import UTC
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.oxml.ns import qn

from convo.access.face import OWN_HEADING, OWN_TINT
from convo.language.tags import Language, language
from convo.summary.content import SummaryContent
from convo.summary.drawn import LARGE, LARGEST_TEXT, Drawn
from convo.summary.make_base import BASE
from convo.summary.ooxml import (
    ALPHABETS,
    CJK,
    DECLARATION,
    NAMESPACE,
    has_bold,
    word_language,
)

_W = f'xmlns:w="{NAMESPACE}"'
_LARGER = 1.4  # times, in large print
_WITH_PICTURES = {"HomeLetterhead", "HomeCueHeading2"}
_KEPT = {"HomeHeading3"}
_NASTALIQ_LINE, _ARABIC_LINE = 1.8, 1.35
"""Times the size, as an exact line height: what fonts bring along runs from 1.4 to 2.6 for Nastaliq and from
1.1 to 1.7 for Arabic letters, and page one would hold in one program and not in the next."""


def write_word(content: SummaryContent) -> bytes:
    """Return the summary as .docx in the content's layout; the same content always gives the same bytes.

    Where most of what was said has no translation, side and halves become English with a promise in the
    reader's language to talk it through.
    """
    page = Drawn(content)
    made = dict(_base(content.tag, content.layout in LARGE, content.face.heading, content.face.tint))
    made["word/document.xml"] = page.document()
    made["word/footer1.xml"] = page.footer(page.first_footer())
    made["word/footer2.xml"] = page.footer(["home"])
    made["docProps/core.xml"] = _core_properties(content)
    if page.media:
        made |= {f"word/media/{name}": picture for name, picture in page.media.items()}
        _add_to(made, "[Content_Types].xml", '<Default Extension="png" ContentType="image/png"/>')
        _add_to(made, "word/_rels/document.xml.rels", page.relations())
    made_at = content.made_at.astimezone(UTC)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, part in made.items():
            entry = ZipInfo(name, made_at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, part)
    return out.getvalue()


def _add_to(made: dict[str, bytes | str], name: str, element: str) -> None:
    """Add an element at the end of a part that python-docx wrote."""
    written = made[name]
    text = written.decode() if isinstance(written, bytes) else written
    begin, end = text[: text.rindex("</")], text[text.rindex("</") :]
    made[name] = begin + element + end


def _core_properties(content: SummaryContent) -> str:
    """Return docProps/core.xml: no account's name, no child's name (a title is seen on lock screens)."""
    made_at = content.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    tag = content.tag if content.in_two_languages else "en"
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{made_at}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    title: str = getattr(content.words.title, "english" if tag == "en" else "home").text
    return (
        f"{DECLARATION}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(content.school)}</dc:creator>"
        f"<dc:language>{word_language(tag)}</dc:language>{dates}</cp:coreProperties>"
    )


@lru_cache(maxsize=128)
def _base(tag: str, large: bool, heading: str, tint: str) -> dict[str, bytes | str]:
    """Return the base file's parts, set up for a reader of ``tag``. Do not change what is returned."""
    there = language(tag)
    document = Document(str(BASE))
    styles = document.styles.element
    if large:
        for size in (*styles.iter(qn("w:sz")), *styles.iter(qn("w:szCs"))):
            larger = round(int(size.get(qn("w:val"))) * _LARGER / 2) * 2
            size.set(qn("w:val"), str(max(LARGEST_TEXT, larger)))
    for element, attribute, before, now in (
        ("w:color", "w:val", OWN_HEADING, heading),
        ("w:shd", "w:fill", OWN_TINT, tint),
    ):
        for found in styles.iter(qn(element)):
            if found.get(qn(attribute)) == before:
                found.set(qn(attribute), now)
    for style in document.styles:
        if style.style_id.startswith("Home"):
            _set_up(style.element, there)
        elif style.style_id == "ItemMore" and not has_bold(there):  # labels stand in it in both languages
            _exact(style.element, _NASTALIQ_LINE)
    known = document.settings.element.find(qn("w:themeFontLang"))
    _set_language(known, there)
    saved = BytesIO()
    document.save(saved)
    with ZipFile(saved) as package:
        made: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    made["word/fontTable.xml"] = _font_table(there)
    return made


def _set_up(style: Any, there: Language) -> None:
    """Set a home style's values; every element is there already, in schema order."""
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        style.rPr.find(qn("w:rFonts")).set(qn(f"w:{slot}"), there.word_font)
    _set_language(style.rPr.find(qn("w:lang")), there)
    bidi = style.find(f"{qn('w:pPr')}/{qn('w:bidi')}")
    if bidi is not None:
        bidi.set(qn("w:val"), "1" if there.direction == "rtl" else "0")
    if there.script != "Arab" or bidi is None:
        return
    times = _ARABIC_LINE
    if not has_bold(there):
        times = _NASTALIQ_LINE
        for name in ("w:b", "w:bCs"):
            for weight in style.rPr.findall(qn(name)):
                weight.set(qn("w:val"), "0")
    if style.styleId not in _WITH_PICTURES:  # it would cut them
        _exact(style, times)


def _exact(style: Any, times: float) -> None:
    """Give a style an exact line height, in times of its letters' size."""
    half_points = int(style.rPr.find(qn("w:sz")).get(qn("w:val")))
    for spacing in style.iter(qn("w:spacing")):
        spacing.set(qn("w:line"), str(round(half_points * 10 * times)))
        # LibreOffice does not keep a paragraph of exact lines with the next one.
        spacing.set(qn("w:lineRule"), "atLeast" if style.styleId in _KEPT else "exact")
        if style.styleId == "HomeText":  # the line is airy enough
            spacing.set(qn("w:after"), "0")


def _set_language(element: Any, there: Language) -> None:
    tag = word_language(there.tag)
    if there.script in CJK:
        element.set(qn("w:eastAsia"), tag)
    elif there.direction == "rtl" or there.script not in ALPHABETS:
        element.set(qn("w:bidi"), tag)
    if element.tag == qn("w:lang"):
        element.set(qn("w:val"), tag)


def _font_table(there: Language) -> str:
    """Return word/fontTable.xml: what Word may take where the font is missing (a Mac)."""
    faces = {"Calibri": "Carlito", there.word_font: there.font_alt}
    made = "".join(
        f'<w:font w:name="{escape(name)}"><w:altName w:val="{escape(other)}"/></w:font>'
        for name, other in faces.items()
    )
    return f"{DECLARATION}<w:fonts {_W}>{made}</w:fonts>"
