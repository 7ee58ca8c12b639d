"""Draws a summary's outline as the body and footers of a Word file."""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence

from convo.language.tags import language
from convo.language.text import FSI, PDI, Text
from convo.summary.content import Layout, Side, SummaryContent
from convo.summary.facts import (
    Column,
    Columns,
    Fact,
    Line,
    Row,
    fits_one_line,
    in_home,
    leans_home,
    same,
    texts_of,
    unchecked,
)
from convo.summary.ooxml import (
    DECLARATION,
    DRAWING,
    NAMESPACE,
    PICTURE,
    PLACED,
    RELATIONSHIPS,
    TINTS,
    WIDE,
    WIDTH,
    Role,
    Writer,
    row,
    section,
    table,
)
from convo.summary.outline import Group, Outline, Part, Section, beside, outline, parts
from convo.summary.pupil import Cue, picture_bytes, pupil_page
from convo.summary.words import PAGE, PAGES, Twin, named

LARGE: frozenset[Layout] = frozenset({"large", "pupil"})
LARGEST_TEXT = 36  # half points: the least in large print
_W = f'xmlns:w="{NAMESPACE}"'
_DRAWN = f'xmlns:r="{RELATIONSHIPS}" xmlns:wp="{PLACED}" xmlns:a="{DRAWING}" xmlns:pic="{PICTURE}"'
_FOOTERS: dict[Column, str] = {"english": "rId5", "home": "rId6"}
_FIRST_PICTURE = 20  # of the relationship ids: the base file has a few below it
_MM = 36000  # EMU
_LOGO = (50 * _MM, 16 * _MM)  # at most
_CUE = 10 * _MM


class Drawn:
    """Draws one summary's outline as WordprocessingML, in one column or in two."""

    def __init__(self, content: SummaryContent) -> None:
        self.content = content
        self.writer = Writer(content.tag, LARGEST_TEXT if content.layout in LARGE else 24)
        self.outline: Outline = outline(content)
        self.parts = parts(content)
        self.mirrored = language(content.tag).direction == "rtl"
        wide = language(content.tag).script in WIDE
        home = WIDTH * 57 // 100 if wide else WIDTH // 2
        self.widths = (home, WIDTH - home)  # of a table's columns: the reader's, and English
        self.media: dict[str, bytes] = {}
        self.pictures = 0

    def document(self) -> str:
        """Return word/document.xml."""
        body = "".join(
            "".join(self.body(part, "" if part.last else self.end_of(part))) for part in self.parts
        )
        body += self.end_of(self.parts[-1])
        return f"{DECLARATION}<w:document {_W} {_DRAWN}><w:body>{body}</w:body></w:document>"

    def end_of(self, part: Part) -> str:
        """Return what ends a part's pages."""
        alone_home = list(part.columns) == ["home"]
        return section(_FOOTERS["home" if alone_home else "english"], self.mirrored and alone_home)

    def first_footer(self) -> Columns:
        """Return the languages of the footer of all pages but those in the reader's language alone."""
        beside = [part.headings for part in self.parts if list(part.columns) != ["home"]]
        return beside[0] if beside else ["english"]

    def relations(self) -> str:
        """Return the pictures' relationships."""
        return "".join(
            f'<Relationship Id="rId{_FIRST_PICTURE + number}" Type="{RELATIONSHIPS}/image" '
            f'Target="media/{name}"/>'
            for number, name in enumerate(self.media)
        )

    def body(self, part: Part, ends: str) -> Iterator[str]:
        """Yield the outline once through; ``ends`` stands in its last paragraph."""
        if self.content.layout == "pupil":
            yield from self.pupil(part)
        else:
            yield from self.letterhead(part.headings[0])
            yield from self.agreement(part)
        notes, columns = list(self.outline.about_translation), part.headings
        if self.content.layout == "pupil":  # one page, if it can be: said once, to whom it concerns
            notes, columns = notes[:1], part.headings[:1]
        elif notes:
            yield self.heading(self.content.words.about_translation, "Heading2", part.headings)
        if self.outline.offer and self.content.layout != "pupil":
            notes.append(self.outline.offer)
        yield from self.notes(notes, columns, ends, together=True)

    def agreement(self, part: Part) -> Iterator[str]:
        """Yield title, opening, sections and signatures."""
        yield self.heading(self.outline.title, "Heading1", part.headings)
        yield from self.notes(self.outline.first_notes, part.headings)
        for line in self.outline.opening:
            yield from self.lines(self.leans((line,), part.columns), line, part.columns, "Text", "Text")
        for drawn in self.outline.sections:
            yield from self.section(drawn, part)
        if self.outline.signatures and part.last:
            yield from self.signatures(part.columns)

    def letterhead(self, column: Column) -> Iterator[str]:
        """Yield the school's logo."""
        logo, alt = self.content.face.logo, self.content.words.logo
        if logo is None or alt is None:
            return
        scale = min(_LOGO[0] / logo.width, _LOGO[1] / logo.height)
        text: Text = getattr(alt, column)
        picture = self.picture(
            "logo.png", b64decode(logo.png), text, int(logo.width * scale), int(logo.height * scale)
        )
        yield self.writer.paragraph(picture, "Letterhead", self.is_home(text))

    def picture(self, name: str, png: bytes, alt: Text, width: int, height: int) -> str:
        """Return a run with a picture, which goes into the file once."""
        self.media.setdefault(name, png)
        self.pictures += 1
        relation = f"rId{_FIRST_PICTURE + list(self.media).index(name)}"
        return self.writer.picture(relation, self.pictures, alt, width, height)

    def pupil(self, part: Part) -> Iterator[str]:
        """Yield the child's own page: each heading with its picture, its lines in large letters."""
        words = self.content.words
        assert words.my_page is not None  # made with this convo: only older issues lack it
        in_home = self.is_home(getattr(words.my_page, part.headings[0]))
        name = self.writer.separator(in_home) + self.writer.run(named(self.content.child).english, in_home)
        yield self.heading(words.my_page, "Heading1", part.headings, more=name)
        cues = pupil_page(self.content)
        for cue in cues:
            # What is said of the translation does not stand alone on a page.
            yield from self.cue(cue, part, keep_next=cue is cues[-1] and bool(self.outline.about_translation))

    def cue(self, cue: Cue, part: Part, keep_next: bool) -> Iterator[str]:
        """Yield a heading with its picture, and its lines."""
        alt: Text = getattr(cue.alt, part.headings[0])
        picture = self.picture(f"{cue.picture}.png", picture_bytes(cue.picture), alt, _CUE, _CUE)
        yield self.heading(cue.heading, "CueHeading2", part.headings, before=picture)
        for lines in cue.rows:
            yield from self.item(lines, part.columns, keep_next)

    def section(self, drawn: Section, part: Part) -> Iterator[str]:
        """Yield a heading, the note that some words are English (once), and the rows: a table or a list."""
        yield self.heading(drawn.heading, "Heading2", part.headings, drawn.new_page)
        if drawn.some_english and "home" in part.columns:
            yield self.words(self.content.words.in_english, "home", "Beside")
        if beside(drawn, part.columns, self.content):
            yield self.table(drawn.groups, part.columns, drawn)
            return
        rows = [lines for group in drawn.groups for lines in group.rows]
        for group in drawn.groups:
            if group.header is not None:
                yield self.group_heading(group.header, group.tone, part.headings)
            for lines in group.rows:
                keep = drawn.one_piece and lines is not rows[-1]
                yield from self.item(lines, part.columns, keep)

    def heading(
        self,
        twin: Twin,
        role: Role,
        columns: Columns,
        new_page: bool = False,
        before: str = "",
        more: str = "",
    ) -> str:
        """Return the heading, and in the same paragraph, quieter, the other language."""
        first, *others = _different(twin, columns)
        in_home = self.is_home(getattr(twin, first))
        runs = before + (self.writer.gap(in_home) if before else "")
        runs += self.writer.run(getattr(twin, first), in_home)
        for column in others:
            runs += self.writer.separator(in_home)
            runs += self.writer.run(getattr(twin, column), in_home, "beside")
        return self.writer.paragraph(runs + more, role, in_home, new_page=new_page)

    def group_heading(self, header: Fact, tone: Side | None, columns: Columns) -> str:
        """Return whose rows follow: at home, at school, the child by name."""
        first = columns[0]
        texts = [getattr(twin, first) for twin in (header.label, header.value) if twin is not None]
        in_home = any(self.is_home(text) for text in texts)
        runs = self.fact(header._replace(tone=tone), first, in_home)
        for column in columns[1:]:
            if not (same(header.value) and (header.label is None or same(header.label))):
                runs += self.writer.separator(in_home) + self.fact(
                    header._replace(tone=tone), column, in_home
                )
        fill = TINTS[tone] if tone else ""
        return self.writer.paragraph(runs, "Heading3", in_home, fill=fill)

    def notes(
        self, twins: Iterable[Twin], columns: Columns, ends: str = "", together: bool = False
    ) -> Iterator[str]:
        """Yield paragraphs on a tint, in every language that they are known in; ``together`` on one page."""
        drawn = [(twin, column) for twin in twins for column in _different(twin, columns)]
        for number, (twin, column) in enumerate(drawn, 1):
            last = number == len(drawn)
            yield self.words(twin, column, "Note", ends if last else "", keep_next=together and not last)

    def words(self, twin: Twin, column: Column, role: Role, ends: str = "", keep_next: bool = False) -> str:
        """Return a paragraph that holds one piece alone."""
        text: Text = getattr(twin, column)
        in_home = self.is_home(text)
        return self.writer.paragraph(self.writer.run(text, in_home), role, in_home, keep_next, ends=ends)

    def is_home(self, text: Text) -> bool:
        """Return whether the text is in the reader's language, which is not English."""
        return text.lang == self.content.tag != "en"

    def table(self, groups: Sequence[Group], columns: Columns, drawn: Section) -> str:
        """Return rows of twins under the names of their languages; of one piece, they stay on one page."""
        names = [self.language_name(column) for column in columns]
        made = [row(names, self.widths, self.content.face.tint, header=True)]
        last = groups[-1].rows[-1]
        for group in groups:
            if group.header is not None:
                line = (group.header._replace(look="strong", tone=group.tone),)
                cells = [self.cell((line,), column, keep_next=True) for column in columns]
                made.append(row(cells, self.widths, TINTS[group.tone] if group.tone else ""))
            for lines in group.rows:
                keep = drawn.one_piece and lines is not last
                made.append(row([self.cell(lines, column, keep) for column in columns], self.widths))
        caption: str = getattr(drawn.heading, columns[0]).text
        return table(made, self.widths, self.mirrored, caption)

    def cell(self, lines: Row, column: Column, keep_next: bool) -> str:
        """Return a row's paragraphs in one language."""
        leans = self.leans(lines, (column,))
        return "".join(self.line(leans, line, (column,), "Text", keep_next) for line in lines)

    def language_name(self, column: Column) -> str:
        """Return the head of a column: its language, in itself; in ink, as a school's tint may be darker."""
        there = language(self.content.tag if column == "home" else "en")
        name = Text(there.own_name, there.tag, there.direction, "source")
        in_home = column == "home"
        return self.writer.paragraph(self.writer.run(name, in_home), "Text", in_home, keep_next=True)

    def item(self, lines: Row, columns: Columns, keep_next: bool) -> Iterator[str]:
        """Yield a row as one item of a list: its first line with a bullet, the others under it."""
        leans = self.leans(lines, columns)
        for number, line in enumerate(lines, 1):
            keep = keep_next or number < len(lines)
            role: Role = "Item" if number == 1 else "ItemMore"
            yield from self.lines(leans, line, columns, role, "ItemUnder", keep)

    def lines(
        self,
        leans: Sequence[bool],
        line: Line,
        columns: Columns,
        role: Role,
        under: Role,
        keep_next: bool = False,
    ) -> Iterator[str]:
        """Yield a line: in one language, in both together where it is short, else one under the other."""
        if len(columns) == 1 or fits_one_line(line):
            yield self.line(leans, line, columns, role, keep_next)
            return
        yield self.line(leans, line, columns[:1], role, keep_next=True)
        soft = tuple(fact._replace(look="soft") for fact in line)
        yield self.line(leans[1:], soft, columns[1:], under, keep_next)

    def leans(self, row: Row, columns: Columns) -> list[bool]:
        """Return for each column whether the row's text there is mostly in the reader's language."""
        return [leans_home(row, column, self.content.tag) for column in columns]

    def line(
        self, leans: Sequence[bool], line: Line, columns: Columns, role: Role, keep_next: bool = False
    ) -> str:
        """Return a paragraph of facts, in one language or, without a twin beside it, in both."""
        column, *others = columns
        texts = [text for fact in line for text in texts_of(fact, column)]
        runs_home = in_home(leans[0], line, column, self.content.tag)
        draw = self.fact_in_both if others else self.fact
        runs = self.writer.separator(runs_home).join(draw(fact, column, runs_home) for fact in line)
        alone = len(texts) == 1 and (not others or same(line[0].value))
        bidi = alone and not runs_home and texts[0].dir == "rtl"
        return self.writer.paragraph(runs, role, runs_home, keep_next, bidi=bidi)

    def fact(self, fact: Fact, column: Column, in_home: bool) -> str:
        """Return the label, the value, and what must be said about the value."""
        run = self.writer.run
        made = ""
        *label, value = texts_of(fact, column)
        for text in label:
            made += self.label(text, in_home, fact.tone)
        made += run(value, in_home, fact.look, None if label else fact.tone)
        if column == "home" and unchecked(fact):
            mark = self.content.words.not_checked.home
            made += run(mark._replace(text=f" ({mark.text})"), in_home, "warn")
        if column == "home" and fact.kind == "date" and len(self.parts) > 1:
            made += self.writer.separator(in_home) + run(fact.value.english, in_home, "soft")
        return made

    def label(self, text: Text, in_home: bool, tone: Side | None) -> str:
        """Return a label and its colon, which stands on the side to which the paragraph runs."""
        against = text.dir == "rtl" and not (in_home and self.mirrored)
        if not against:
            return self.writer.run(text, in_home, "soft", tone, after=": ")
        colon = Text(": ", "en", "ltr", "source")
        return self.writer.run(text, in_home, "soft", tone) + self.writer.run(colon, in_home, "soft", tone)

    def fact_in_both(self, fact: Fact, column: Column, in_home: bool) -> str:
        """Return the fact in the reader's language and in English, what is the same in both only once."""
        if not same(fact.value):
            english = self.fact(fact._replace(look="soft"), "english", in_home)
            return self.fact(fact, column, in_home) + self.writer.separator(in_home) + english
        made = ""
        if fact.label is not None and not same(fact.label):
            made = self.writer.run(fact.label.home, in_home, "soft", fact.tone)
            made += self.writer.separator(in_home)
        return made + self.fact(fact, "english", in_home)

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
        facts = [Fact(named(self.content.school), kind="fixed")]
        if self.content.layout != "record":
            facts.append(Fact(named(str(self.content.version)), words.version, kind="fixed"))
        for column in _different(words.page_of, columns):
            text: Text = getattr(words.page_of, column)
            in_home = self.is_home(text)
            pages = text._replace(text=text.text.replace(FSI, "").replace(PDI, ""))
            runs = [self.fact(fact, column, in_home) for fact in facts]
            runs.append(self.writer.page_number(pages, in_home, {PAGE: "PAGE", PAGES: "NUMPAGES"}))
            made += self.writer.paragraph(self.writer.separator(in_home).join(runs), "Footer", in_home)
        return f"{DECLARATION}<w:ftr {_W}>{made}</w:ftr>"


def _different(twin: Twin, columns: Columns) -> Columns:
    """Return the columns without one that would only say the same again."""
    return columns[:1] if same(twin) else columns
