"""Wrong tries with many accounts slow down the network they come from, and nobody for long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from convo.access import sign_in
from convo.access.models import WrongTry
from convo.access.rules import network_of
from convo.access.sign_in import NETWORK_TRIES
from convo.app import create_app
from convo.db import Database
from convo.settings import Settings
from tests.support.client import PageClient
from tests.support.people import NOW, PASSWORD, People

AsPerson = Callable[[str], PageClient]
EMAIL = "okafor@fenmarket.example"
SENTENCE = "There were many wrong tries from this network. Wait a minute, then try again."


def wrong_tries(database: Database, count: int = NETWORK_TRIES, network: str | None = "127.0.0.1") -> None:
    with database.write() as session:
        for number in range(count):
            sign_in.count_wrong_try(
                session, NOW, f"nobody{number}@example.org", network, tries=5, wait=timedelta(minutes=15)
            )


def try_it(client: PageClient, password: str = PASSWORD, status: int = 200) -> list[str]:
    client.get("/sign-in?next=/account")
    return client.submit("Sign in", email=EMAIL, password=password, status=status).errors


def test_a_network_of_many_wrong_tries_waits_one_minute_and_no_longer(
    client: PageClient, people: People, database: Database, clock: time_machine.Traveller
) -> None:
    wrong_tries(database, NETWORK_TRIES - 1)
    assert try_it(client, "not this one at all", status=422) != [SENTENCE]  # the one that fills the measure
    for _ in range(3):
        clock.shift(19)
        assert try_it(client, status=422) == [SENTENCE]  # asking while it waits does not prolong it
    clock.shift(4)
    assert try_it(client) == []


def test_after_the_measure_is_full_each_wrong_try_costs_a_minute(
    client: PageClient, people: People, database: Database, clock: time_machine.Traveller
) -> None:
    wrong_tries(database)
    clock.shift(61)
    assert try_it(client, "not this one at all", status=422) != [SENTENCE]
    assert try_it(client, status=422) == [SENTENCE]
    clock.shift(timedelta(hours=1))
    assert try_it(client, "not this one at all", status=422) != [SENTENCE]
    assert try_it(client) == []


def test_right_passwords_of_a_whole_school_behind_one_address_are_not_counted(
    client: PageClient, people: People, database: Database
) -> None:
    wrong_tries(database, NETWORK_TRIES - 1)
    for _ in range(5):
        assert try_it(client) == []
        client.submit("Sign out")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WrongTry)) == NETWORK_TRIES - 1


def test_another_network_does_not_wait(client: PageClient, people: People, database: Database) -> None:
    wrong_tries(database, network="192.0.2.7")
    assert try_it(client) == []


def test_every_worker_counts_in_the_same_place(
    client: PageClient, settings: Settings, people: People, database: Database
) -> None:
    wrong_tries(database, NETWORK_TRIES - 1)
    try_it(client, "not this one at all", status=422)
    other_worker = create_app(settings)
    assert try_it(PageClient(other_worker), status=422) == [SENTENCE]
    other_worker.extensions["convo_database"].dispose()


def test_the_tablet_in_an_hour_signs_in_again_whatever_others_tried(
    as_person: AsPerson, app: Flask, people: People, database: Database, clock: time_machine.Traveller
) -> None:
    tablet = as_person("okafor")
    clock.shift(timedelta(hours=3))
    with database.write() as session:
        for _ in range(NETWORK_TRIES):
            session.add(WrongTry(network="127.0.0.1", at=NOW + timedelta(hours=3)))
    tablet.token = tablet.flask.get("/session").get_json()["csrf"]
    other = {"email": "whitaker@fenmarket.example", "password": PASSWORD}
    assert tablet.send_json("/session", other, status=401) == {"error": SENTENCE}
    assert tablet.send_json("/session", {"email": EMAIL, "password": PASSWORD})["signed_in"] is True


def test_wrong_codes_and_wrong_old_passwords_fill_the_measure_too(
    as_person: AsPerson, database: Database
) -> None:
    desk = as_person("okafor")
    desk.get("/account/password")
    desk.submit("Change the password", old="guess guess guess", new="seven slow green herons", status=422)
    with database.reading() as session:
        assert session.scalars(select(WrongTry.network)).all() == ["127.0.0.1"]


def test_addresses_are_forgotten_when_they_no_longer_count(people: People, database: Database) -> None:
    wrong_tries(database, 3)
    with database.write() as session:
        sign_in.count_wrong_try(
            session, NOW + timedelta(hours=2), EMAIL, "192.0.2.7", tries=5, wait=timedelta(minutes=15)
        )
    with database.reading() as session:
        assert session.scalars(select(WrongTry.network)).all() == ["192.0.2.7"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, None),
        ("unix:", None),
    ],
)
def test_one_machine_cannot_pass_for_many_networks(address: str | None, network: str | None) -> None:
    assert network_of(address) == network
