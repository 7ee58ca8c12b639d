"""Draws the pictures of the pupil's page: ``python -m convo.summary.make_pictures``.

Flat shapes in convo's own colours, drawn large and made smaller so that their edges are smooth; the same code
always gives the same pixels.
"""

from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw

from convo.summary.pupil import PICTURES as FOLDER

SIZE = 160  # pixels a side
_TIMES = 4
_AMBER, _BLUE, _TEAL, _PLUM, _INK = "#E0A030", "#1D4E89", "#0B5D5E", "#7A2F63", "#22303A"

Draw = ImageDraw.ImageDraw


def star(draw: Draw) -> None:
    """Draw a star of five points."""
    points = [
        (80 + reach * sin(turn * pi / 5), 86 - reach * cos(turn * pi / 5))
        for turn, reach in enumerate([74, 31] * 5)
    ]
    draw.polygon(_large(*points), fill=_AMBER)


def flag(draw: Draw) -> None:
    """Draw a hill with a flag on it."""
    draw.polygon(_large((6, 150), (70, 66), (100, 104), (116, 88), (154, 150)), fill=_TEAL)
    draw.rectangle(_large((67, 14), (73, 70)), fill=_INK)
    draw.polygon(_large((73, 14), (120, 28), (73, 44)), fill=_PLUM)


def pencil(draw: Draw) -> None:
    """Draw a pencil that writes a line."""
    draw.polygon(_large((112, 10), (148, 46), (64, 130), (28, 94)), fill=_AMBER)
    draw.polygon(_large((28, 94), (64, 130), (14, 144)), fill="#F0DDB8")
    draw.polygon(_large((22, 119), (39, 136), (14, 144)), fill=_INK)
    draw.polygon(_large((112, 10), (148, 46), (134, 60), (98, 24)), fill=_PLUM)
    draw.rectangle(_large((80, 142), (148, 150)), fill=_INK)


def hand(draw: Draw) -> None:
    """Draw an open hand."""
    for left, top in ((44, 38), (66, 20), (88, 20), (110, 36)):
        draw.rounded_rectangle(_large((left, top), (left + 18, 110)), radius=9 * _TIMES, fill=_BLUE)
    draw.rounded_rectangle(_large((44, 80), (128, 152)), radius=30 * _TIMES, fill=_BLUE)
    draw.polygon(_large((50, 128), (12, 88), (28, 74), (66, 100)), fill=_BLUE)
    draw.ellipse(_large((10, 72), (32, 94)), fill=_BLUE)


def people(draw: Draw) -> None:
    """Draw a grown-up and a child beside each other."""
    for middle, head, width, top, colour in ((56, 19, 40, 62, _TEAL), (116, 15, 28, 92, _AMBER)):
        draw.ellipse(_large((middle - head, top - 2 * head - 4), (middle + head, top - 4)), fill=colour)
        draw.rounded_rectangle(
            _large((middle - width, top), (middle + width, 190)), radius=26 * _TIMES, fill=colour
        )
    draw.rectangle(_large((0, 152), (160, 160)), fill="#FFFFFF")


def calendar(draw: Draw) -> None:
    """Draw a calendar's page with one day marked."""
    draw.rounded_rectangle(
        _large((16, 26), (144, 150)), radius=10 * _TIMES, fill="#FFFFFF", outline=_INK, width=5 * _TIMES
    )
    draw.rectangle(_large((18, 30), (142, 60)), fill=_PLUM)
    for left in (46, 106):
        draw.rounded_rectangle(_large((left, 12), (left + 9, 44)), radius=4 * _TIMES, fill=_INK)
    for row in range(3):
        for column in range(4):
            marked = (row, column) == (1, 2)
            x, y = 34 + 26 * column, 74 + 25 * row
            draw.rectangle(_large((x, y), (x + 14, y + 14)), fill=_AMBER if marked else "#D9D2C5")


PICTURES: dict[str, Callable[[Draw], None]] = {
    "star": star,
    "flag": flag,
    "pencil": pencil,
    "hand": hand,
    "people": people,
    "calendar": calendar,
}


def picture(draw: Callable[[Draw], None]) -> Image.Image:
    """Return one picture on white."""
    large = Image.new("RGB", (SIZE * _TIMES, SIZE * _TIMES), "#FFFFFF")
    draw(ImageDraw.Draw(large))
    return large.resize((SIZE, SIZE), Image.Resampling.LANCZOS).quantize(32)


def _large(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(x * _TIMES, y * _TIMES) for x, y in points]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        picture(draw).save(FOLDER / f"{name}.png", optimize=True)
