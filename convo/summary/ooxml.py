"""WordprocessingML as strings: runs, paragraphs, cells and tables in schema order, for one pair of languages.

Direction is said three times because Word wants it so: ``w:bidi`` stands in the home paragraph styles,
``w:rtl`` on every right-to-left run, ``w:bidiVisual`` on tables. ``w:jc`` is never written: inside a
right-to-left paragraph it is drawn on the opposite side.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal
from xml.sax.saxutils import escape

from babel.core import get_global

from convo.language.tags import Language, language
from convo.language.text import FSI, PDI, Text, ltr_mark, numbers_held
from convo.summary.content import Side
from convo.summary.facts import Look as Weight

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Look = Weight | Literal["beside"]
"""How a run looks; beside: the other language in a heading, smaller and quieter."""

Role = Literal[
    "Text", "Heading1", "Heading2", "Heading3", "CueHeading2", "Letterhead", "Item", "ItemMore", "ItemUnder",
    "Beside", "Note", "Sign", "Footer",
]  # fmt: skip

WIDTH = 10206
"""Width of the text on A4 with 15 mm margins, in twentieths of a point."""

COLOURS: dict[Side, str] = {"home": "7A2F63", "pupil": "1D4E89", "school": "0B5D5E"}
TINTS: dict[Side, str] = {"home": "F6E9F2", "pupil": "E6EEF7", "school": "E3F0EF"}
SOFT, AMBER, LINE = "55626C", "8A4B00", "D9D2C5"

CJK = {"Hans", "Hant", "Jpan", "Kore"}
ALPHABETS = {"Latn", "Cyrl", "Grek", "Geor", "Armn"}
"""Scripts that Word does not call complex."""
WIDE = {"Taml", "Mlym"}
"""Scripts whose letters are half as wide again as those of others."""
_RLM = "\u200f"
_MAY_REVERSE = re.compile(r"[0-9@]|://|www\.")
"""All that ltr_mark can mark has one of these; looking for them first is ten times as fast."""


def word_language(tag: str) -> str:
    """Return the language Word knows for spelling and reading aloud: with a region where we know it."""
    if tag == "en":
        return "en-GB"
    locale = language(tag).locale or tag
    name, *rest = locale.split("_")
    if rest and len(rest[-1]) == 2:
        return f"{name}-{rest[-1]}"
    known = get_global("likely_subtags")
    likely = (known.get(locale) or known.get(name) or "").split("_")
    return f"{name}-{likely[2]}" if len(likely) == 3 else tag


def has_bold(there: Language) -> bool:
    """Return whether bold may be used: Nastaliq has none that looks right."""
    return "Nastaliq" not in there.word_font + there.font_alt


class Writer:
    """Writes pieces for a reader of ``tag``; remembers runs, because labels, names and dates repeat."""

    def __init__(self, tag: str, text_size: int = 24) -> None:
        self.home = language(tag)
        self.beside = text_size  # in half points
        self._properties: dict[tuple[str, str, Look, Side | None, bool], str] = {}
        self._runs: dict[tuple[Text, bool, Look, Side | None, str], str] = {}
        mark = _RLM if self.home.direction == "rtl" else ""
        dot = Text(f"{mark} · {mark}", "en", self.home.direction, "source")
        self._dots = {
            True: self.run(dot, in_home=True, look="soft"),
            False: self.run(Text(" · ", "en", "ltr", "source"), in_home=False, look="soft"),
        }

    def run(
        self, text: Text, in_home: bool, look: Look = "plain", tone: Side | None = None, after: str = ""
    ) -> str:
        """Return one run of ``text`` and ``after``; ``in_home``: its paragraph has a home style."""
        key = (text, in_home, look, tone, after)
        known = self._runs.get(key)
        if known is None:
            if in_home and self.home.direction == "rtl":
                written = _held_in_place(text.text + after)
            else:
                written = numbers_held(text) + after
            properties = self.properties(text, in_home, look, tone)
            known = self._runs[key] = f"<w:r>{properties}{_characters(written)}</w:r>"
        return known

    def properties(self, text: Text, in_home: bool, look: Look, tone: Side | None) -> str:
        """Return the run's ``w:rPr``."""
        key = (text.lang, text.dir, look, tone, in_home)
        known = self._properties.get(key)
        if known is None:
            known = self._properties[key] = self._new_properties(text, in_home, look, tone)
        return known

    def _new_properties(self, text: Text, in_home: bool, look: Look, tone: Side | None) -> str:
        is_home = text.lang == self.home.tag and text.lang != "en"
        there = self.home if is_home else language(text.lang if text.lang != "und" else "en")
        made = []
        if is_home and not in_home:
            made.append('<w:rStyle w:val="HomeRun"/>')
        elif not is_home and in_home:
            made.append('<w:rStyle w:val="EnglishRun"/>')
        if there.script in CJK:
            made.append('<w:rFonts w:hint="eastAsia"/>')
        elif not is_home and text.lang not in {"en", "und"}:
            made.append(fonts(there.word_font))
        if look in {"strong", "warn"} and has_bold(there):
            made.append("<w:b/><w:bCs/>")
        if look == "beside":
            made.append('<w:b w:val="0"/><w:bCs w:val="0"/>')
        colour = COLOURS[tone] if tone else {"soft": SOFT, "beside": SOFT, "warn": AMBER}.get(look)
        if colour:
            made.append(f'<w:color w:val="{colour}"/>')
        if look == "beside":
            made.append(f'<w:sz w:val="{self.beside}"/><w:szCs w:val="{self.beside}"/>')
        if text.dir == "rtl":
            made.append("<w:rtl/>")
        made.append(language_element(there if text.lang != "und" else None, text.dir))
        return f"<w:rPr>{''.join(made)}</w:rPr>"

    def paragraph(
        self,
        runs: str,
        role: Role,
        in_home: bool,
        keep_next: bool = False,
        new_page: bool = False,
        fill: str = "",
        bidi: bool = False,
        ends: str = "",
    ) -> str:
        """Return a paragraph in the home or the English style of its role.

        ``bidi``: it runs right to left although its style does not. ``ends``: the ``w:sectPr`` that it ends.
        """
        style = f"Home{role}" if in_home else role
        made = f'<w:pStyle w:val="{style}"/>'
        if keep_next:
            made += "<w:keepNext/>"
        if new_page:
            made += "<w:pageBreakBefore/>"
        if fill:
            made += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
        if bidi:
            made += "<w:bidi/>"
        return f"<w:p><w:pPr>{made}{ends}</w:pPr>{runs}</w:p>"

    def picture(self, relation: str, number: int, alt: Text, width: int, height: int) -> str:
        """Return a run with a picture in the line; its size is in EMU, 36,000 to a millimetre."""
        size = f'cx="{width}" cy="{height}"'
        return (
            f"<w:r><w:rPr>{language_element(self.home, 'ltr')}</w:rPr><w:drawing><wp:inline>"
            f'<wp:extent {size}/><wp:docPr id="{number}" name="Picture {number}" '
            f'descr="{_attribute(alt.text)}"/><a:graphic><a:graphicData uri="{PICTURE}"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r>"
        )

    def separator(self, in_home: bool) -> str:
        """Return the dot between two facts; right-to-left marks keep Latin facts from changing places."""
        return self._dots[in_home]

    def gap(self, in_home: bool) -> str:
        """Return the space between a picture and the words beside it."""
        return self.run(Text("\u2002", "en", self.home.direction if in_home else "ltr", "source"), in_home)

    def page_number(self, text: Text, in_home: bool, marks: dict[str, str]) -> str:
        """Return runs of ``text`` in which each mark has become a field (PAGE, NUMPAGES)."""
        made, plain = [], ""
        for character in text.text:
            if character not in marks:
                plain += character
                continue
            made.append(self.run(text._replace(text=plain), in_home) if plain else "")
            made.append(_field(marks[character], self.properties(text, in_home, "plain", None)))
            plain = ""
        return "".join(made) + (self.run(text._replace(text=plain), in_home) if plain else "")


def fonts(name: str) -> str:
    """Return ``w:rFonts`` with one name in all four slots: which slot a script uses differs by program."""
    quoted = _attribute(name)
    return f'<w:rFonts w:ascii="{quoted}" w:hAnsi="{quoted}" w:eastAsia="{quoted}" w:cs="{quoted}"/>'


def language_element(there: Language | None, direction: str) -> str:
    """Return ``w:lang`` in the slot that Word reads for this script; None for no language (a name)."""
    tag = word_language(there.tag) if there else "x-none"
    slots = f'w:val="{tag}"'
    if there and there.script in CJK:
        slots += f' w:eastAsia="{tag}"'
    elif direction == "rtl" or (there and there.script not in ALPHABETS):
        slots += f' w:bidi="{tag}"'
    return f"<w:lang {slots}/>"


def table(rows: Iterable[str], widths: Sequence[int], mirrored: bool, caption: str) -> str:
    """Return a table whose first row is its header."""
    visual = "<w:bidiVisual/>" if mirrored else ""
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{LINE}"'
    return (
        f'<w:tbl><w:tblPr>{visual}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders><w:bottom {line}/><w:insideH {line}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="10" w:type="dxa"/><w:left w:w="100" w:type="dxa"/>'
        '<w:bottom w:w="10" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{_attribute(caption)}"/></w:tblPr>'
        f"<w:tblGrid>{''.join(f'<w:gridCol w:w={chr(34)}{width}{chr(34)}/>' for width in widths)}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )


def row(cells: Sequence[str], widths: Sequence[int], fill: str = "", header: bool = False) -> str:
    """Return a row that is not cut by a page end; a header is repeated on every page."""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{cell}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    repeat = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{made}</w:tr>"


def section(footer: str, mirrored: bool) -> str:
    """Return ``w:sectPr``: A4, 15 mm margins, its footer by relationship id."""
    bidi = "<w:bidi/>" if mirrored else ""
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{footer}"/><w:type w:val="nextPage"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="620" w:right="850" w:bottom="620" w:left="850" '
        f'w:header="300" w:footer="300" w:gutter="0"/><w:cols w:space="708"/>{bidi}</w:sectPr>'
    )


def _held_in_place(text: str) -> str:
    """Return text with marks for a right-to-left paragraph; Word knows no isolates, so they get marks too."""
    if _MAY_REVERSE.search(text):
        text = ltr_mark(text)
    return text.replace(FSI, _RLM + FSI).replace(PDI, PDI + _RLM)


def _attribute(value: str) -> str:
    return escape(value, {'"': "&quot;", "\n": " ", "\t": " "})


def _characters(text: str) -> str:
    escaped = escape(text)
    if "\n" not in escaped and "\t" not in escaped:
        return f'<w:t xml:space="preserve">{escaped}</w:t>'
    lines = escaped.split("\n")
    return "<w:br/>".join(
        "<w:tab/>".join(
            f'<w:t xml:space="preserve">{part}</w:t>' if part else "" for part in line.split("\t")
        )
        for line in lines
    )


def _field(instruction: str, properties: str) -> str:
    def part(inside: str) -> str:
        return f"<w:r>{properties}{inside}</w:r>"

    return (
        part('<w:fldChar w:fldCharType="begin"/>')
        + part(f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>')
        + part('<w:fldChar w:fldCharType="separate"/>')
        + part("<w:t>1</w:t>")
        + part('<w:fldChar w:fldCharType="end"/>')
    )
