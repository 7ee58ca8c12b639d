"""Passwords: which will do, how they are kept, and the link with which one is set."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher

from convo.access.models import Person
from convo.access.passwords import hash_password, is_password, needs_new_hash
from convo.access.rules import fit_password
from convo.access.staff import new_link
from convo.db import Database
from convo.kernel.errors import Refused
from tests.support.client import PageClient
from tests.support.people import NOW, PASSWORD, People

AsPerson = Callable[[str], PageClient]
OWN = ("okafor@fenmarket.example", "Mr Okafor", "Fenmarket Primary School")


@pytest.mark.parametrize("good", ["lantern pebble", "ونڈو کے پاس چائے", "fenmarket primary school gate"])
def test_any_twelve_characters_will_do(good: str) -> None:
    assert fit_password(good, *OWN) == good


@pytest.mark.parametrize(
    "bad",
    [
        "short words",
        "aaaaaaaaaaaaaaaa",
        "Fenmarket Primary School",
        "OKAFOR@fenmarket.EXAMPLE",
        "okaforokafor",
    ],
)
def test_what_a_stranger_would_try_first_is_refused(bad: str) -> None:
    with pytest.raises(Refused):
        fit_password(bad, *OWN)


def test_a_password_is_the_same_however_the_keyboard_composes_it() -> None:
    assert is_password(hash_password("café café café"), "café café café")


def test_a_hash_of_old_parameters_is_replaced_at_the_next_sign_in(
    client: PageClient, people: People, database: Database
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).password_hash = weak
    client.get("/sign-in?next=/account")
    client.submit("Sign in", email="okafor@fenmarket.example", password=PASSWORD)
    with database.reading() as session:
        now_stored = session.get_one(Person, people.okafor.person_id).password_hash
    assert now_stored
    assert now_stored != weak
    assert not needs_new_hash(now_stored)


@pytest.fixture
def link(database: Database, people: People) -> str:
    with database.write() as session:
        return "/password/" + new_link(session, people.oyelaran, NOW, people.okafor.person_id)


def test_a_link_works_once_and_ends_every_sign_in(link: str, client: PageClient, as_person: AsPerson) -> None:
    tablet = as_person("okafor")
    assert "okafor@fenmarket.example" in client.get(link).text
    assert client.get(link).h1 == "Set your password"  # looking does not use it up
    assert client.submit("Set the password", password="too short", status=422).errors
    assert client.submit("Set the password", password="seven slow green herons").h1 == "Sign in"
    assert tablet.get("/account").h1 == "Sign in"
    assert "has been used" in client.get(link, status=404).text
    client.get("/sign-in?next=/account")
    page = client.submit("Sign in", email="okafor@fenmarket.example", password="seven slow green herons")
    assert page.h1 == "Your account"


def test_a_link_runs_out_after_seven_days(
    link: str, client: PageClient, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=7, seconds=1))
    client.get(link, status=404)
    client.get("/password/made-up", status=404)


def test_a_newer_link_ends_the_one_before(
    link: str, client: PageClient, database: Database, people: People
) -> None:
    with database.write() as session:
        newer = new_link(session, people.oyelaran, NOW, people.okafor.person_id)
    client.get(link, status=404)
    client.get(f"/password/{newer}")


def test_changing_ones_password_asks_for_the_old_one_and_ends_other_sign_ins(as_person: AsPerson) -> None:
    desk, tablet = as_person("okafor"), as_person("okafor")
    desk.get("/account/password")
    page = desk.submit(
        "Change the password", old="guess guess guess", new="seven slow green herons", status=422
    )
    assert page.errors == ["This is not your present password."]
    page = desk.submit("Change the password", old=PASSWORD, new="Mr Okafor Okafor", status=200)
    assert page.h1 == "Your account"
    assert tablet.get("/account").h1 == "Sign in"


WRONG = "guess guess guess"


def test_wrong_tries_at_the_old_password_count_as_they_do_at_sign_in(
    as_person: AsPerson, client: PageClient, clock: time_machine.Traveller
) -> None:
    found_on_a_desk = as_person("okafor")
    found_on_a_desk.get("/account/password")
    new = "seven slow green herons"
    for _ in range(5):
        found_on_a_desk.submit("Change the password", old=WRONG, new=new, status=422)
    page = found_on_a_desk.submit("Change the password", old=PASSWORD, new=new, status=422)
    assert "too many" in page.errors[0]
    client.get("/sign-in")
    client.submit("Sign in", email="okafor@fenmarket.example", password=PASSWORD, status=422)
    clock.shift(timedelta(minutes=15, seconds=1))
    found_on_a_desk.get("/account/password")
    assert found_on_a_desk.submit("Change the password", old=PASSWORD, new=new).h1 == "Your account"


def test_a_right_old_password_forgets_the_wrong_tries_before_it(as_person: AsPerson) -> None:
    desk = as_person("okafor")
    for old, new in ((PASSWORD, "seven slow green herons"), ("seven slow green herons", PASSWORD)):
        desk.get("/account/password")
        for _ in range(4):
            desk.submit("Change the password", old=WRONG, new=new, status=422)
        assert desk.submit("Change the password", old=old, new=new).h1 == "Your account"


def sign_in(client: PageClient) -> str:
    client.get("/sign-in?next=/account")
    return client.submit("Sign in", email="okafor@fenmarket.example", password=PASSWORD).text


def test_who_had_a_password_is_told_at_each_sign_in_who_made_a_link_to_set_it(
    link: str, client: PageClient, clock: time_machine.Traveller
) -> None:
    told = "A link to set your password was made by Mrs Oyelaran on 23 November 2026."
    assert told in sign_in(client)
    client.submit("Sign out")
    clock.shift(timedelta(days=13))
    assert told in sign_in(client)  # whoever signed in first after it may not have been Mr Okafor
    client.submit("Sign out")
    clock.shift(timedelta(days=2))
    assert told not in sign_in(client)
    account = client.get("/account").text
    assert "A link to set your password was made by Mrs Oyelaran on Monday 23 November 2026" in account


def test_the_link_that_somebody_new_waits_for_is_no_news(
    client: PageClient, database: Database, people: People
) -> None:
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).password_hash = None
        token = new_link(session, people.oyelaran, NOW, people.okafor.person_id)
    client.get(f"/password/{token}")
    client.submit("Set the password", password=PASSWORD)
    assert "was made by" not in sign_in(client)


def test_the_trail_says_who_made_a_link_for_whom(link: str, as_person: AsPerson) -> None:
    text = as_person("farrell").get("/audit").text
    assert "Password: Mr Okafor, link made" in text
