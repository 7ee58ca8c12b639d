"""A form that is sent after its sign-in has ended: what was typed waits for its person, nobody else."""

import io
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask, request

from convo.access.guard import permit
from convo.access.kept_forms import KEPT
from convo.access.models import Membership, Person
from convo.access.rules import Permission, Role
from convo.access.staff import mark_left
from convo.db import Database
from tests.support.client import Page, PageClient
from tests.support.people import NOW, PASSWORD, People

AsPerson = Callable[[str], PageClient]
EMAIL = "okafor@fenmarket.example"
TYPED = {"words": "Typed for ten minutes"}
AGAIN = "You are signed in again. Nothing that you typed is lost."


@pytest.fixture(autouse=True)
def arrived(app: Flask) -> list[dict[str, list[str]]]:
    """What a form at /typed got: a page that anybody of the staff may send words to."""
    arrived: list[dict[str, list[str]]] = []

    def typed() -> Any:
        arrived.append({name: values for name, values in request.form.lists() if name != "csrf_token"})
        return app.redirect("/account")

    view = permit(Permission.SEE_HOME)(typed)
    app.add_url_rule("/typed", "typed", view, methods=["GET", "POST"])
    return arrived


@pytest.fixture
def okafor(as_person: AsPerson, clock: time_machine.Traveller) -> PageClient:
    """Mr Okafor's browser, on a page that he left for three hours: his sign-in has ended."""
    client = as_person("okafor")
    client.get("/account")
    clock.shift(timedelta(hours=3))
    return client


def sign_in(client: PageClient, email: str = EMAIL, password: str = PASSWORD, status: int = 200) -> Page:
    return client.submit("Sign in", email=email, password=password, status=status)


def test_what_was_typed_waits_on_the_page_of_signing_in_and_is_saved_with_one_button(
    okafor: PageClient, arrived: list[Any]
) -> None:
    page = okafor.post("/typed?from=here", TYPED, status=401)
    assert (page.h1, page.text.startswith(f"Sign in {KEPT}")) == ("Sign in", True)
    assert page.headers["Cache-Control"] == "no-store"
    assert "ten minutes" not in page.html  # whoever finds the tablet reads nothing
    page = sign_in(okafor)
    assert AGAIN in page.text
    assert page.one("//main//form/@action") == "/typed?from=here"
    assert page.links["Go on without saving"] == "/"
    assert page.one("//main//button[contains(@class, 'main')]").text == "Save it"
    assert arrived == []
    assert okafor.submit("Save it").h1 == "Your account"
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_a_wrong_password_loses_nothing(okafor: PageClient, arrived: list[Any]) -> None:
    okafor.post("/typed", TYPED, status=401)
    page = sign_in(okafor, password="not this one at all", status=422)
    assert KEPT in page.text
    sign_in(okafor, password="nor this one either", status=422)
    sign_in(okafor)
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_the_second_step_and_a_wrong_code_lose_nothing(
    okafor: PageClient, people: People, database: Database, arrived: list[Any]
) -> None:
    totp = with_a_code(database, people)
    okafor.post("/typed", TYPED, status=401)
    page = sign_in(okafor)
    assert (page.h1, KEPT in page.text) == ("Type your code", True)
    assert KEPT in okafor.submit("Go on", code="12", status=422).text
    page = okafor.submit("Go on", code=totp.at(NOW + timedelta(hours=3)))
    assert AGAIN in page.text
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_who_looks_for_the_code_too_long_starts_again_and_loses_nothing(
    okafor: PageClient, people: People, database: Database, clock: time_machine.Traveller
) -> None:
    totp = with_a_code(database, people)
    okafor.post("/typed", TYPED, status=401)
    sign_in(okafor)
    clock.shift(timedelta(minutes=6))
    page = okafor.submit("Go on", code="12")
    assert (page.h1, KEPT in page.text) == ("Sign in", True)
    sign_in(okafor)
    page = okafor.submit("Go on", code=totp.at(NOW + timedelta(hours=3, minutes=6)))
    assert AGAIN in page.text


def with_a_code(database: Database, people: People) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).second_factor_secret = secret
    return pyotp.TOTP(secret)


def test_who_works_at_two_schools_comes_back_to_the_one_where_they_typed(
    okafor: PageClient, people: People, database: Database, arrived: list[Any]
) -> None:
    join_the_other_school(database, people)
    okafor.post("/typed", TYPED, status=401)
    page = sign_in(okafor)
    assert AGAIN in page.text
    assert "Fenmarket" in page.html
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def join_the_other_school(database: Database, people: People) -> None:
    with database.write() as session:
        session.add(
            Membership(
                school_id=people.other_school.id,
                person_id=people.okafor.person_id,
                role=Role.TEACHER,
                languages=[],
            )
        )


def test_somebody_else_who_signs_in_neither_sees_nor_sends_it(
    okafor: PageClient, people: People, arrived: list[Any]
) -> None:
    okafor.post("/typed", TYPED, status=401)
    page = sign_in(okafor, email="whitaker@fenmarket.example")
    assert page.h1 == "Today"
    assert "belongs to somebody else. It is not saved." in page.text
    assert "ten minutes" not in page.html
    assert page.all("//input[@name='words' or @name='kept']") == []
    assert arrived == []


def test_what_was_changed_on_its_way_is_refused_in_a_sentence(
    okafor: PageClient, people: People, arrived: list[Any]
) -> None:
    kept = okafor.post("/typed", TYPED, status=401).form["kept"]
    for changed in (kept[:-8] + "AAAAAAA=", "x", "é", "{}"):
        sent = {"email": EMAIL, "password": "not this one at all", "kept": changed}
        page = okafor.post("/sign-in", sent, status=422)
        assert "What you typed could not be kept. Please type it again." in page.text
        assert "kept" not in page.form
    page = okafor.post("/sign-in", {"email": EMAIL, "password": PASSWORD, "kept": kept[1:]})
    assert (page.h1, arrived) == ("Today", [])
    assert "What you typed could not be kept. Please type it again." in page.text


def test_after_a_day_it_is_refused_in_a_sentence(
    okafor: PageClient, clock: time_machine.Traveller, arrived: list[Any]
) -> None:
    okafor.post("/typed", TYPED, status=401)
    clock.shift(timedelta(hours=23))
    assert KEPT in sign_in(okafor, password="not this one at all", status=422).text
    clock.shift(timedelta(hours=2))  # a wrong password does not begin the day again
    page = sign_in(okafor)
    assert "What you typed could not be kept. Please type it again." in page.text
    assert (page.h1, arrived) == ("Today", [])


def test_every_field_comes_back_as_it_was_sent(okafor: PageClient, arrived: list[Any]) -> None:
    typed: dict[str, Any] = {
        "carers": ["first", "second", "first"],
        "empty": "",
        "lines": "one\r\ntwo\r\n\r\n  three ",
        "words": "والدہ کہتی ہیں “she’s <b>reading</b> & ‘happy’” 😀 \u200d\u200f",
        "email": "sian@home.example",
        "kept": "as a box is kept",
        "entry:1:text": '"quoted" {{ 7*7 }}',
        "do": "pick:me",
    }
    page = okafor.post("/typed", typed, status=401)
    assert page.form["email"] == ""
    sign_in(okafor)
    okafor.submit("Save it")
    [found] = arrived
    [lines] = found.pop("lines")
    assert lines.splitlines() == typed.pop("lines").splitlines()  # of which kind they are a browser says
    assert found == {name: value if isinstance(value, list) else [value] for name, value in typed.items()}


def test_fields_of_a_form_for_files_are_kept_where_no_file_was_chosen(
    okafor: PageClient, arrived: list[Any]
) -> None:
    form = {**TYPED, "csrf_token": okafor.token, "file": (io.BytesIO(), "")}
    answer = okafor.flask.post("/typed", data=form, content_type="multipart/form-data")
    assert (answer.status_code, KEPT in answer.text) == (401, True)


def test_a_file_has_to_be_chosen_again_and_the_page_says_so(okafor: PageClient) -> None:
    page = okafor.post("/take-in", {"file": (io.BytesIO(b"unsent"), "a.unsent.convo")}, status=401)
    assert "You were signed out before the file arrived. Sign in, then choose the file again." in page.text
    assert "kept" not in page.form
    assert sign_in(okafor).path == "/take-in"


def test_a_file_of_a_page_of_an_earlier_sign_in_has_to_be_chosen_again(okafor: PageClient) -> None:
    old = okafor.token
    okafor.get("/account")
    sign_in(okafor)  # in another tab
    form = {"csrf_token": old, "file": (io.BytesIO(b"unsent"), "a.unsent.convo")}
    assert "then choose the file again." in okafor.post("/take-in", form, status=400).text


def test_a_large_file_is_not_read_for_it(okafor: PageClient) -> None:
    page = okafor.post("/take-in", {"file": (io.BytesIO(b"u" * 300_000), "a.unsent.convo")}, status=401)
    assert "choose the file again" in page.text


@pytest.mark.parametrize("word", ["a", '"', "ا", None], ids=["plain", "quotes", "Urdu", "what packs badly"])
def test_the_longest_form_that_is_kept_comes_back_whole(
    okafor: PageClient, arrived: list[Any], word: str | None
) -> None:
    words = word * (190_000 // len(word.encode())) if word else Random(7).randbytes(95_000).hex()
    okafor.post("/typed", {"words": words, "file": (io.BytesIO(), "")}, status=401)
    page = sign_in(okafor)
    assert page.one("//main//form/@enctype") == "multipart/form-data"
    okafor.flask.post("/typed", data=page.form, content_type="multipart/form-data")
    assert arrived == [{"words": [words]}]


def test_what_is_longer_is_said_to_be_too_long_to_be_kept(okafor: PageClient) -> None:
    page = okafor.post("/typed", {"words": "a" * 210_000}, status=401)
    assert "too long to be kept. Go back, copy it, then sign in again." in page.text
    assert "kept" not in page.form


@pytest.mark.parametrize(
    "path", ["/account/password", "/account/second-factor", "/account/second-factor/off", "/sign-out"]
)
def test_a_password_or_a_code_is_never_kept(okafor: PageClient, path: str) -> None:
    page = okafor.post(path, {"old": "SECRET", "new": "SECRET", "password": "SECRET", "code": "SECRET"})
    assert (page.path, "kept" in page.form, KEPT in page.text) == ("/sign-in", False, False)


def test_a_script_gets_the_answer_that_it_understands(okafor: PageClient) -> None:
    headers = {"Accept": "application/json"}
    answer = okafor.flask.post("/typed", data={**TYPED, "csrf_token": okafor.token}, headers=headers)
    assert (answer.status_code, answer.get_json()) == (401, {"error": "sign in"})
    assert okafor.flask.post("/typed", json={**TYPED, "csrf_token": okafor.token}).status_code == 302


def test_a_button_that_nothing_was_typed_for_leads_to_signing_in(okafor: PageClient) -> None:
    assert KEPT not in okafor.post("/typed").text


def test_what_no_page_of_ours_sent_is_not_kept(client: PageClient, okafor: PageClient) -> None:
    client.get("/sign-in")  # its token is of nobody's page
    assert KEPT not in client.post("/typed", TYPED).text
    assert KEPT not in okafor.post("/typed", {**TYPED, "csrf_token": "made up"}).text


def test_who_has_left_the_school_is_not_told_that_anything_waits(
    okafor: PageClient, people: People, database: Database
) -> None:
    with database.write() as session:
        mark_left(session, people.oyelaran, NOW, people.okafor.person_id)
    assert KEPT not in okafor.post("/typed", TYPED).text


def test_a_page_of_before_the_same_person_signed_in_again_is_saved_with_one_button(
    okafor: PageClient, arrived: list[Any]
) -> None:
    old = okafor.token
    okafor.get("/account")
    sign_in(okafor)  # in another tab
    page = okafor.post("/typed", {**TYPED, "csrf_token": old}, status=400)
    assert AGAIN in page.text
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_a_page_that_was_open_while_its_person_signed_out_waits_for_them(
    as_person: AsPerson, arrived: list[Any]
) -> None:
    client = as_person("okafor")
    client.get("/account")
    old = client.token
    client.submit("Sign out")  # in another tab, and the cookie is emptied
    page = client.post("/typed", {**TYPED, "csrf_token": old}, status=401)
    assert KEPT in page.text
    sign_in(client)
    client.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_a_page_of_somebody_else_than_who_is_signed_in_waits_for_its_own_person(
    okafor: PageClient, arrived: list[Any]
) -> None:
    old = okafor.token
    okafor.get("/account")
    sign_in(okafor, email="whitaker@fenmarket.example")  # in another tab
    page = okafor.post("/typed", {**TYPED, "csrf_token": old}, status=400)
    assert "This page belongs to somebody else." in page.text
    assert "ten minutes" not in page.html
    assert AGAIN in sign_in(okafor).text
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_a_page_of_the_other_school_waits_until_its_person_is_there_again(
    okafor: PageClient, people: People, database: Database, arrived: list[Any]
) -> None:
    join_the_other_school(database, people)
    old = okafor.token
    okafor.get("/account")
    sign_in(okafor)
    okafor.submit("Otherbridge Junior School")
    page = okafor.post("/typed", {**TYPED, "csrf_token": old}, status=400)
    assert "This page belongs to your other school." in page.text
    assert "Fenmarket" in sign_in(okafor).html
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_signing_in_in_another_tab_first_loses_nothing(okafor: PageClient, arrived: list[Any]) -> None:
    page = okafor.post("/typed", TYPED, status=401)
    waiting = {**page.form, "email": EMAIL, "password": PASSWORD}
    okafor.get("/sign-in")
    sign_in(okafor)  # in another tab
    page = okafor.post("/sign-in", waiting, status=400)
    assert AGAIN in page.text
    assert PASSWORD not in page.html
    okafor.submit("Save it")
    assert arrived == [{"words": ["Typed for ten minutes"]}]


def test_signing_in_as_somebody_else_in_another_tab_first_loses_nothing(okafor: PageClient) -> None:
    page = okafor.post("/typed", TYPED, status=401)
    waiting = {**page.form, "email": EMAIL, "password": PASSWORD}
    okafor.get("/sign-in")
    sign_in(okafor, email="whitaker@fenmarket.example")  # in another tab
    page = okafor.post("/sign-in", waiting, status=400)
    assert page.h1 == "Sign in"
    assert PASSWORD not in page.html
    assert AGAIN in sign_in(okafor).text


def test_a_page_of_weeks_ago_is_not_kept(okafor: PageClient, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=8))
    assert KEPT not in okafor.post("/typed", TYPED).text


def test_over_https_a_browser_that_hides_where_it_comes_from_goes_round_in_no_circle(
    as_person: AsPerson,
) -> None:
    client = as_person("okafor")
    client.get("/account")
    sent = {**TYPED, "csrf_token": client.token}
    answer = client.flask.post("/typed", data=sent, base_url="https://localhost")
    assert (answer.status_code, "Save it" in answer.text) == (400, False)
