"""``python -m tests.documents.look --out DIR``: every summary as pictures, on one sheet to look through."""

import argparse
from pathlib import Path

from tests.documents.look import draw
from tests.documents.look.references import accept
from tests.documents.look.references import copies as kept_copies
from tests.documents.look.sheet import write_sheet
from tests.support.summaries import EVERY_TAG, LAYOUTS


def main() -> None:
    """Draw what was asked for and say where the sheet is."""
    asked = argparse.ArgumentParser(prog="python -m tests.documents.look", description=__doc__)
    asked.add_argument("--out", type=Path, required=True, help="folder for files and pictures")
    asked.add_argument("--language", nargs="+", choices=EVERY_TAG, default=EVERY_TAG, metavar="TAG")
    asked.add_argument("--layout", nargs="+", choices=LAYOUTS, default=LAYOUTS)
    asked.add_argument("--dots", type=int, default=80, help="dots an inch (80)")
    asked.add_argument("--accept", action="store_true", help="keep how the reference pages look now")
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    copies = [(tag, layout) for tag in given.language for layout in given.layout]
    if given.accept:
        copies += [one for one in kept_copies() if one not in copies]
    pictures = draw(copies, given.out, given.dots)
    if given.accept:
        accept(pictures)
    pages = sum(map(len, pictures.values()))
    print(f"{pages} pages of {len(pictures)} copies: {write_sheet(pictures, given.out)}")


if __name__ == "__main__":
    main()
