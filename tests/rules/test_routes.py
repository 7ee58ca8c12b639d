"""Rules over all routes of the app: each is closed to strangers, unless it stands in the short open list."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, Rule, UUIDConverter

from convo.access.guard import OPEN_ENDPOINTS, permits
from tests.support.client import PageClient

NOBODY = UUID(int=0)
# Only the tablet's script asks for them.
STREAMS = ("/journal", "/notes", "/taps", "/concerns", "/seal")


def value_for(converter: BaseConverter) -> object:
    """Return a value that the part of an address takes."""
    if isinstance(converter, UUIDConverter):
        return NOBODY
    return min(converter.items) if isinstance(converter, AnyConverter) else "1"


def addresses(app: Flask, method: str) -> Iterator[tuple[str, Rule]]:
    """Yield an address for each route that takes the method, with made-up values."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            made_up = {name: value_for(converter) for name, converter in rule._converters.items()}
            with app.test_request_context():
                yield app.url_map.bind("localhost").build(rule.endpoint, made_up, method=method), rule


def test_every_route_says_who_may_come_in(app: Flask) -> None:
    unmarked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OPEN_ENDPOINTS and not permits(app.view_functions[rule.endpoint])
    }
    assert unmarked == set()


def test_no_route_is_both_open_and_marked(app: Flask) -> None:
    assert [
        name for name in OPEN_ENDPOINTS if name in app.view_functions and permits(app.view_functions[name])
    ] == []


def test_the_open_list_names_only_routes_that_exist_each_with_its_reason(app: Flask) -> None:
    assert set(OPEN_ENDPOINTS) <= set(app.view_functions)
    assert all(OPEN_ENDPOINTS.values())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_gets_no_closed_page(app: Flask, client: PageClient, method: str) -> None:
    tried = 0
    for address, rule in addresses(app, method):
        if rule.endpoint not in OPEN_ENDPOINTS:
            page = client.flask.open(address, method=method)
            if address.startswith("/conversations/") and address.endswith(STREAMS):
                assert page.status_code == 401, address
            else:
                assert page.status_code == 302, address
                assert page.location.startswith("/sign-in"), address
            told = client.flask.open(address, method=method, headers={"Accept": "application/json"})
            assert (told.status_code, told.get_json()) == (401, {"error": "sign in"}), address
            tried += 1
    assert tried


def test_a_route_that_somebody_forgot_to_mark_is_closed_to_all(
    app: Flask, as_person: Callable[[str], PageClient]
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert as_person("farrell").get("/forgotten", status=404).h1 == "Page not found"
