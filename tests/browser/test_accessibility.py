"""Every page, as somebody with a screen reader, large text, a thumb, or a script from the right meets it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from convo.access.models import Person
from convo.access.sign_in import make_password_link
from convo.db import Database
from convo.summary.naming import LAYOUT_NAMES
from tests.browser.conftest import Visit
from tests.support.browser import (
    PHONE,
    STAGES,
    TABLET,
    axe_violations,
    not_mirrored,
    open_all,
    sticking_out,
    too_small,
)
from tests.support.client import PageClient
from tests.support.full_hour import FullHour
from tests.support.meetings import with_mrs_khan
from tests.support.people import NOW, People

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Addresses that show no page of their own.
NO_PAGE = {
    "static",
    "health",
    "favicon",
    "manifest",
    "access.colours",
    "access.logo",
    "access.session_state",
    "access.sign_in_code",  # leads back to signing in, unless a password has just been given
    "access.sign_in_school",
    "journal.missed",
    "left_behind.ask",
    "offline.worker",
    "papers.pupil_word",
    "papers.record_word",
    "printing.everything",
    "planning.rebook",  # see NOT_HELD
    "summaries.word",
    "followup.horizon_file",
}


@pytest.fixture
def pages(
    database: Database, people: People, full: FullHour, as_person: Callable[[str], PageClient]
) -> list[tuple[str, str, str]]:
    """Return endpoint, address and visitor of every page there is."""
    with database.write() as session:
        planned = with_mrs_khan(session, people).id
        token = make_password_link(session, people.okafor.person_id, NOW)
        session.get_one(Person, people.kaur.person_id).second_factor_secret = "with a code"
    uploader = as_person("oyelaran")
    uploader.get("/import")
    heads, child = "UPN,Surname,Forename,DOB", "W873293122000,Smith,Isla,31/07/2019"
    asked = _upload(uploader, f"{heads},Shoe size\n{child},3")
    preview = _upload(uploader, f"{heads}\n{child}")
    pupil, carer = people.amina.id, people.mrs_khan.id
    mine, hers = f"/conversations/{full.id}", f"/conversations/{planned}"
    old, staff = f"/conversations/{full.before}", f"/staff/{people.whitaker.person_id}"
    return [
        ("access.sign_in_page", "/sign-in", ""),
        ("offline.shell", "/offline", ""),
        ("access.password_link", f"/password/{token}", ""),
        *[
            (f"access.{name}", f"/{path}", "okafor")
            for name, path in (
                ("account", "account"),
                ("account_password", "account/password"),
                ("account_second_factor", "account/second-factor"),
                ("tablet", "tablet"),
            )
        ],
        ("access.account_second_factor_off", "/account/second-factor/off", "kaur"),
        *[
            (f"access.{name}", f"/{path}", "oyelaran")
            for name, path in (
                ("school", "school"),
                ("school_look", "school/look"),
                ("school_safeguarding", "school/safeguarding"),
                ("school_terms", "school/terms"),
                ("staff_list", "staff"),
                ("staff_new", "staff/new"),
                ("staff_edit", staff[1:]),
                ("staff_left", f"{staff[1:]}/left"),
            )
        ],
        ("access.audit_trail", "/audit", "farrell"),
        ("access.concerns", "/concerns", "farrell"),
        ("roll.upload", "/import", "oyelaran"),
        ("roll.questions", asked, "oyelaran"),
        ("roll.preview", preview, "oyelaran"),
        ("roll.joining", "/import/joining", "oyelaran"),
        ("roll.classes", "/classes", "oyelaran"),
        ("pupils.pupil_list", "/pupils", "farrell"),
        ("pupils.practice", "/pupils/practice", "okafor"),
        ("pupils.pupil", f"/pupils/{pupil}", "okafor"),
        ("pupils.new_carer", f"/pupils/{pupil}/carers/new", "okafor"),
        ("pupils.carer", f"/pupils/{pupil}/carers/{carer}", "okafor"),
        ("planning.plan", f"/pupils/{pupil}/plan", "okafor"),
        ("planning.paper", f"/pupils/{pupil}/paper", "okafor"),
        ("planning.conversation", hers, "okafor"),
        ("planning.conversation", old, "okafor"),
        ("planning.change", f"{hers}/change", "okafor"),
        ("planning.not_held", f"{hers}/not-held", "okafor"),
        *[("hour.stage", f"{mine}/{slug}", "okafor") for slug in STAGES],
        ("hour.guide", f"{mine}/guide", "okafor"),
        ("kit.kit", f"{mine}/kit", "okafor"),
        ("reworded.everything", f"{mine}/history", "okafor"),
        ("history.versions", f"{mine}/history/conversation/{full.id}", "okafor"),
        ("pause.pause", f"{mine}/pause", "okafor"),
        ("colleagues.choose", f"{mine}/colleagues", "okafor"),
        ("summaries.summary", f"{old}/summary", "okafor"),
        ("summaries.preview", f"{mine}/summary/preview/{carer}", "okafor"),
        *[
            ("summaries.preview", f"{mine}/summary/preview/{carer}?language=ur&layout={layout}", "okafor")
            for layout in LAYOUT_NAMES
        ],
        ("papers.pupil_page", f"/issues/{full.issue}/pupil", "okafor"),
        ("papers.record", f"{mine}/summary/record", "okafor"),
        ("copy_check.page", "/copies/check", "okafor"),
        ("summaries.print_list", "/print-list", "oyelaran"),
        ("corrections.correct", f"{old}/correct", "okafor"),
        ("kept_aside.page", "/kept-aside", "farrell"),
        ("take_in.page", "/take-in", "okafor"),
        ("help.index", "/help", "okafor"),
        ("help.page", "/help/teacher", "okafor"),
        ("help.page", "/help/installing", "okafor"),
        ("help.paper_hour", "/help/paper-hour", "okafor"),
        ("followup.home", "/", "okafor"),
        ("followup.home", "/", "oyelaran"),
        ("followup.horizon", "/horizon", "farrell"),
        *[("family.turn", f"{mine}/family/{slug}", "okafor") for slug in STAGES],
    ]


def _upload(client: PageClient, content: str) -> str:
    client.get("/import")
    return client.submit("See what it would do", file=(io.BytesIO(content.encode()), "roll.csv")).path


def test_the_list_of_pages_names_every_page(app: Flask, pages: list[tuple[str, str, str]]) -> None:
    with_get = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert with_get == {endpoint for endpoint, _, _ in pages} | NO_PAGE


def test_no_page_shuts_anybody_out(visit: Visit, pages: list[tuple[str, str, str]]) -> None:
    """axe-core, targets of a thumb, and text at twice its size, with everything opened that opens."""
    tablets: dict[str, Any] = {}
    faults: dict[str, Any] = {}
    for _, path, name in pages:
        if name not in tablets:
            tablets[name] = visit("/health", name) if name else visit("/health", "okafor")
        page = tablets[name]
        if not name:
            page.context.clear_cookies()
        arrived = page.goto(path)
        if arrived.status != 200 or not page.url.endswith(path):
            faults[f"{path} {name}"] = {"shown instead": f"{arrived.status} {page.url}"}
            continue
        open_all(page)
        page.evaluate("document.documentElement.style.fontSize = ''")
        found = {"axe": axe_violations(page), "small": too_small(page, 44)}
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        found["sticks out"] = sticking_out(page)
        faults[f"{path} {name}"] = {what: told for what, told in found.items() if told}
    assert {path: found for path, found in faults.items() if found} == {}


def test_the_stages_and_the_family_pages_fit_a_phone(visit: Visit, full: FullHour) -> None:
    page = visit("/health", size=PHONE)
    for slug in STAGES:
        for path in (f"/conversations/{full.id}/{slug}", f"/conversations/{full.id}/family/{slug}"):
            page.goto(path)
            open_all(page)
            assert sticking_out(page) == [], path


def test_the_family_page_is_in_urdu_from_right_to_left(visit: Visit, full: FullHour) -> None:
    page = visit(f"/conversations/{full.id}/family/plan", size=TABLET)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ur", "rtl"]
    assert page.locator(".family-card").count() == 1


@pytest.mark.parametrize("slug", STAGES)
def test_a_stage_and_its_family_page_mirror_whole(visit: Visit, full: FullHour, slug: str) -> None:
    page = visit(f"/conversations/{full.id}/{slug}", size=TABLET)
    open_all(page)
    assert not_mirrored(page) == []
    page.goto(f"/conversations/{full.id}/family/{slug}?tag=en")
    assert not_mirrored(page) == []


def test_who_wants_no_motion_gets_none(visit: Visit, full: FullHour) -> None:
    page = visit(f"/conversations/{full.id}/explore", reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].filter(e => {
      const style = getComputedStyle(e)
      return style.animationName != 'none' || parseFloat(style.transitionDuration) > 0
    }).length"""
    assert page.evaluate(moving) == 0
