"""What the tablet's script asks and does at ``/session``, and what it is told when a sign-in has run out."""

from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

import pyotp
import time_machine

from convo.access.models import Person
from convo.db import Database
from tests.support.client import PageClient
from tests.support.people import NOW, PASSWORD, People

AsPerson = Callable[[str], PageClient]


def state(client: PageClient) -> dict[str, object]:
    answer = client.flask.get("/session")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, object] = answer.get_json()
    client.token = str(found["csrf"])
    return found


def give(**words: object) -> dict[str, object]:
    return {"email": "okafor@fenmarket.example", "password": PASSWORD, **words}


def test_the_state_says_who_is_signed_in(client: PageClient, as_person: AsPerson, people: People) -> None:
    nobody = {"signed_in": False, "name": None, "person": None, "csrf": "", "key": None}
    assert {**state(client), "csrf": ""} == nobody
    found = state(as_person("okafor"))
    assert (found["signed_in"], found["name"]) == (True, "Mr Okafor")
    assert found["person"] == str(people.okafor.person_id)


def test_each_person_has_one_key_for_what_waits_on_a_tablet_at_every_sign_in(as_person: AsPerson) -> None:
    key = state(as_person("okafor"))["key"]
    assert len(b64decode(key)) == 32
    assert state(as_person("okafor"))["key"] == key
    assert state(as_person("farrell"))["key"] != key


def test_the_same_person_signs_in_over_the_page_and_goes_on(
    as_person: AsPerson, people: People, clock: time_machine.Traveller
) -> None:
    client = as_person("okafor")
    client.get("/account")
    clock.shift(timedelta(hours=3))
    assert client.send_json("/account/end-others", {}, status=401) == {"error": "sign in"}
    state(client)
    answer = client.send_json("/session", give(person=str(people.okafor.person_id)))
    assert (answer["signed_in"], answer["same_person"]) == (True, True)
    client.token = answer["csrf"]
    assert client.get("/account").h1 == "Your account"


def test_on_the_page_of_somebody_else_nobody_is_signed_in(
    as_person: AsPerson, client: PageClient, people: People
) -> None:
    for visitor in (client, as_person("whitaker")):
        before = state(visitor)
        sent = give(person=str(people.whitaker.person_id))
        assert "somebody else" in visitor.send_json("/session", sent, status=401)["error"]
        assert state(visitor)["person"] == before["person"]


def test_without_a_page_of_somebody_whoever_it_is_is_signed_in(as_person: AsPerson, people: People) -> None:
    client = as_person("whitaker")
    state(client)
    answer = client.send_json("/session", give())
    assert (answer["name"], answer["same_person"]) == ("Mr Okafor", False)


def test_wrong_tries_over_the_page_count_too(client: PageClient, people: People) -> None:
    state(client)
    for _ in range(5):
        assert "error" in client.send_json("/session", give(password="wrong wrong wrong"), status=401)
    assert "error" in client.send_json("/session", give(), status=401)


def test_the_code_is_asked_for_over_the_page(client: PageClient, people: People, database: Database) -> None:
    secret = pyotp.random_base32()
    with database.write() as session:
        session.get_one(Person, people.okafor.person_id).second_factor_secret = secret
    state(client)
    assert client.send_json("/session", give(), status=401)["needs"] == "code"
    assert client.send_json("/session", give(code="1"), status=401)["needs"] == "code"
    assert client.send_json("/session", give(code=pyotp.TOTP(secret).at(NOW)))["signed_in"] is True


def test_what_is_no_json_object_is_refused_in_a_sentence(client: PageClient, people: People) -> None:
    state(client)
    assert "error" in client.send_json("/session", ["okafor"], status=401)
    assert "error" in client.send_json("/session", {"email": 1, "password": None}, status=401)


def test_without_the_token_nothing_is_tried(client: PageClient, people: People) -> None:
    answer = client.flask.post("/session", json=give(), headers={"Accept": "application/json"})
    assert answer.status_code == 400
