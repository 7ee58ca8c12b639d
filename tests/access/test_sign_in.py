"""Signing in on the page: what is told, what is counted, and when it ends."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from convo.access.models import Membership, Person, SignIn
from convo.access.passwords import token_hash
from convo.access.rules import Role
from convo.db import Database
from tests.support.client import Page, PageClient
from tests.support.page_rules import words_of
from tests.support.people import NOW, PASSWORD, People

AsPerson = Callable[[str], PageClient]
EMAIL = "okafor@fenmarket.example"


def sign_in(client: PageClient, *, email: str = EMAIL, password: str = PASSWORD, status: int = 200) -> Page:
    client.get("/sign-in?next=/account")
    return client.submit("Sign in", email=email, password=password, status=status)


def test_whoever_has_the_password_comes_to_the_page_they_wanted(client: PageClient, people: People) -> None:
    page = client.get("/account")
    assert page.h1 == "Sign in"
    page = client.submit("Sign in", email=" Okafor@Fenmarket.example ", password=PASSWORD)
    assert page.h1 == "Your account"
    assert "Mr Okafor" in page.text


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "account"])
def test_signing_in_never_leads_to_another_site(client: PageClient, people: People, wanted: str) -> None:
    client.get("/sign-in")
    form = {"csrf_token": client.token, "email": EMAIL, "password": PASSWORD}
    answer = client.flask.post("/sign-in", query_string={"next": wanted}, data=form)
    assert answer.status_code == 302
    assert answer.location == "/"


def test_wrong_password_unknown_address_and_waiting_account_get_one_sentence(
    client: PageClient, people: People, clock: time_machine.Traveller
) -> None:
    wrong = sign_in(client, password="not this one at all", status=422).errors
    assert sign_in(client, email="nobody@fenmarket.example", status=422).errors == wrong
    for _ in range(4):
        sign_in(client, password="not this one at all", status=422)
    assert sign_in(client, status=422).errors == wrong  # the right password, but the account waits
    clock.shift(timedelta(minutes=15, seconds=1))
    assert sign_in(client).h1 == "Your account"


def test_a_good_sign_in_forgets_earlier_wrong_tries(
    client: PageClient, people: People, database: Database
) -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(client, password="not this one at all", status=422)
        assert sign_in(client).h1 == "Your account"
        client.submit("Sign out")


def test_the_table_holds_no_token_that_a_cookie_could_carry(as_person: AsPerson, database: Database) -> None:
    client = as_person("okafor")
    with client.flask.session_transaction() as cookie:
        token = cookie["_user_id"]
    with database.reading() as session:
        assert session.scalars(select(SignIn.token_hash)).all() == [token_hash(token)]
    assert token_hash(token) != token


def test_signing_in_leaves_nothing_of_the_cookie_before(client: PageClient, people: People) -> None:
    client.get("/sign-in")
    with client.flask.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
        before = cookie["csrf_token"]
    sign_in(client)
    with client.flask.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["csrf_token"] != before


def test_a_sign_in_that_was_ended_elsewhere_does_not_come_back(as_person: AsPerson) -> None:
    tablet, desk = as_person("okafor"), as_person("okafor")
    assert tablet.get("/account").h1 == "Your account"
    page = desk.get("/account")
    assert page.text.count("at Fenmarket Primary School") == 2
    desk.submit("End the others")
    assert tablet.get("/account").h1 == "Sign in"
    assert desk.get("/account").h1 == "Your account"


def test_signing_out_ends_the_row_and_not_only_the_cookie(as_person: AsPerson, app: Flask) -> None:
    client = as_person("okafor")
    with client.flask.session_transaction() as cookie:
        kept = dict(cookie)
    client.get("/account")
    assert client.submit("Sign out").h1 == "Sign in"
    thief = PageClient(app)
    with thief.flask.session_transaction() as cookie:
        cookie.update(kept)
    assert thief.get("/account").h1 == "Sign in"


def test_two_hours_without_a_request_end_a_sign_in(
    as_person: AsPerson, clock: time_machine.Traveller
) -> None:
    client = as_person("okafor")
    for _ in range(3):
        clock.shift(timedelta(minutes=100))
        assert client.get("/account").h1 == "Your account"
    clock.shift(timedelta(minutes=121))
    assert client.get("/account").h1 == "Sign in"


def test_twelve_hours_end_a_sign_in_however_busy(as_person: AsPerson, clock: time_machine.Traveller) -> None:
    client = as_person("okafor")
    for _ in range(7):
        assert client.get("/account").h1 == "Your account"
        clock.shift(timedelta(minutes=110))
    assert client.get("/account").h1 == "Sign in"


def test_last_use_is_written_at_most_once_a_minute(
    as_person: AsPerson, clock: time_machine.Traveller, database: Database
) -> None:
    def last_seen() -> timedelta:
        with database.reading() as session:
            return session.scalars(select(SignIn.last_seen_at)).one() - NOW

    client = as_person("okafor")
    clock.shift(50)
    client.get("/account")
    assert last_seen() == timedelta(0)
    clock.shift(50)
    client.get("/account")
    assert last_seen() == timedelta(seconds=100)


def test_whoever_has_left_is_out_at_the_next_request(as_person: AsPerson, people: People) -> None:
    kaur, oyelaran = as_person("kaur"), as_person("oyelaran")
    assert kaur.get("/account").h1 == "Your account"
    oyelaran.get(f"/staff/{people.kaur.person_id}/left")
    oyelaran.submit("Mark as left")
    assert kaur.get("/account").h1 == "Sign in"
    page = sign_in(kaur, email="kaur@fenmarket.example", status=422)
    assert "no school here any more" in page.text


def test_who_works_at_two_schools_is_asked_where(
    client: PageClient, people: People, database: Database
) -> None:
    with database.write() as session:
        session.add(
            Membership(
                school_id=people.other_school.id,
                person_id=people.okafor.person_id,
                role=Role.TEACHER,
                languages=[],
            )
        )
    assert sign_in(client).h1 == "Where are you working now?"
    page = client.submit("Otherbridge Junior School")
    assert page.h1 == "Your account"
    assert "Otherbridge" in words_of(page.one("//header"))
    assert client.submit("Fenmarket Primary School").h1 == "Today"
    assert "Fenmarket" in words_of(client.get("/account").one("//header"))
    outsider = client.post("/account/school", {"school": "00000000-0000-0000-0000-000000000000"}, status=404)
    assert outsider.h1 == "Page not found"


def second_factor(database: Database, people: People) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).second_factor_secret = secret
    return pyotp.TOTP(secret)


def test_a_code_from_the_phone_works_once(client: PageClient, people: People, database: Database) -> None:
    code = second_factor(database, people).at(NOW)
    assert sign_in(client).h1 == "Type your code"
    assert client.get("/account").h1 == "Sign in"  # half signed in is not signed in
    sign_in(client)
    assert client.submit("Go on", code=f"{code[:3]} {code[3:]}").h1 == "Your account"
    client.submit("Sign out")
    sign_in(client)
    page = client.submit("Go on", code=code, status=422)
    assert "has been used" in page.errors[0]


def test_wrong_codes_are_counted_like_wrong_passwords(
    client: PageClient, people: People, database: Database
) -> None:
    totp = second_factor(database, people)
    sign_in(client)
    for _ in range(4):
        client.submit("Go on", code="abc", status=422)
    sign_in(client)  # the right password again does not start the count again
    client.submit("Go on", code="abc", status=422)
    client.submit("Go on", code=totp.at(NOW), status=422)


def test_half_a_sign_in_lasts_five_minutes(
    client: PageClient, people: People, database: Database, clock: time_machine.Traveller
) -> None:
    second_factor(database, people)
    sign_in(client)
    clock.shift(timedelta(minutes=6))
    assert client.get("/sign-in/code").h1 == "Sign in"
    assert client.get("/sign-in/school").h1 == "Sign in"


def test_the_second_factor_is_set_up_with_a_first_code(as_person: AsPerson, client: PageClient) -> None:
    okafor = as_person("okafor")
    okafor.get("/account")
    page = okafor.follow("Ask for a code as well")
    secret = words_of(page.one("//code")).replace(" ", "")
    assert page.one("//img/@src").startswith("data:image/svg+xml")
    assert okafor.submit("Turn it on", code="12", status=422).errors
    okafor.submit("Turn it on", code=pyotp.TOTP(secret).at(NOW))
    okafor.submit("Sign out")
    assert sign_in(client).h1 == "Type your code"


def test_signing_out_tells_the_browser_to_forget_what_pages_kept(as_person: AsPerson) -> None:
    client = as_person("okafor")
    token = client.get("/account").one("//input[@name='csrf_token']/@value")
    response = client.flask.post("/sign-out", data={"csrf_token": token})
    assert response.status_code == 302
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_the_second_factor_goes_off_with_the_password_only_and_wrong_ones_count(
    as_person: AsPerson, people: People, database: Database
) -> None:
    second_factor(database, people)
    client = as_person("okafor")
    client.get("/account")
    client.follow("Stop asking for a code")
    for _ in range(5):
        page = client.submit("Stop asking for a code", password="not this one at all", status=422)
        assert page.errors == ["This is not your present password."]
    assert "too many" in client.submit("Stop asking for a code", password=PASSWORD, status=422).errors[0]
    with database.reading() as session:
        assert session.get_one(Person, people.okafor.person_id).second_factor_secret is not None


def test_with_the_password_the_second_factor_goes_off(
    as_person: AsPerson, people: People, database: Database
) -> None:
    second_factor(database, people)
    client = as_person("okafor")
    client.get("/account/second-factor/off")
    assert client.submit("Stop asking for a code", password=PASSWORD).h1 == "Your account"
    assert "Ask for a code as well" in client.get("/account/second-factor/off").links
