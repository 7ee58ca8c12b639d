"""What people may type, and a summary that holds it in every place that holds words of theirs.

hypothesis draws it: any characters that ``clean`` lets through, and strings that other programs would run,
follow or turn round.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from PIL import Image

from convo.kernel.text import clean, clean_line
from convo.language.tags import language
from convo.language.text import Text, english, plain
from convo.summary.content import (
    Action,
    Contact,
    Decision,
    Entry,
    Face,
    NextMeeting,
    Person,
    SummaryContent,
    Target,
    logo_of,
)
from convo.summary.facts import Column
from convo.summary.outline import parts
from convo.summary.pupil import pupil_page
from convo.summary.words import Twin, dated, fixed_words, named, own_words
from tests.support.pictures import file_of
from tests.support.summaries import summary

# A long run: CONVO_TEST_EXAMPLES=500 and --timeout 0.
_EXAMPLES = int(os.environ.get("CONVO_TEST_EXAMPLES", "0"))

LRM, RLM = "\u200e", "\u200f"
LOGO = logo_of(file_of(Image.new("RGB", (8, 4), "teal")))
LONGEST, LONGEST_LINE = 10_000, 300

HOSTILE = (
    "& < > \" ' &amp; &#0; &nbsp; ]]> <!-- -->",
    "<?xml version='1.0'?> <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///e'>]> &e;",
    '</w:t></w:r></w:p><w:p><w:hyperlink r:id="rId1"><w:r><w:t>Ring us</w:t></w:r></w:hyperlink></w:p>',
    '<w:fldSimple w:instr=" INCLUDEPICTURE &quot;http://203.0.113.9/x&quot; \\d "/>',
    '<w:altChunk r:id="rId9"/><w:bookmarkStart w:id="0" w:name="_Top"/><w:object/><w:sdt/>',
    'INCLUDETEXT "c:\\\\secret.txt"',
    '{ HYPERLINK "http://203.0.113.9/" } { MERGEFIELD Surname }',
    '{ INCLUDEPICTURE "\\\\\\\\203.0.113.9\\\\share" }',
    '{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe" }',
    "=cmd|' /C calc'!A0",
    "=1+1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{ 7 * 7 }} {% include 'hour/shell.html' %} {# gone #} {{ config }} {{ ''.__class__ }}",
    "{%p if x %} {{r name }} {%tr for a in b %} ${7*7} #{7*7} %(name)s %s {school} {0} {language}",
    "«Surname» <<Surname>> [[Surname]]",
    r"{\rtf1\ansi{\object\objdata 01050000}{\field{\*\fldinst{HYPERLINK x}}}}",
    '"><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">ring</a>',
    "'\" onmouseover=alert(1) style=color:red x='",
    "</bdi></td></table></article><iframe src=//203.0.113.9></iframe><base href=//203.0.113.9>",
    "<svg/onload=alert(1)> <math><mtext><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "javascript:alert(1) data:text/html,<b>x</b> file:///etc/passwd //203.0.113.9/x",
    "../../word/_rels/document.xml.rels word/media/logo.png rId20 [Content_Types].xml",
    "\ue000 of \ue001",  # what stands for the page numbers
    "\\u0041 %41 &lrm; \\n \\",
    "\x00\x07\x0b\x1b[31m\x7f\x9b\u202eevil\u202c\ufffe\uffff\ud800",  # of it only "[31mevil" is left
)
TURNED = (
    "0117 496 0123",
    "+44 (0)7700 900123",
    "01632-960-123",
    "£1.50",
    "€ 20",
    "95%",
    "office@fenmarket.example",
    "https://school.example/a?b=1",
    "www.school.example",
)
"""What a right-to-left line would turn round, and convo holds in its place."""

OTHER_WAY = (
    "آمنہ",
    "משה כהן",
    "Amina (آمنہ) Khan",
    "آمنہ (Amina) خان",
    "15:30 – 16:15",
    "Mrs O'Brien, Mr Khan, 2 x Maths",
    "نلتقي في 15:30 أو 3:45 pm، 14/9",
    *(f"اتصل على {token} أو عند الباب." for token in TURNED),
    *(f"Ring آمنہ on {token}، please" for token in TURNED),
)
NUMBERS = (
    "7",
    "007",
    "1,250",
    "-1",
    "3½",
    "٤٢",
    "४२",
    "1e9",
    "0x1F",
    "2026-09-14",
    "½",
    "１２",
    "0117 496 0123",
)
ODD = (
    "\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f44d\U0001f3fd می\u200cخواهم ക\u0d4d\u200dഷ",
    "two\nlines\tand a tab\n\n\nand more",
    "a\u00a0b\u200bc\u2060d\ufeffe\u00adf\u3000g",
    "\u2066left\u2069 \u2067right\u2069 \u2068open",
    f"{LRM}marked{RLM}\u061c",
    "Z̸̡̛͍͌a̷̛̠͊l̶̤͝g̶͉̈́o̵͖͝ é e\u0301 ﬁ Å",
    "\U0001f1e6\U000e0067\U0010fffd\ufdd0\U0001fffe",
)

_anything = st.text(st.characters(), min_size=1, max_size=60)
_pieces = st.sampled_from((*HOSTILE, *OTHER_WAY, *TURNED, *NUMBERS, *ODD)) | _anything
_joined = st.lists(_pieces, min_size=1, max_size=3).flatmap(
    lambda pieces: st.sampled_from([" ", "", "\n", "، "]).map(lambda joint: joint.join(pieces))
)
_long = st.tuples(_pieces, st.integers(1000, LONGEST)).map(
    lambda drawn: (drawn[0] * (drawn[1] // len(drawn[0]) + 1))[: drawn[1]]
)

texts = (st.one_of(_joined, _joined, _joined, _joined, _long)).map(clean).map(str.strip).filter(bool)
"""Text as convo stores it: several lines, up to 10,000 characters."""
lines = _joined.map(lambda said: clean_line(said)[:LONGEST_LINE].strip()).filter(bool)
"""Text on one line, as names are."""


def examples(usual: int) -> settings:
    """Return how often a property is tried: ``usual`` times, or as CONVO_TEST_EXAMPLES says.

    A failure prints the line that tries the same again.
    """
    phases = (Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if _EXAMPLES else []))
    return settings(
        max_examples=_EXAMPLES or usual,
        phases=phases,
        print_blob=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@st.composite
def summaries(draw: st.DrawFn, tag: str, layout: str, most: int = 3) -> SummaryContent:
    """Draw a summary in which everything that somebody typed is drawn; every section may be empty."""

    def typed() -> Twin:
        said = draw(texts)
        how = draw(st.sampled_from(["missing", "draft", "checked", "spoken"]))
        if how == "missing":
            return own_words(said)
        if how == "spoken":  # in the reader's language, or in one that nobody here reads
            lang = draw(st.sampled_from([tag, "ar", "pl"]))
            return Twin(plain(said, lang), plain(said, lang)) if lang == tag else own_words(said, lang)
        if tag == "en":
            return Twin(english(said), english(said))
        home = Text(draw(texts), tag, language(tag).direction, "draft" if how == "draft" else "checked")
        return Twin(english(said), home)

    def maybe() -> Twin | None:
        return typed() if draw(st.booleans()) else None

    def some() -> range:
        return range(draw(st.integers(0, most)))

    names = lines.map(named)
    day = dated(date(2027, 1, 22), tag)
    school = draw(lines)
    targets = tuple(Target(typed(), start=maybe(), aim=maybe(), by=day) for _ in some())
    usual = summary(tag, layout)  # type: ignore[arg-type]
    return replace(
        usual,
        words=replace(usual.words, logo=fixed_words(tag, None, school).logo),
        face=Face(logo=LOGO if draw(st.booleans()) else None),
        addressed=draw(lines),
        child=draw(lines),
        school=school,
        ring=Contact(own_words(draw(lines)), draw(lines), tuple(draw(st.lists(lines, max_size=3)))),
        present=tuple(Person(draw(lines), own_words(draw(lines))) for _ in some()),
        version=draw(st.integers(1, 99)),
        reason=draw(st.sampled_from(["first", "correction", "language"])),
        changes=tuple(typed() for _ in some()),
        actions=tuple(
            Action(
                side=draw(st.sampled_from(["home", "school", "pupil"])),
                what=typed(),
                who=draw(names),
                by=day,
                how_often=maybe(),
                we_will_know=maybe(),
                target=draw(st.sampled_from([None, *(target.text for target in targets)])),
                agreed=draw(st.booleans()),
            )
            for _ in some()
        ),
        next_meeting=NextMeeting(day, own_words(draw(lines))) if draw(st.booleans()) else NextMeeting(),
        keep_in_touch=maybe(),
        priorities=tuple(typed() for _ in some()),
        targets=targets,
        entries=tuple(
            Entry(
                voice=draw(st.sampled_from(["parent", "pupil", "school"])),
                label=draw(names),
                text=typed(),
                through_interpreter=draw(st.booleans()),
                kind=draw(st.sampled_from([None, "strength", "hope", "worry"])),
            )
            for _ in some()
        ),
        decisions=tuple(
            Decision(typed(), draw(names), draw(st.sampled_from(["done", "stop"])), maybe()) for _ in some()
        ),
        signature=draw(st.booleans()),
    )


def shown(content: SummaryContent) -> Iterator[str]:
    """Yield every text that somebody typed and that this copy must show, once for each place."""
    columns: set[Column] = {column for part in parts(content) for column in part.columns}
    for twin in _twins(content):
        for column in columns:
            yield getattr(twin, column).text
    yield content.child
    yield content.school
    if content.layout != "pupil":
        yield from (content.addressed, content.ring.phone, *content.ring.lines)
        yield from (person.name for person in content.present)


def _twins(content: SummaryContent) -> Iterator[Twin]:
    if content.layout == "pupil":  # a few lines under each heading: which, test_pupil_page says
        for cue in pupil_page(content):
            yield from (fact.value for row in cue.rows for line in row for fact in line)
        return
    yield from content.free_texts()
    yield from (action.who for action in content.actions)
    yield from (entry.label for entry in content.entries)
    yield from (decision.promised_by for decision in content.decisions)
    yield from (person.role for person in content.present)
    yield content.ring.route
    if content.next_meeting.where is not None:
        yield content.next_meeting.where


def holds(written: str, said: str) -> bool:
    """Return whether what is written is what was said, direction marks that the writer added aside."""
    place = 0
    for character in written:
        if place < len(said) and character == said[place]:
            place += 1
        elif character not in (LRM, RLM):
            return False
    return place == len(said)


def unmarked(text: str) -> str:
    """Return text without direction marks."""
    return text.replace(LRM, "").replace(RLM, "")


def absent(said: Iterator[str], written: list[str]) -> list[str]:
    """Return what was said and is not among the pieces written, character for character.

    A piece may be a label and end with a colon.
    """
    pieces: dict[str, list[str]] = {}
    for piece in written:
        pieces.setdefault(unmarked(piece), []).append(piece)
    return [text for text in said if not any(holds(piece, text) for piece in pieces.get(unmarked(text), []))]
