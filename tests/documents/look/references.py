"""A few pages kept as small grey pictures, and how far a page drawn now is from the one that was kept.

Another machine's fonts set a line a little higher or lower, so each quarter of a page is compared by itself,
blurred, and may be shifted a little. What moves a heading, a column or a picture is more than that.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from convo.summary.content import Layout
from tests.documents.look import Copy, name_of

FOLDER = Path(__file__).parent
SIZE = (186, 264)  # of a kept page: 22 dots an inch
_STEP = 17  # between its 16 greys
_QUARTERS = 4
_ACROSS, _DOWN = 1, 4  # dots that a quarter may be shifted by: 1 and 4.5 mm
_BLUR = 3


class Reference(NamedTuple):
    """One page of one copy."""

    tag: str
    layout: Layout
    page: int = 1

    @property
    def file(self) -> Path:
        """The picture that is kept of it."""
        return FOLDER / f"{name_of(self.tag, self.layout)}-{self.page}.png"


REFERENCES = (
    Reference("ur", "side"),
    Reference("ar", "side"),
    Reference("pl", "side"),
    Reference("bn", "side", 2),
    Reference("zh-Hant", "side"),
    Reference("fa", "halves", 4),
    Reference("ti", "halves", 4),
    Reference("ur", "large"),
    Reference("uk", "large"),
    Reference("ar", "pupil"),
    Reference("pa", "pupil"),
    Reference("en", "english"),
    Reference("pl", "record"),
)


def copies() -> list[Copy]:
    """Return the copies whose pages are kept."""
    return [(one.tag, one.layout) for one in REFERENCES]


def small(page: Image.Image) -> Image.Image:
    """Return a page as it is kept."""
    grey = page.convert("L").resize(SIZE, Image.Resampling.BOX)
    return grey.point([round(value / _STEP) * _STEP for value in range(256)])


def accept(pictures: Mapping[Copy, list[Path]]) -> None:
    """Keep the pages as they look now."""
    for one in REFERENCES:
        with Image.open(pictures[one.tag, one.layout][one.page - 1]) as page:
            small(page).quantize(256 // _STEP + 1).save(one.file, optimize=True)


def distance(kept: Image.Image, drawn: Image.Image) -> float:
    """Return how far the worst quarter of a page is from the kept one; an empty one may be 1 away."""
    before, now = (_darkness(page) for page in (kept, drawn))
    usual = ImageStat.Stat(before).mean[0]
    return max(
        min(ImageStat.Stat(ImageChops.difference(part, there)).mean[0] for there in shifted) / usual
        for part, shifted in _quarters(before, now)
    )


def _darkness(page: Image.Image) -> Image.Image:
    return ImageOps.invert(small(page)).filter(ImageFilter.GaussianBlur(_BLUR))


def _quarters(before: Image.Image, now: Image.Image) -> Iterator[tuple[Image.Image, list[Image.Image]]]:
    """Yield each quarter of the kept page, and what of the other page may stand there."""
    width, height = SIZE
    room = Image.new("L", (width + 2 * _ACROSS, height + 2 * _DOWN))
    room.paste(now, (_ACROSS, _DOWN))
    high = height // _QUARTERS
    for top in range(0, height, high):
        yield (
            before.crop((0, top, width, top + high)),
            [
                room.crop((across, top + down, across + width, top + down + high))
                for across in range(2 * _ACROSS + 1)
                for down in range(2 * _DOWN + 1)
            ],
        )
