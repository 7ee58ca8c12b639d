"""The pages of the import, as the data manager walks through them."""

import io
import zlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from convo.access.models import Membership
from convo.people.classes import setup_state
from convo.people.models import ClassTeacher, HeadingMatch, Pupil, RollUpload
from tests.support.client import Page, PageClient, words_of

SAMPLES = Path(__file__).parent / "samples"
HEAD = "UPN,Surname,Forename,DOB,Class,Contact 1 Forename,Contact 1 Surname,Contact 1 Email"
ISLA = "W873293122000,Smith,Isla,31/07/2019,3Oak,Jo,Smith,jo@s.example"
AMBER = "K873259614001,Smith,Amber,10/06/2022,ROak,Jo,Smith,jo@s.example"


@pytest.fixture
def oyelaran(as_person) -> PageClient:
    return as_person("oyelaran")


def send(client: PageClient, content: str | bytes, *, skip: Collection[str] = ()) -> Page:
    if isinstance(content, str):
        content = content.encode()
    client.get("/import")
    return client.submit("See what it would do", file=(io.BytesIO(content), "roll.csv"), skip=skip)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def count(database, model) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_roll_is_shown_first_and_then_comes_in(oyelaran, database):
    before = count(database, Pupil)
    page = send(oyelaran, sample("roll.csv"))
    assert page.h1 == "What this roll would do"
    assert "40 pupils are new." in page.text
    assert count(database, Pupil) == before
    page = oyelaran.submit("Bring in 40 pupils")
    assert "The file is in: 40 new, 0 changed, 0 as before." in page.text
    assert count(database, Pupil) == before + 40
    with database.reading() as session:
        assert session.scalars(select(RollUpload.content)).all() == [b""]
    assert "0 pupils change." in send(oyelaran, sample("roll.ctf.xml")).text


def test_stop_forgets_the_file(oyelaran, database):
    send(oyelaran, sample("roll.csv"))
    oyelaran.submit("Stop")
    assert count(database, RollUpload) == 0


def test_a_kept_file_holds_no_home_address_and_is_gone_after_an_hour(oyelaran, database, clock):
    page = send(oyelaran, sample("roll.ctf.xml"))
    with database.reading() as session:
        kept = zlib.decompress(session.scalars(select(RollUpload.content)).one()).decode()
    assert "joanne.smith0@family.example" in kept
    assert "Not To Be Kept" not in kept
    assert "ZZ1 1ZZ" not in kept
    table = f"{HEAD},Home Address,Notes\n{ISLA},1 Elm Street,AB1 2CD\n"
    send(oyelaran, table)
    with database.reading() as session:
        newest = session.scalars(select(RollUpload.content).order_by(RollUpload.at.desc())).all()
    assert not any(
        b"Elm Street" in zlib.decompress(one) or b"AB1 2CD" in zlib.decompress(one) for one in newest
    )
    clock.shift(3601)
    assert "waited for more than an hour" in oyelaran.get(page.path, status=404).text


def test_refused_rows_are_named_and_the_good_ones_can_come_in(oyelaran, database):
    before = count(database, Pupil)
    page = send(oyelaran, sample("roll-messy.csv"), skip={"dates_in_words"})  # they are the file's own
    assert "Date of birth 31/02/2019 is not a date" in page.text
    assert "Bring in the good rows, leave 14 out" in page.buttons
    oyelaran.submit("Bring in the good rows, leave 14 out")
    assert count(database, Pupil) == before + 3


def test_a_change_is_shown_as_was_and_will_be(oyelaran):
    send(oyelaran, f"{HEAD}\n{ISLA}")
    oyelaran.submit("Bring in 1 pupil")
    page = send(oyelaran, f"{HEAD}\n{ISLA.replace('3Oak', '4Ash')}\n{AMBER}")
    assert "Class 3Oak 4Ash" in page.text
    assert "1 pupil is new." in page.text


def test_unknown_headings_are_explained_once_and_remembered(oyelaran, database):
    table = f"{HEAD.replace('Surname', 'Nachname', 1)},Colour\n{ISLA},red"
    page = send(oyelaran, table)
    assert page.h1 == "What do these columns hold?"
    assert "Smith" in page.text
    page = oyelaran.submit("Go on", heading_0="-", heading_1="-", status=422)
    assert "Without Surname the file cannot be read. Say which column holds it." in page.errors
    page = oyelaran.submit("Go on", heading_0="surname", heading_1="-")
    assert page.h1 == "What this roll would do"
    assert count(database, HeadingMatch) == 2
    assert send(oyelaran, table).h1 == "What this roll would do"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04 broken",
        b"\x00\xff" * 50,
        b"<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><CTfile>&c;</CTfile>",
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><CTfile>&a;</CTfile>",
        b"<html><body>no roll</body></html>",
        b"one line without anything",
    ],
    ids=["empty", "pdf", "zip", "binary", "laughs", "entity", "html", "text"],
)
def test_a_file_of_another_kind_is_refused_in_one_sentence_beside_the_field(oyelaran, database, content):
    oyelaran.get("/import")
    page = oyelaran.submit("See what it would do", file=(io.BytesIO(content), "roll.csv"), status=422)
    assert len(page.errors) == 1
    assert count(database, RollUpload) == 0


def test_a_file_that_is_too_large_is_refused_in_one_sentence(oyelaran, app):
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    oyelaran.get("/import")
    content = io.BytesIO(b"UPN,Surname,Forename,DOB\n" * 1000)
    page = oyelaran.submit("See what it would do", file=(content, "roll.csv"), status=413)
    assert "Choose a smaller file and send it again." in page.text


def test_no_file_is_asked_for(oyelaran):
    oyelaran.get("/import")
    assert oyelaran.submit("See what it would do", status=422).errors == ["Choose a file."]


def test_staff_come_in_with_their_classes_and_their_links_are_shown_once(oyelaran, database):
    page = send(oyelaran, sample("staff.csv"))
    assert page.h1 == "What this list of staff would do"
    assert "13 people are new." in page.text
    page = oyelaran.submit("Bring in 13 people")
    assert page.h1 == "Password links"
    assert len(page.all("//code")) == 13
    with database.reading() as session:
        oak = session.scalars(select(ClassTeacher).where(ClassTeacher.class_name == "5Oak")).one()
        assert oak.person.name == "Mr Okafor"
        hughes = session.scalars(select(ClassTeacher).where(ClassTeacher.class_name == "ROak")).one()
        assert hughes.person.name == "Mrs Hughes"
    members = count(database, Membership)
    page = send(oyelaran, sample("staff.csv"))
    assert "0 people are new." in page.text
    assert "19 people are as before." in page.text
    assert "Mr Okafor is key teacher of 5Oak in convo, and stays so." in page.text
    oyelaran.submit("Bring in the staff")
    assert count(database, Membership) == members


def test_a_second_tap_adds_nobody_and_shows_links_that_work(oyelaran, database):
    apply = send(oyelaran, sample("staff.csv")).path + "/apply"
    first = oyelaran.submit("Bring in 13 people")
    members = count(database, Membership)
    second = oyelaran.post(apply, {"rows": "all"})
    assert second.h1 == "Password links"
    assert "Only these links work" in second.text
    assert "Only these links work" not in first.text
    assert count(database, Membership) == members
    people = [{words_of(heading) for heading in page.all("//main//h2")} for page in (first, second)]
    assert people[0] == people[1]
    shown = [page.one("//code").text.removeprefix("http://localhost") for page in (first, second)]
    assert oyelaran.get(shown[0], status=404)
    assert oyelaran.get(shown[1]).h1 == "Set your password"


def test_a_second_tap_on_a_roll_says_the_same_again(oyelaran, database):
    apply = send(oyelaran, f"{HEAD}\n{ISLA}").path + "/apply"
    first = oyelaran.submit("Bring in 1 pupil")
    pupils = count(database, Pupil)
    second = oyelaran.post(apply, {"rows": "all"})
    said = "The file is in: 1 new, 0 changed, 0 as before."
    assert said in first.text
    assert said in second.text
    assert count(database, Pupil) == pupils
    assert "it came in already" in oyelaran.post(apply.replace("apply", "stop"), status=404).text


def test_two_taps_at_one_instant_bring_the_staff_in_once(oyelaran, as_person, database):
    apply = send(oyelaran, sample("staff.csv")).path + "/apply"
    tabs = [as_person("oyelaran"), as_person("oyelaran")]
    for tab in tabs:
        tab.get("/import")
    before = len(everyone(database))
    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda tab: tab.post(apply, {"rows": "all"}), tabs))
    assert [page.h1 for page in pages] == ["Password links"] * 2
    assert sorted("Only these links work" in page.text for page in pages) == [False, True]
    assert len(everyone(database)) == before + 13


def everyone(database):
    with database.reading() as session:
        return session.scalars(select(Membership.person_id).distinct()).all()


def test_the_same_roll_again_says_that_it_changes_nothing(oyelaran):
    page = send(oyelaran, f"{HEAD}\n{ISLA}")
    assert "changes nothing" not in page.text
    oyelaran.submit("Bring in 1 pupil")
    page = send(oyelaran, f"{HEAD}\n{ISLA}")
    assert "Bringing it in changes nothing." in page.text
    oyelaran.submit("Bring in the roll")
    assert "it came in already" in oyelaran.get(page.path, status=404).text


def test_a_contact_that_differs_is_settled_with_one_of_two_buttons(oyelaran):
    send(oyelaran, f"{HEAD}\n{ISLA}")
    oyelaran.submit("Bring in 1 pupil")
    page = send(oyelaran, f"{HEAD}\n{ISLA.replace('jo@s', 'jo@new')}")
    assert "1 thing about contacts will be asked." in page.text
    oyelaran.submit("Bring in the roll")
    page = oyelaran.follow("One contact differs from the roll: say which is right")
    assert "E-mail jo@s.example jo@new.example" in page.text
    page = oyelaran.submit("Take what the roll says")
    assert "Jo Smith: now as the roll says." in page.text
    assert "No contact differs from the roll." in page.text


@pytest.mark.parametrize(
    ("button", "words"),
    [("Join those ticked", "is one person now"), ("Those ticked are not one person", "They stay apart")],
)
def test_siblings_carers_are_joined_or_told_apart(oyelaran, button, words):
    send(oyelaran, f"{HEAD}\n{ISLA}\n{AMBER}")
    oyelaran.submit("Bring in 2 pupils")
    page = oyelaran.follow("One adult may be in convo more than once: say who is one person")
    assert "They have the same e-mail." in page.text
    assert "at least two" in oyelaran.submit(button, status=422, carer=[]).text
    oyelaran.get("/import/joining")
    page = oyelaran.submit(button)
    assert words in page.text
    assert "There is nobody to join." in page.text


def test_key_teachers_are_set_for_all_classes_at_once(oyelaran, people, database):
    send(oyelaran, f"{HEAD}\n{ISLA}\n{AMBER.replace('ROak', '')}")
    oyelaran.submit("Bring in 2 pupils")
    page = oyelaran.follow("Key teachers by class")
    assert "One pupil is in no class and without a key teacher" in page.text
    oyelaran.submit(
        "Save", class_0="", class_1=str(people.okafor.person_id), class_2=str(people.farrell.person_id)
    )
    with database.reading() as session:
        found = {row.class_name: row.person.name for row in session.scalars(select(ClassTeacher)).all()}
        assert found == {"3Oak": "Mr Okafor", "5Oak": "Ms Farrell"}
        state = setup_state(session, people.school.id)
    assert not state["key_teachers"]
    assert all(done for key, done in state.items() if key != "key_teachers")


@pytest.mark.parametrize("path", ["/import", "/import/questions", "/import/joining", "/classes"])
def test_only_the_data_manager_sees_these_pages(as_person, path):
    as_person("okafor").get(path, status=404)


def test_somebody_elses_file_is_not_found(oyelaran, as_person, people, database):
    page = send(oyelaran, sample("roll.csv"))
    with database.write() as session:
        session.add(
            Membership(
                school_id=people.school.id,
                person_id=people.farrell.person_id,
                role="data manager",
                languages=[],
            )
        )
    as_person("farrell").get(page.path, status=404)
