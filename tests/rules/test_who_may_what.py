"""People and routes: who gets what. Every route stands in the table; one that does not fails.

Fenmarket's people ask for what is Fenmarket's. Mrs Whitaker and Mrs Kaur have no part in any of it; the head
and the data manager see that a conversation was held, not what was said. "out" has not signed in.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for

from convo.access.guard import OPEN_ENDPOINTS
from convo.access.rules import Role
from convo.access.staff import mark_left
from convo.db import Database
from tests.support.client import PageClient
from tests.support.people import NOW, People, add_staff
from tests.support.sample import Sample, lay_out

Visit = Callable[[str], PageClient]
Values = dict[str, Any]

PEOPLE = ("okafor", "whitaker", "farrell", "oyelaran", "lindqvist", "kaur", "out")
# okafor leads · whitaker teaches · farrell SENCO · oyelaran data manager · lindqvist head · kaur assistant
# fmt: off
TABLE = """
GET  access.account                         200  200  200  200  200  200  302
POST access.account_end_others              302  302  302  302  302  302  302
GET  access.account_password                200  200  200  200  200  200  302
POST access.account_password                422  422  422  422  422  422  302
POST access.account_school                  404  404  404  404  404  404  302
GET  access.account_second_factor           200  200  200  200  200  200  302
POST access.account_second_factor           422  422  422  422  422  422  302
GET  access.account_second_factor_off       302  302  302  302  302  302  302
POST access.account_second_factor_off       302  302  302  302  302  302  302
GET  access.audit_trail                     404  404  200  200  404  404  302
GET  access.colours                         200  200  200  200  200  200  302
GET  access.concerns                        404  404  200  404  404  404  302
GET  access.logo                            200  200  200  200  200  200  302
GET  access.password_link                   200  200  200  200  200  200  200
POST access.password_link                   422  422  422  422  422  422  422
GET  access.school                          404  404  200  200  404  404  302
POST access.school                          404  404  302  302  404  404  302
GET  access.school_look                     404  404  200  200  404  404  302
POST access.school_look                     404  404  302  302  404  404  302
GET  access.school_safeguarding             404  404  200  200  404  404  302
POST access.school_safeguarding             404  404  302  302  404  404  302
GET  access.school_terms                    404  404  200  200  404  404  302
POST access.school_terms                    404  404  422  422  404  404  302
POST access.session_sign_in                 401  401  401  401  401  401  401
GET  access.session_state                   200  200  200  200  200  200  200
GET  access.sign_in_code                    302  302  302  302  302  302  302
POST access.sign_in_code                    302  302  302  302  302  302  302
GET  access.sign_in_page                    302  302  302  302  302  302  200
POST access.sign_in_page                    422  422  422  422  422  422  422
GET  access.sign_in_school                  302  302  302  302  302  302  302
POST access.sign_in_school                  302  302  302  302  302  302  302
GET  access.staff_edit                      404  404  404  200  404  404  302
POST access.staff_edit                      404  404  404  422  404  404  302
GET  access.staff_left                      404  404  404  200  404  404  302
POST access.staff_link                      404  404  404  200  404  404  302
GET  access.staff_list                      404  404  404  200  404  404  302
POST access.staff_lost_phone                404  404  404  302  404  404  302
GET  access.staff_new                       404  404  404  200  404  404  302
POST access.staff_new                       404  404  404  422  404  404  302
GET  access.tablet                          200  200  200  200  200  200  302
GET  colleagues.choose                      200  404  200  404  404  404  302
POST colleagues.join                        302  404  302  404  404  404  302
POST concerns.take                          200  404  200  404  404  404  401
GET  copy_check.page                        200  200  200  200  200  200  302
POST copy_check.page                        422  422  422  422  422  422  302
GET  corrections.correct                    200  404  200  404  404  404  302
POST corrections.correct                    422  404  422  404  404  404  302
GET  family.turn                            200  404  200  404  404  404  302
GET  favicon                                302  302  302  302  302  302  302
GET  followup.home                          200  200  200  200  200  200  302
GET  followup.horizon                       404  404  200  404  200  404  302
GET  followup.horizon_file                  404  404  200  404  200  404  302
GET  health                                 200  200  200  200  200  200  200
GET  help.index                             200  200  200  200  200  200  302
GET  help.page                              200  200  200  200  200  200  302
GET  help.paper_hour                        200  200  200  200  200  200  302
GET  history.versions                       200  404  200  404  404  404  302
POST history.bring_back                     422  404  422  404  404  404  302
GET  hour.guide                              200  404  200  404  404  404  302
POST hour.save_stage                        422  404  422  404  404  404  302
GET  hour.stage                             200  404  200  404  404  404  302
GET  journal.missed                         200  404  200  404  404  404  401
POST journal.take                           200  404  200  404  404  404  401
POST journal.take_notes                     200  404  200  404  404  404  401
GET  kept_aside.page                        404  404  200  404  404  404  302
POST kept_aside.decide                      404  404  422  404  404  404  302
GET  kit.kit                                200  404  200  404  404  404  302
POST pause.answer                           404  404  404  404  404  404  302
POST pause.concern                          200  404  200  404  404  404  302
GET  left_behind.ask                        200  200  200  200  200  200  302
POST left_behind.take                       422  422  422  422  422  422  302
GET  offline.shell                          200  200  200  200  200  200  200
GET  offline.worker                         200  200  200  200  200  200  200
GET  pause.pause                            200  404  200  404  404  404  302
GET  manifest                               200  200  200  200  200  200  200
GET  planning.change                        200  404  200  404  404  404  302
POST planning.change                        422  404  422  404  404  404  302
GET  planning.conversation                  200  404  200  404  404  404  302
GET  planning.not_held                      200  404  200  404  404  404  302
POST planning.not_held                      422  404  422  404  404  404  302
POST planning.open_now                      302  404  302  404  404  404  302
GET  planning.paper                         200  404  200  404  200  404  302
POST planning.paper                         422  404  422  404  422  404  302
GET  planning.plan                          200  404  200  404  200  404  302
POST planning.plan                          422  404  422  404  422  404  302
GET  planning.rebook                        200  404  200  404  404  404  302
POST planning.rebook                        422  404  422  404  404  404  302
POST planning.start                         422  404  422  404  422  404  302
GET  printing.everything                    404  404  302  302  404  404  302
GET  pupils.carer                           200  404  200  200  404  404  302
POST pupils.carer                           302  404  302  302  404  404  302
POST pupils.carer_languages                 302  404  302  302  404  404  302
POST pupils.make_practice                   302  302  302  302  404  404  302
GET  pupils.new_carer                       200  404  200  200  404  404  302
POST pupils.new_carer                       422  404  422  422  404  404  302
GET  pupils.practice                        200  200  200  200  404  404  302
GET  pupils.pupil                           200  404  200  200  200  404  302
GET  pupils.pupil_list                      200  200  200  200  200  200  302
GET  reworded.everything                     200  404  200  404  404  404  302
POST roll.answer                            404  404  404  302  404  404  302
POST roll.apply                             404  404  404  302  404  404  302
GET  roll.classes                           404  404  404  200  404  404  302
POST roll.classes                           404  404  404  302  404  404  302
POST roll.join                              404  404  404  422  404  404  302
GET  roll.joining                           404  404  404  200  404  404  302
GET  roll.preview                           404  404  404  200  404  404  302
POST roll.preview                           404  404  404  200  404  404  302
GET  roll.questions                         404  404  404  200  404  404  302
POST roll.stop                              404  404  404  302  404  404  302
GET  roll.upload                            404  404  404  200  404  404  302
POST roll.upload                            404  404  404  422  404  404  302
GET  static                                 200  200  200  200  200  200  200
POST seal.take                              200  404  200  404  404  404  401
POST summaries.agreed                       422  404  422  404  404  404  302
POST summaries.deliver                      302  404  302  404  404  404  302
POST summaries.make_copy                    302  404  302  404  404  404  302
GET  summaries.preview                      200  404  200  404  404  404  302
GET  summaries.print_list                   404  404  200  200  404  404  302
POST summaries.print_list                   404  404  302  302  404  404  302
GET  summaries.summary                      200  404  200  404  404  404  302
GET  papers.pupil_page                      200  404  200  404  404  404  302
GET  papers.pupil_word                      200  404  200  404  404  404  302
GET  papers.record                          200  404  200  404  404  404  302
GET  papers.record_word                     200  404  200  404  404  404  302
GET  summaries.word                         200  404  200  404  404  404  302
GET  take_in.page                           200  200  200  200  200  200  302
POST take_in.page                           422  422  422  422  422  422  302
POST taps.answer                            302  404  302  404  404  404  302
POST taps.tap                               302  404  302  404  404  404  302
POST taps.take                              200  404  200  404  404  404  401
POST access.staff_left                      404  404  404  302  404  404  302
POST access.sign_out                        302  302  302  302  302  302  302
"""
# fmt: on
# Asked for last, because afterwards nothing is as before.
LAST = ("POST access.staff_left", "POST access.sign_out")

STREAMS = {"concerns.take", "journal.take", "journal.take_notes", "seal.take", "taps.take"}
OPEN_MEETING = {
    "colleagues",
    "concerns",
    "family",
    "history",
    "hour",
    "journal",
    "kit",
    "pause",
    "reworded",
    "seal",
    "taps",
}
PLANNED_MEETING = {"planning.change", "planning.open_now", "planning.not_held"}


def table() -> dict[str, dict[str, int]]:
    """Return method and endpoint to who gets which status, those that change most at the end."""
    rows = [line.split() for line in TABLE.strip().splitlines()]
    found = {
        f"{method} {endpoint}": dict(zip(PEOPLE, map(int, statuses), strict=True))
        for method, endpoint, *statuses in rows
    }
    return {key: found[key] for key in sorted(found, key=LAST.__contains__)}


@pytest.fixture
def sample(database: Database, people: People) -> Sample:
    with database.write() as session:
        return lay_out(session, people)


def ours(endpoint: str, sample: Sample, people: People) -> Values:
    """Return what stands in a route's address, of Fenmarket."""
    meeting = sample.closed
    if endpoint.partition(".")[0] in OPEN_MEETING:
        meeting = sample.open
    elif endpoint in PLANNED_MEETING:
        meeting = sample.planned
    elif endpoint == "planning.rebook":
        meeting = sample.missed
    pupil_id, carer_id = people.amina.id, people.mrs_khan.id
    if endpoint == "roll.answer":
        pupil_id, carer_id = sample.question
    return {
        "conversation_id": meeting,
        "pupil_id": pupil_id,
        "carer_id": carer_id,
        "issue_id": sample.issue,
        "upload_id": sample.upload,
        "proposal_id": sample.proposal,
        "thing_id": sample.entry,
        "person_id": sample.spare,
        "token": sample.link,
        "digest": sample.digest,
        "filename": "favicon.svg",
    }


def bodies(values: Values) -> dict[str, Values]:
    """Return what is sent where an empty form would tell nothing; elsewhere only the token is."""
    return {
        "summaries.make_copy": {"carer": values["carer_id"], "language": "en"},
        "summaries.deliver": {"way": "given"},
        "colleagues.join": {"person": values["person_id"]},
    }


def ask(
    app: Flask, client: PageClient, method: str, endpoint: str, values: Values, token: str | None = None
) -> int:
    """Visit a route with those of the values that stand in its address, and return the status."""
    rule = next(rule for rule in app.url_map.iter_rules(endpoint) if method in (rule.methods or ()))
    named = {name: value for name, value in values.items() if name in rule.arguments}
    if "slug" in rule.arguments:
        named["slug"] = "teacher" if endpoint == "help.page" else "explore"
    if "thing" in rule.arguments:
        named["thing"] = "entry"
    with app.test_request_context():
        address = url_for(endpoint, _method=method, **named)
    sent: Values = {}
    if method == "POST":
        if token is None:
            token = client.flask.get("/session").get_json()["csrf"]
        sent["data"] = {"csrf_token": token, **bodies(values).get(endpoint, {})}
        if endpoint in STREAMS:
            sent = {"json": {"changes": []}, "headers": {"X-CSRFToken": token}}
    with client.flask.open(address, method=method, **sent) as answer:
        return answer.status_code


def test_every_route_stands_in_the_table(app: Flask) -> None:
    routes = {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(table()) == routes


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_gets_what_the_table_says(
    app: Flask, people: People, sample: Sample, as_person: Visit, name: str
) -> None:
    client = PageClient(app) if name == "out" else as_person(name)
    got = {}
    for key in table():
        method, endpoint = key.split()
        got[key] = ask(app, client, method, endpoint, ours(endpoint, sample, people))
    wanted = {key: statuses[name] for key, statuses in table().items()}
    assert {key: (got[key], wanted[key]) for key in got if got[key] != wanted[key]} == {}


def with_ids(app: Flask, sample: Sample) -> list[str]:
    """Return the routes whose address names something of a school."""
    return [
        key
        for key in table()
        if any(set(rule.arguments) & set(sample.theirs) for rule in app.url_map.iter_rules(key.split()[1]))
    ]


@pytest.mark.parametrize("name", ["okafor", "farrell", "oyelaran", "lindqvist", "kaur"])
def test_what_is_another_schools_does_not_exist(
    app: Flask, sample: Sample, as_person: Visit, name: str
) -> None:
    client = as_person(name)
    got = {key: ask(app, client, *key.split(), sample.theirs) for key in with_ids(app, sample)}
    assert {key: status for key, status in got.items() if status != 404} == {}


def test_another_schools_person_with_every_role_gets_nothing_of_ours(
    app: Flask, people: People, sample: Sample, as_actor: Callable[[Any], PageClient]
) -> None:
    client = as_actor(sample.rival)
    got = {}
    for key in with_ids(app, sample):
        method, endpoint = key.split()
        got[key] = ask(app, client, method, endpoint, ours(endpoint, sample, people))
    assert {key: status for key, status in got.items() if status != 404} == {}
    own = {key: ask(app, client, *key.split(), sample.theirs) for key in with_ids(app, sample)}
    there = {key for key, status in own.items() if status != 404}
    assert len(there) > 40  # the ids are of things that are there


def test_nobody_who_has_left_gets_in(
    app: Flask, database: Database, people: People, sample: Sample, as_person: Visit
) -> None:
    client = as_person("okafor")
    with database.write() as session:
        mark_left(session, people.oyelaran, NOW, people.okafor.person_id)
    for key in table():
        method, endpoint = key.split()
        if endpoint not in OPEN_ENDPOINTS:
            status = ask(app, client, method, endpoint, ours(endpoint, sample, people))
            assert status == table()[key]["out"], key


def test_no_form_is_taken_without_its_token(
    app: Flask, database: Database, people: People, sample: Sample, as_actor: Callable[[Any], PageClient]
) -> None:
    with database.write() as session:
        actor = add_staff(session, people.school, "Mx Everything", *Role)
    client = as_actor(actor)
    got = {}
    for key in table():
        method, endpoint = key.split()
        if method == "POST":
            for token in ("", "wrong"):
                status = ask(app, client, method, endpoint, ours(endpoint, sample, people), token)
                got[key, token] = status
    assert {key: status for key, status in got.items() if status != 400} == {}
