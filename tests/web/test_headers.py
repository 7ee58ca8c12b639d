import pytest
from flask import Flask
from werkzeug.datastructures import Headers

from convo.web.templating import asset
from tests.support.client import PageClient

EVERYWHERE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types convo 'allow-duplicates'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


@pytest.fixture(autouse=True)
def views(app: Flask) -> None:
    app.testing = False
    app.add_url_rule("/page", "page", lambda: "words of a family")
    app.add_url_rule("/offline", "offline", lambda: "shell")
    app.add_url_rule("/bug", "bug", lambda: 1 / 0)


def headers_of(client: PageClient, path: str, base_url: str = "http://localhost") -> Headers:
    with client.flask.get(path, base_url=base_url) as response:
        return response.headers


@pytest.mark.parametrize("path", ["/page", "/offline", "/bug", "/nowhere", "/static/convo.css"])
def test_every_response_carries_the_whole_set(client: PageClient, path: str) -> None:
    headers = headers_of(client, path)
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "Strict-Transport-Security" not in headers


def test_over_https_the_browser_is_told_to_stay_there(client: PageClient) -> None:
    headers = headers_of(client, "/page", base_url="https://convo.example")
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_no_browser_or_proxy_keeps_a_page(client: PageClient) -> None:
    for path in ("/page", "/bug", "/nowhere", "/static/missing.css?v=1"):
        assert headers_of(client, path)["Cache-Control"] == "no-store", path


def test_what_holds_no_personal_data_may_be_kept(app: Flask, client: PageClient) -> None:
    with app.test_request_context():
        address = asset("convo.css")
    assert "immutable" in headers_of(client, address)["Cache-Control"]
    assert headers_of(client, "/static/convo.css")["Cache-Control"] == "no-cache"
    older = f"{address.partition('=')[0]}=0123456789ab"
    assert headers_of(client, older)["Cache-Control"] == "no-cache"
    assert headers_of(client, "/offline")["Cache-Control"] == "no-cache"
