"""No form that asks for a password or a code is kept when its sign-in has ended."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from lxml import html

from convo.access.guard import OPEN_ENDPOINTS
from convo.access.kept_forms import keeps
from convo.access.models import Person
from convo.access.rules import Role
from convo.db import Database
from tests.rules.test_nothing_breaks import addresses
from tests.support.client import PageClient
from tests.support.people import People, add_staff
from tests.support.sample import lay_out

_SECRET = "//main//input[@type='password' or @autocomplete='one-time-code']"


def sent_to(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def test_no_page_that_asks_for_a_password_or_a_code_is_kept(
    app: Flask, database: Database, people: People, as_actor: Callable[[Any], PageClient]
) -> None:
    with database.write() as session:
        sample = lay_out(session, people)
        everything = add_staff(session, people.school, "Mx Everything", *Role)
        coded = add_staff(session, people.school, "Mx Coded", Role.TEACHER)
        session.get_one(Person, coded.person_id).second_factor_secret = "with a code"
    secret = set()
    for visitor in (as_actor(everything), as_actor(coded), PageClient(app)):
        for endpoint, address in addresses(app, "GET", sample, people):
            with visitor.flask.get(address) as answer:
                page = answer.status_code == 200 and answer.mimetype == "text/html"
                if page and html.fromstring(answer.data).xpath(_SECRET):
                    secret.add(endpoint)
    assert {endpoint for endpoint in secret & sent_to(app) if keeps(endpoint)} == set()
    assert {"access.account_password", "access.account_second_factor_off", "access.sign_in_page"} <= secret


def test_of_the_pages_of_the_staff_those_are_kept_on_which_words_are_typed(app: Flask) -> None:
    posts = sent_to(app)
    assert not {endpoint for endpoint in posts & set(OPEN_ENDPOINTS) if keeps(endpoint)}
    assert {endpoint for endpoint in posts if endpoint.startswith("access.") and keeps(endpoint)} == {
        "access.school",
        "access.school_look",
        "access.school_safeguarding",
        "access.school_terms",
        "access.staff_edit",
        "access.staff_new",
    }
    assert {endpoint for endpoint in posts if not endpoint.startswith("access.") and not keeps(endpoint)} == {
        "pause.answer",
        "pause.concern",
    }
