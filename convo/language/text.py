"""A piece of text that knows its language and how far its translation can be trusted."""

import re
import unicodedata
from collections import Counter
from hashlib import sha256
from typing import Literal, NamedTuple

from convo.kernel.text import clean
from convo.language.tags import Direction, language

State = Literal["source", "checked", "draft", "missing"]

FSI, PDI, LRM = "\u2068", "\u2069", "\u200e"
_ISOLATES = re.compile("[\u2066-\u2069]")

# What a right-to-left paragraph would turn round. The pattern is narrow on purpose: a telephone number is
# groups joined by one space or hyphen and starts with 0, +, ( or three digits before four, so that
# "2026 - 3:45" stays two things. "++" and "*+" never try again, so that no long number makes it slow.
_LEFT_TO_RIGHT = re.compile(
    rf"""{LRM}?(
        (?<![\w.%+-]) [A-Za-z0-9._%+-]+ @ [A-Za-z0-9-]+ (?:\.[A-Za-z0-9-]+)+
      | \b (?:https?://|www\.) [^\s<>"{LRM}]* [\w/]
      | (?<![\w.,]) (?<![\w.,]{LRM}) -? [£€$] [ ]? [0-9][0-9,]* (?:\.[0-9]+)?
      | (?<![\w.,]) (?<![\w.,]{LRM}) [0-9][0-9,]* (?:\.[0-9]+)? [ ]? [€%]
      | (?<![\w+(.,:/-]) (?<![\w+(.,:/-]{LRM}) (?=(?:[ ()+-]{{0,3}}[0-9]){{7}})
        (?: (?=[+(0]) \(?\+? | (?=[0-9]{{3}}[ -][0-9]{{4}}(?![0-9])) | (?=[0-9]{{7}}) )
        [0-9]++ (?![A-Za-z_:%€]) \)?
        (?: [ -]? \(? [0-9]++ (?![A-Za-z_:%€]) \)? )*+
    ){LRM}?""",
    re.VERBOSE | re.ASCII,
)


# Hebrew, Arabic, Syriac, Thaana, N'Ko and their kin; a search is a hundred times as fast as asking for each.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


class Text(NamedTuple):
    """Text with its BCP 47 tag and direction, for `lang` and `dir` on the page and in the document.

    ``state`` is "source" where the text was written in that language to begin with (CLDR's dates are),
    "checked" where a named person checked the translation, "draft" where nobody has, and "missing" where
    nobody translated it: the text is then the English and so are ``lang`` and ``dir``.
    """

    text: str
    lang: str
    dir: Direction
    state: State


def english(text: str) -> Text:
    """Return text that was written in English."""
    return Text(text, "en", "ltr", "source")


def plain(text: str, tag: str) -> Text:
    """Return text that was said or written in that language to begin with; an unknown tag is Refused."""
    return Text(text, tag, language(tag).direction, "source")


def missing(text: str) -> Text:
    """Return English that stands in the place of a translation that nobody has made."""
    return Text(text, "en", "ltr", "missing")


def in_latin_letters(text: str) -> bool:
    """Return whether most letters are Latin: what nobody said the language of is then taken for English.

    So is Polish or Somali, which letters do not tell from it; Urdu with an English word in it is not.
    """
    letters = _letters(text)
    return sum("LATIN " in name for name in letters) * 2 > len(letters)


def typed(text: str, reads: str) -> Text:
    """Return what somebody typed and nobody said the language of, for who reads ``reads``.

    English, as far as its letters tell; else, in the letters of the reader's language, that; else "und".
    """
    letters = _letters(text)
    if not letters or in_latin_letters(text):
        return english(text)
    if _alphabet(letters) == _alphabet(_letters(language(reads).own_name)):
        return plain(text, reads)
    return Text(text, "und", "rtl" if _runs_right_to_left(text) else "ltr", "source")


def _letters(text: str) -> list[str]:
    """Return Unicode's names of a text's letters: ARABIC LETTER REH."""
    return [unicodedata.name(char, "") for char in text if char.isalpha()]


def _alphabet(letters: list[str]) -> str:
    return Counter(name.partition(" ")[0] for name in letters).most_common(1)[0][0]


def text_hash(text: str) -> str:
    """Return the hash by which a check remembers a text: 16 hex digits of SHA-256 over the cleaned text."""
    return sha256(clean(text).encode()).hexdigest()[:16]


def isolate(value: str) -> str:
    """Return the value between FSI and PDI, so that it cannot change places with its neighbours.

    In an Urdu sentence two Latin names otherwise join into one run, and child and adult swap. A line break
    ends an isolate, so each line gets its own; an isolate left open in the value is taken out.
    """
    if _depth(value) != 0:
        value = _ISOLATES.sub("", value)
    return "\n".join(f"{FSI}{line}{PDI}" for line in value.split("\n"))


def _depth(value: str) -> int:
    """Return 0 when the isolates in each line are balanced, another number when they are not."""
    for line in value.split("\n"):
        depth = 0
        for mark in _ISOLATES.findall(line):
            depth += -1 if mark == PDI else 1
            if depth < 0:
                return depth
        if depth:
            return depth
    return 0


def put_into(value: str | int | Text, tag: str) -> str:
    """Return a value as it goes into a sentence of that language: isolated wherever it could move.

    Not isolated: text of the same language, numbers in a left-to-right sentence, and text of a left-to-right
    script in a sentence of Latin letters.
    """
    into = language(tag)
    if isinstance(value, Text):
        same = value.lang == into.tag
        return value.text if same else isolate(value.text)
    if isinstance(value, int):
        return isolate(str(value)) if into.direction == "rtl" else str(value)
    needed = into.direction == "rtl" or into.script != "Latn" or _runs_right_to_left(value)
    return isolate(value) if needed else value


def _runs_right_to_left(value: str) -> bool:
    return any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in value)


def numbers_held(text: Text) -> str:
    """Return the text's characters, with marks wherever its own letters could turn numbers round.

    That is in right-to-left text, and also in English that holds some: behind a name in Arabic letters a
    telephone number is reversed as well.
    """
    turned = text.dir == "rtl" or _RIGHT_TO_LEFT.search(text.text) is not None
    return ltr_mark(text.text) if turned else text.text


def ltr_mark(text: str) -> str:
    """Return text with U+200E on both sides of what a right-to-left paragraph would reverse.

    That is telephone numbers of seven digits or more, money, percentages, e-mail and web addresses: unmarked,
    "0117 496 0123" is shown as "0123 496 0117". Marking twice changes nothing.
    """
    return _LEFT_TO_RIGHT.sub(rf"{LRM}\1{LRM}", text)
