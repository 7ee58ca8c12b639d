"""Writes the summary as a Word file. The only importer of python-docx.

python-docx sets the base file up once a language (styles, settings); a summary then is that package with its
own body, footers and properties. The body is one string: building it piece by piece through python-docx takes
a hundred times as long.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import Any, Literal
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.oxml.ns import qn

from convo.language.tags import Language, language
from convo.language.text import FSI, PDI, Text
from convo.summary.content import SummaryContent
from convo.summary.make_base import BASE
from convo.summary.ooxml import (
    ALPHABETS,
    CJK,
    DECLARATION,
    NAMESPACE,
    RELATIONSHIPS,
    Role,
    Writer,
    gap,
    has_bold,
    row,
    section,
    table,
    word_language,
)
from convo.summary.outline import (
    Fact,
    Line,
    Outline,
    Row,
    Section,
    Table,
    outline,
    same,
    stands_once,
    unchecked,
)
from convo.summary.words import PAGE, PAGES, Twin, named

Column = Literal["english", "home"]
Columns = Sequence[Column]

_W = f'xmlns:w="{NAMESPACE}"'
_FOOTERS: dict[Column, str] = {"english": "rId5", "home": "rId6"}
_NASTALIQ_LINE, _ARABIC_LINE = 1.8, 1.35
"""Times the size, as an exact line height: what fonts bring along runs from 1.4 to 2.6 for Nastaliq and from
1.1 to 1.7 for Arabic letters, and page one would hold in one program and not in the next."""


def write_word(content: SummaryContent) -> bytes:
    """Return the summary as .docx in the content's layout; the same content always gives the same bytes.

    Where most of what was said has no translation, side and halves become English with a promise in the
    reader's language to talk it through.
    """
    page = _Page(content)
    parts = dict(_base(content.tag))
    parts["word/document.xml"] = page.document()
    parts["word/footer1.xml"] = page.footer(page.first_columns)
    parts["word/footer2.xml"] = page.footer(["home"])
    parts["docProps/core.xml"] = _core_properties(content)
    made_at = content.made_at.astimezone(UTC)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, part in parts.items():
            entry = ZipInfo(name, made_at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, part)
    return out.getvalue()


class _Page:
    """Draws one summary's outline as WordprocessingML, in one column or in two."""

    def __init__(self, content: SummaryContent) -> None:
        self.content = content
        self.writer = Writer(content.tag)
        self.outline: Outline = outline(content)
        self.layout = content.shown_as
        self.mirrored = language(content.tag).direction == "rtl"

    @property
    def first_columns(self) -> Columns:
        """The columns of the first (often the only) section: the reader's language stands first."""
        return ("home", "english") if self.layout == "side" else ("english",)

    def document(self) -> str:
        """Return word/document.xml."""
        headings = self.first_columns
        if self.layout == "english" and self.content.layout != "english":
            headings = ("english", "home")  # not translated: at least the headings are in both languages
        body = "".join(self.body(self.first_columns, headings))
        if self.layout == "halves":
            body += gap(section(_FOOTERS["english"], mirrored=False))
            body += "".join(self.body(["home"], ["home"])) + section(_FOOTERS["home"], self.mirrored)
        else:
            body += section(_FOOTERS["english"], mirrored=False)
        return f'{DECLARATION}<w:document {_W} xmlns:r="{RELATIONSHIPS}"><w:body>{body}</w:body></w:document>'

    def body(self, columns: Columns, headings: Columns) -> Iterator[str]:
        """Yield the whole outline; ``headings`` are the languages that headings and notes stand in."""
        yield self.heading(self.outline.title, "Heading1", headings)
        yield from self.notes(self.outline.first_notes, headings)
        yield self.table(Table((self.outline.opening,)), self.outline.title, columns)
        for part in self.outline.sections:
            yield from self.section(part, columns, headings)
        if self.outline.signatures and (self.layout != "halves" or "home" in columns):
            yield from self.signatures(columns)
        if self.outline.about_translation:
            yield self.heading(self.content.words.about_translation, "Heading2", headings)
            yield from self.notes(self.outline.about_translation, headings)

    def section(self, part: Section, columns: Columns, headings: Columns) -> Iterator[str]:
        """Yield a heading, the note that some words are English (once), and the tables."""
        yield self.heading(part.heading, "Heading2", headings, part.new_page)
        if part.some_english and "home" in columns:
            yield self.words(self.content.words.in_english, "home", "Beside")
        for number, drawn in enumerate(part.tables):
            yield gap() if number else ""
            yield self.table(drawn, part.heading, columns, part.one_piece)

    def heading(self, twin: Twin, role: Role, columns: Columns, new_page: bool = False) -> str:
        """Return the heading, and in the same paragraph, quieter, the other language."""
        first, *others = _different(twin, columns)
        in_home = self.is_home(getattr(twin, first))
        runs = self.writer.run(getattr(twin, first), in_home)
        for column in others:
            runs += self.writer.separator(in_home)
            runs += self.writer.run(getattr(twin, column), in_home, "beside")
        return self.writer.paragraph(runs, role, in_home, new_page=new_page)

    def notes(self, twins: Iterable[Twin], columns: Columns) -> Iterator[str]:
        """Yield paragraphs on a tint, each in every language that it is known in."""
        for twin in twins:
            for column in _different(twin, columns):
                yield self.words(twin, column, "Note")

    def words(self, twin: Twin, column: Column, role: Role, new_page: bool = False) -> str:
        """Return a paragraph that holds one piece alone."""
        text: Text = getattr(twin, column)
        in_home = self.is_home(text)
        return self.writer.paragraph(self.writer.run(text, in_home), role, in_home, new_page=new_page)

    def is_home(self, text: Text) -> bool:
        """Return whether the text is in the reader's language, which is not English."""
        return text.lang == self.content.tag != "en"

    def table(self, drawn: Table, caption: Twin, columns: Columns, one_piece: bool = False) -> str:
        """Return the rows, each piece beside its twin or alone; in ``one_piece`` they stay on one page."""
        rows = []
        title: str = getattr(caption, columns[0]).text
        if drawn.header is not None:
            header = (drawn.header._replace(look="strong", tone=drawn.tone),)
            cells = [self.line(header, column, keep_next=True) for column in columns]
            rows.append(row(cells, len(columns), header=drawn.tone))
            title = f"{title}: {getattr(drawn.header.value, columns[0]).text}"
        for number, lines in enumerate(drawn.rows, 1):
            rows.extend(self.rows(lines, columns, keep_next=one_piece and number < len(drawn.rows)))
        return table(rows, len(columns), self.mirrored and "home" in columns, title, drawn.header is not None)

    def rows(self, lines: Row, columns: Columns, keep_next: bool) -> Iterator[str]:
        """Yield table rows: lines that say the same in both languages stand once, over the whole width."""
        groups = [(once, list(group)) for once, group in groupby(lines, key=stands_once)]
        for number, (once, group) in enumerate(groups):
            last = number == len(groups) - 1
            keep = keep_next or not last
            cells = [
                "".join(self.line(line, column, keep, alone=once and len(columns) > 1) for line in group)
                for column in (columns[-1:] if once else columns)
            ]
            yield row(cells, len(columns), open_above=number > 0, open_below=not last)

    def line(self, line: Line, column: Column, keep_next: bool = False, alone: bool = False) -> str:
        """Return a paragraph of facts: home if any piece of it is in the reader's language.

        A line that stands ``alone``, without a twin beside it, bears its labels in both languages.
        """
        texts = [text for fact in line for text in _texts(fact, column)]
        in_home = any(self.is_home(text) for text in texts) or self.goes_with_column(line, column)
        if not in_home and len(texts) == 1 and texts[0].dir == "rtl":
            return self.writer.foreign(texts[0])
        runs = self.writer.separator(in_home).join(self.fact(fact, column, in_home, alone) for fact in line)
        return self.writer.paragraph(runs, "Text", in_home, keep_next)

    def goes_with_column(self, line: Line, column: Column) -> bool:
        """Return whether these are names and numbers alone in the reader's column: they begin on its side."""
        if column != "home" or self.content.tag == "en":
            return False
        return all(fact.kind != "free" and fact.value.home.state != "missing" for fact in line)

    def fact(self, fact: Fact, column: Column, in_home: bool, alone: bool = False) -> str:
        """Return the label, the value, and what must be said about the value."""
        run = self.writer.run
        made = ""
        if alone and fact.label is not None and not same(fact.label):
            made += run(fact.label.home, in_home, "soft", fact.tone) + self.writer.separator(in_home)
        *label, value = _texts(fact, column)
        for text in label:
            made += run(text, in_home, "soft", fact.tone, after=": ")
        made += run(value, in_home, fact.look, None if label else fact.tone)
        if column == "home" and unchecked(fact):
            mark = self.content.words.not_checked.home
            made += run(mark._replace(text=f" ({mark.text})"), in_home, "warn")
        if column == "home" and fact.kind == "date" and self.layout == "halves":
            made += self.writer.separator(in_home) + run(fact.value.english, in_home, "soft")
        return made

    def signatures(self, columns: Columns) -> Iterator[str]:
        """Yield lines to sign on; they stay together."""
        for twin in self.outline.signatures:
            first, *others = _different(twin, columns)
            text: Text = getattr(twin, first)
            in_home = self.is_home(text)
            label = self.writer.run(text, in_home, after=": \t")
            yield self.writer.paragraph(label, "Sign", in_home)
            for column in others:
                yield self.words(twin, column, "Beside")

    def footer(self, columns: Columns) -> str:
        """Return a footer part: one paragraph a language, because mixed directions come out jumbled."""
        words, made = self.content.words, ""
        version = named(str(self.content.version))
        facts = (Fact(named(self.content.school), kind="fixed"), Fact(version, words.version, kind="fixed"))
        for column in _different(words.page_of, columns):
            text: Text = getattr(words.page_of, column)
            in_home = self.is_home(text)
            pages = text._replace(text=text.text.replace(FSI, "").replace(PDI, ""))
            runs = [self.fact(fact, column, in_home) for fact in facts]
            runs.append(self.writer.page_number(pages, in_home, {PAGE: "PAGE", PAGES: "NUMPAGES"}))
            made += self.writer.paragraph(self.writer.separator(in_home).join(runs), "Footer", in_home)
        return f"{DECLARATION}<w:ftr {_W}>{made}</w:ftr>"


def _texts(fact: Fact, column: Column) -> list[Text]:
    twins = [fact.value] if fact.label is None else [fact.label, fact.value]
    return [getattr(twin, column) for twin in twins]


def _different(twin: Twin, columns: Columns) -> Columns:
    """Return the columns without one that would only say the same again."""
    return columns[:1] if same(twin) else columns


def _core_properties(content: SummaryContent) -> str:
    """Return docProps/core.xml: no account's name, no child's name (a title is seen on lock screens)."""
    made_at = content.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    tag = "en" if content.shown_as == "english" else content.tag
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


@lru_cache(maxsize=64)
def _base(tag: str) -> dict[str, bytes | str]:
    """Return the base file's parts, set up for a reader of ``tag``. Do not change what is returned."""
    there = language(tag)
    document = Document(str(BASE))
    for style in document.styles:
        if style.style_id.startswith("Home"):
            _set_up(style.element, there)
    known = document.settings.element.find(qn("w:themeFontLang"))
    _set_language(known, there)
    saved = BytesIO()
    document.save(saved)
    with ZipFile(saved) as package:
        parts: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    parts["word/fontTable.xml"] = _font_table(there)
    return parts


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
    half_points = int(style.rPr.find(qn("w:sz")).get(qn("w:val")))
    for spacing in style.iter(qn("w:spacing")):
        spacing.set(qn("w:line"), str(round(half_points * 10 * times)))
        spacing.set(qn("w:lineRule"), "exact")
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
