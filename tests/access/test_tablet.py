"""The home screen's manifest with its icons, and the page that tests a tablet."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import convo
from convo.web.manifest import PAPER, THEME
from tests.support.client import PageClient

STATIC = Path(convo.__file__).parent / "static"


def size_of(png: bytes) -> str:
    """Return the size that a PNG says it has, as a manifest writes it."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return "{}x{}".format(*struct.unpack(">II", png[16:24]))


def test_the_home_screen_gets_icons_of_the_sizes_that_the_manifest_names(client: PageClient) -> None:
    answer = client.flask.get("/manifest.webmanifest")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/manifest+json", "no-cache")
    told = answer.get_json(force=True)
    assert [told[name] for name in ("name", "start_url", "scope", "display")] == [
        "convo",
        "/",
        "/",
        "standalone",
    ]
    icons = {(icon["sizes"], icon["purpose"]) for icon in told["icons"]}
    assert icons == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in told["icons"]:
        with client.flask.get(icon["src"]) as image:
            assert (image.mimetype, size_of(image.data)) == (icon["type"], icon["sizes"])


def test_every_page_leads_to_the_manifest_and_to_the_icon_of_an_ipad(client: PageClient) -> None:
    html = client.get("/sign-in").html
    assert '<link rel="manifest" href="/manifest.webmanifest">' in html
    assert f'<meta name="theme-color" content="{THEME}">' in html
    found = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', html)
    assert found
    with client.flask.get(found[1]) as image:
        assert size_of(image.data) == "180x180"


def test_the_home_screen_has_the_colours_of_the_pages() -> None:
    tokens = (STATIC / "convo.css").read_text("utf-8")
    assert f"--teal: {THEME};" in tokens
    assert f"--paper: {PAPER};" in tokens


def test_the_page_that_tests_a_tablet_is_found_from_help_and_from_the_account(
    as_person: Callable[[str], PageClient],
) -> None:
    visitor = as_person("kaur")
    for start in ("/help", "/account"):
        visitor.get(start)
        page = visitor.follow("Test this tablet")
        assert (page.path, page.h1) == ("/tablet", "Test this tablet")
    assert "This browser runs no scripts" in page.html
