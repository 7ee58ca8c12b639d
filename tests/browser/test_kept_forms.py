"""In Chromium, also without JavaScript: a form that is sent after the sign-in has ended."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, request

from tests.browser.conftest import Visit
from tests.support.browser import PHONE, TABLET, axe_violations, sticking_out, too_small
from tests.support.people import PASSWORD, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "One line\n\n  والدہ کہتی ہیں “she’s <b>reading</b>” 😀\nthe last one "


@pytest.fixture
def arrived(app: Flask) -> list[dict[str, list[str]]]:
    """The forms that came, as they came, but for those of signing in."""
    arrived: list[dict[str, list[str]]] = []

    def note() -> None:
        if request.method == "POST" and not request.path.startswith("/sign-in"):
            arrived.append({name: value for name, value in request.form.lists() if name != "csrf_token"})

    app.before_request_funcs[None].insert(0, note)  # before the guard, which answers who has no sign-in
    return arrived


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, False), (TABLET, True)], ids=["phone", "tablet"])
def test_what_was_typed_reaches_the_school_as_it_was_typed(
    visit: Visit,
    people: People,
    clock: time_machine.Traveller,
    arrived: list[Any],
    size: tuple[int, int],
    scripts: bool,
) -> None:
    page = visit(f"/pupils/{people.amina.id}/plan", size=size, java_script_enabled=scripts)
    page.check(f"input[name=carers][value='{people.mrs_khan.id}']", force=True)
    page.check("input[name=pupil_part] >> nth=0", force=True)
    page.fill("input[name=on]", "2026-12-02")
    page.fill("input[name=at]", "15:30")
    views = page.locator("textarea[name=pupil_views]")
    views.evaluate("(field, words) => field.value = words", WORDS)
    clock.shift(timedelta(hours=3))
    page.get_by_role("button", name="Plan it").tap()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert faults(page, scripts) == {}
    page.get_by_label("E-mail address").fill("okafor@fenmarket.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.get_by_role("heading", name="Save what you typed").wait_for()
    assert faults(page, scripts) == {}
    page.get_by_role("button", name="Save it").tap()
    page.wait_for_url("**/conversations/*")
    first, again = arrived
    assert again == first
    assert again["pupil_views"] == [WORDS.replace("\n", "\r\n")]


def faults(page: Any, scripts: bool) -> dict[str, Any]:
    """Return what would shut somebody out of the page. axe-core is a script."""
    found = {"small": too_small(page, 44), "sticks out": sticking_out(page)}
    if scripts:
        found["axe"] = axe_violations(page)
    return {what: told for what, told in found.items() if told}
