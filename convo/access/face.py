"""What a school may put on the families' pages: two colours that can be read, and up to three lines.

A colour is stored as six figures and letters, RRGGBB in capitals; an empty one is convo's own.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from convo.kernel.errors import Refused
from convo.kernel.text import clean, clean_line

OWN_HEADING, OWN_TINT = "0B5D5E", "FDF0DC"
INK, WHITE, BLACK = "22303A", "FFFFFF", "000000"
READABLE = 4.5  # to 1: WCAG 2.2, 1.4.3
EASILY_READABLE = 7.0  # to 1: WCAG 2.2, 1.4.6

CONTACT_LINES = 3
CONTACT_LENGTH = 80  # characters of one line

_CODE = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours after WCAG 2.2, from 1 to 21. Never round it to compare."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance, 0 for black to 1 for white (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(channel / 255) for channel in bytes.fromhex(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def read_colour(text: str) -> str:
    """Return a colour as it is stored, from #0b5d5e, 0B5D5E or the short #abc. Raises Refused."""
    found = _CODE.fullmatch(clean_line(text))
    if found is None:
        raise Refused("Write the code of the colour as six figures and letters, such as 0B5D5E.")
    code = found[1].upper()
    return code if len(code) == 6 else "".join(2 * figure for figure in code)


def check_colours(heading: str, tint: str) -> None:
    """Raise Refused unless all that is printed in these colours, or on them, can be read.

    The refusal stands beside the colour that the school chose; it names one nearby that would do.
    """
    printed, paper = heading or OWN_HEADING, tint or OWN_TINT
    darker = partial(_nearest, heading, BLACK, lambda found: _heads(found, WHITE) and _heads(found, paper))
    lighter = partial(_nearest, tint, WHITE, lambda found: _bears_text(found) and _heads(printed, found))
    if heading and not _heads(heading, WHITE):
        raise Refused(
            f"This colour is too light to be read on white paper. Choose a darker one, such as {darker()}.",
            "heading_colour",
        )
    if tint and not _bears_text(tint):
        raise Refused(
            f"Text cannot be read easily on this colour. Choose a lighter one, such as {lighter()}.",
            "tint_colour",
        )
    if _heads(printed, paper):
        return
    if tint:
        raise Refused(
            "Headings cannot be read on this colour. Choose a lighter one,"
            f" such as {lighter()}, or a darker colour of headings.",
            "tint_colour",
        )
    raise Refused(
        "This colour is too light to be read on the colour behind text."
        f" Choose a darker one, such as {darker()}.",
        "heading_colour",
    )


def _heads(heading: str, paper: str) -> bool:
    return contrast(heading, paper) >= READABLE


def _bears_text(tint: str) -> bool:
    return contrast(INK, tint) >= EASILY_READABLE


def _nearest(colour: str, end: str, will_do: Callable[[str], bool]) -> str:
    """Return the first colour that will do on the way to black or white, in steps of a hundredth."""
    here, there = bytes.fromhex(colour), bytes.fromhex(end)
    for step in range(1, 101):
        mixed = (a + (b - a) * step / 100 for a, b in zip(here, there, strict=True))
        found = bytes(round(channel) for channel in mixed).hex().upper()
        if will_do(found):
            return found
    return end


def read_contact_lines(text: str) -> list[str]:
    """Return what was typed as up to three lines; empty ones are left out. Raises Refused."""
    return fit_contact_lines(clean(text).split("\n"))


def fit_contact_lines(lines: Sequence[str]) -> list[str]:
    """Return contact lines as they are stored, or raise Refused in one sentence."""
    kept = [line for line in map(clean_line, lines) if line]
    if len(kept) > CONTACT_LINES:
        raise Refused(f"Write at most {CONTACT_LINES} lines. There are {len(kept)}.", "contact_lines")
    for number, line in enumerate(kept, 1):
        if len(line) > CONTACT_LENGTH:
            raise Refused(
                f"Shorten line {number} to {CONTACT_LENGTH} characters. It has {len(line)}.", "contact_lines"
            )
    return kept
