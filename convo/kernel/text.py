"""How text is cleaned on entry: only what could harm is taken out, every other character stays.

Joiners (U+200C, U+200D) are kept, because Persian, Malayalam and Sinhala are spelled with them; so are
emoji and direction marks. Direction *overrides and embeddings* (U+202A to U+202E) are removed: they can
make a sentence read as another one.
"""

import re
import unicodedata

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\ufffe\uffff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return text as convo stores it: NFC, LF line ends, no control characters, no direction overrides."""
    return unicodedata.normalize("NFC", _NOT_TEXT.sub("", _LINE_ENDS.sub("\n", text)))


def clean_line(text: str) -> str:
    """Return cleaned text on one line, without space at its ends: names, headings, one-line fields."""
    return _SPACES.sub(" ", clean(text)).strip()


def folded(text: str) -> str:
    """Return text for comparing names: case, accents and spacing do not count."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return clean_line(bare).casefold()


def spreadsheet_safe(value: str) -> str:
    """Return a CSV cell that no spreadsheet runs as a formula (OWASP CSV injection: = + - @ tab return)."""
    return "'" + value if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
