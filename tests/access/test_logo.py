"""What becomes of an uploaded logo: a small clean PNG, or one plain sentence why not."""

import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from convo.access.logo import BOX, SIZE_LIMIT, logo_png
from convo.kernel.errors import Refused
from tests.support.pictures import (
    NAVY,
    SAND,
    chunks,
    emblem,
    file_of,
    noise,
    picture_of,
    profile_with_red_and_green_exchanged,
)

LEAN = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}


def refusal(file: bytes) -> str:
    with pytest.raises(Refused) as refused:
        logo_png(file)
    assert refused.value.field == "logo"
    return refused.value.message


def pixel(png: bytes, x: int, y: int) -> tuple[int, ...]:
    found = picture_of(png).convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def near(found: tuple[int, ...], wanted: tuple[int, ...], most: int = 4) -> bool:
    return all(abs(a - b) <= most for a, b in zip(found, wanted, strict=False))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
def test_each_kind_becomes_a_small_png_of_nothing_but_the_picture(kind: str) -> None:
    flat = Image.alpha_composite(Image.new("RGBA", (1200, 400), "white"), emblem()).convert("RGB")
    png = logo_png(file_of(flat if kind == "JPEG" else emblem(), kind))
    assert picture_of(png).size == (600, 200)
    assert {name for name, _ in chunks(png)} <= LEAN
    assert near(pixel(png, 100, 100), NAVY)
    assert near(pixel(png, 590, 10), SAND)
    assert pixel(png, 300, 190)[3] == (255 if kind == "JPEG" else 0)
    assert picture_of(png).mode == "P"
    assert len(png) < 20_000


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((100, 30), (100, 30)), ((4000, 1000), (600, 150)), ((500, 2000), (60, 240)), ((4000, 4), (600, 1))],
)
def test_a_logo_fits_its_box_and_is_never_enlarged(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    assert picture_of(logo_png(file_of(Image.new("RGB", size, NAVY)))).size == becomes


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_lies_on_its_side_stands_up(orientation: int, kind: str) -> None:
    upright = Image.new("RGB", (90, 60), "white")
    upright.paste(NAVY, (0, 0, 45, 30))  # at the start of the top
    turns = Image.Transpose
    lying = {
        1: [],
        2: [turns.FLIP_LEFT_RIGHT],
        3: [turns.ROTATE_180],
        4: [turns.FLIP_TOP_BOTTOM],
        5: [turns.TRANSPOSE],
        6: [turns.ROTATE_90],
        7: [turns.TRANSVERSE],
        8: [turns.ROTATE_270],
    }[orientation]
    picture = upright
    for turn in lying:
        picture = picture.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    png = logo_png(file_of(picture, kind, exif=exif))
    assert picture_of(png).size == (90, 60)
    assert near(pixel(png, 20, 15), NAVY, 12)
    assert [near(pixel(png, *at), (255, 255, 255), 12) for at in ((70, 15), (20, 45), (70, 45))] == [True] * 3


def test_text_profile_and_exif_are_left_behind() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Mrs Whitaker, 1 Elm Street")
    notes.add_itxt("Comment", "<script>alert(1)</script>", zip=True)
    notes.add(b"prVt", b"PRIVATE")
    exif = Image.Exif()
    exif[0x010E] = "taken at 1 Elm Street"
    file = file_of(
        emblem(), pnginfo=notes, exif=exif, dpi=(72, 72), icc_profile=profile_with_red_and_green_exchanged()
    )
    assert {"tEXt", "iTXt", "eXIf", "iCCP", "pHYs", "prVt"} <= {name for name, _ in chunks(file)}
    png = logo_png(file)
    assert {name for name, _ in chunks(png)} <= LEAN
    assert b"Elm" not in png


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_file_that_is_something_else_as_well_comes_out_as_the_picture_alone(kind: str) -> None:
    behind = b"PK\x03\x04 <html><script>alert(1)</script> %PDF-1.7"
    png = logo_png(file_of(emblem().convert("RGB"), kind) + behind)
    list(chunks(png))
    assert b"script" not in png
    assert b"PK\x03\x04" not in png


def test_what_stands_under_the_transparent_is_not_kept() -> None:
    hidden = noise("RGB", (300, 100)).convert("RGBA")
    hidden.putalpha(0)
    hidden.paste((*NAVY, 255), (0, 0, 50, 50))
    png = logo_png(file_of(hidden))
    assert pixel(png, 200, 80) == (0, 0, 0, 0)
    assert len(png) < 300


def test_colours_are_as_their_profile_means_them() -> None:
    red = Image.new("RGB", (60, 60), (200, 0, 0))
    exchanged = file_of(red, icc_profile=profile_with_red_and_green_exchanged())
    red_now, green_now, *_ = pixel(logo_png(exchanged), 30, 30)
    assert green_now > red_now
    assert pixel(logo_png(file_of(red, icc_profile=b"no profile at all")), 30, 30)[:3] == (200, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_way_of_storing_colours_is_read(mode: str) -> None:
    if mode == "I;16":
        dark = Image.new(mode, (60, 60), 0x3000)
    else:
        dark = Image.new("RGB", (60, 60), "black" if mode == "1" else (48, 48, 48)).convert(mode)
    png = logo_png(file_of(dark, "JPEG" if mode == "CMYK" else "PNG"))
    assert near(pixel(png, 30, 30), (0, 0, 0) if mode == "1" else (48, 48, 48))


def test_a_transparent_colour_of_a_palette_stays_transparent() -> None:
    png = logo_png(file_of(emblem((300, 100)).convert("P"), "GIF", transparency=0))
    assert picture_of(png).convert("RGBA").getchannel("A").getextrema()[0] == 0


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_what_moves_the_first_picture_is_taken(kind: str) -> None:
    first, second = (Image.new("RGB", (60, 60), colour) for colour in (NAVY, SAND))
    moving = file_of(first, kind, save_all=True, append_images=[second], duration=100, lossless=True)
    assert near(pixel(logo_png(moving), 30, 30), NAVY)


@pytest.mark.parametrize("picture", [noise("RGB"), noise("RGBA"), noise("L")])
def test_whatever_it_shows_a_logo_stays_small(picture: Image.Image) -> None:
    png = logo_png(file_of(picture))
    assert len(png) <= SIZE_LIMIT
    assert picture_of(png).size == BOX


def test_the_same_file_gives_the_same_bytes_and_its_result_is_itself() -> None:
    shaded = Image.merge("RGB", [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)])
    for picture in (emblem(), shaded, noise("RGBA", (100, 200))):
        png = logo_png(file_of(picture))
        assert logo_png(file_of(picture)) == png
        assert logo_png(png) == png


def small_file_of(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(4001, 10), (10, 4001), (10_000, 10_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch, width: int, height: int
) -> None:
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda _: pytest.fail("it was decoded"))
    assert "larger than 4,000 by 4,000 pixels" in refusal(small_file_of(width, height))


def test_compressed_text_that_swells_is_refused() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "a" * 70_000_000, zip=True)
    assert "picture" in refusal(file_of(emblem(), pnginfo=notes))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_file_that_breaks_off_is_refused(kind: str) -> None:
    file = file_of(noise("RGB", (200, 100)), kind)
    for part in (2, 3, 10):
        assert refusal(file[: len(file) * (part - 1) // part]).startswith(("This picture is", "convo cannot"))


@pytest.mark.parametrize(
    "file",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'\xef\xbb\xbf\n<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>',
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><SVG></SVG>',
    ],
)
def test_an_svg_is_refused_with_what_to_do(file: bytes) -> None:
    assert refusal(file) == "convo cannot take an SVG file. Save the picture as PNG and choose that."


@pytest.mark.parametrize(
    "file",
    [
        b"%PDF-1.7 hello",
        b"PK\x03\x04 hello",
        b"hello",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"RIFF\x00\x00\x00\x00WEBP",
        file_of(Image.new("RGB", (9, 9)), "BMP"),
        file_of(Image.new("RGB", (9, 9)), "TIFF"),
    ],
)
def test_what_is_no_picture_of_the_four_kinds_is_refused(file: bytes) -> None:
    assert refusal(file) == (
        "convo cannot read this file as a picture. Choose a PNG, JPEG, GIF or WebP file."
    )


def test_an_empty_file_and_one_of_more_than_5_mb_are_refused() -> None:
    assert "empty" in refusal(b"")
    assert "larger than 5 MB" in refusal(file_of(emblem()) + bytes(5 * 1024 * 1024))


def test_a_logo_that_nobody_would_see_on_paper_is_refused() -> None:
    white = Image.new("RGBA", (100, 40), (255, 255, 255, 0))
    assert "white paper" in refusal(file_of(white))
    white.paste((250, 250, 250, 255), (10, 10, 90, 30))
    assert "for a light background" in refusal(file_of(white))
