"""The home page, what is due at the school, and its file."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import AuditEntry, School, Term
from convo.conversation.models import Conversation
from convo.conversation.rules import Interpreter, State, Way
from convo.db import Database
from convo.people.models import ClassTeacher, Pupil
from convo.plan.rules import Doer, Outcome
from tests.followup.rows import EARLIER, TODAY, decide, meeting, promise
from tests.support.client import PageClient
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]


@pytest.fixture
def autumn(database: Database, people: People) -> Iterator[Session]:
    """A school in the middle of its first round, in a session that is committed before a page is fetched."""
    with database.write() as session:
        first = meeting(session, people.szymon, people.okafor)
        promise(session, first, "A reading book every week", TODAY - timedelta(days=1), Doer.SCHOOL)
        promise(session, first, "Ten minutes of reading", TODAY - timedelta(days=5), Doer.HOME)
        old = promise(session, first, "Packs the bag", TODAY + timedelta(days=7), Doer.PUPIL)
        second = meeting(session, people.szymon, people.okafor, starts_at=EARLIER + timedelta(days=7))
        decide(session, old, second, Outcome.NOT_TALKED_ABOUT)
        promise(session, meeting(session, people.zoe, people.whitaker), "Speaks up", TODAY, Doer.PUPIL)
        meeting(session, people.amina, people.okafor, State.NOT_HELD)
        yield session


def store(database: Database, *meetings: tuple[Pupil, State], people: People) -> None:
    with database.write() as session:
        for pupil, state in meetings:
            meeting(session, pupil, people.okafor, state, NOW)


def test_the_page_names_each_thing_in_words_beside_its_colour(
    autumn: Session, people: People, as_person: Visit
) -> None:
    autumn.commit()
    page = as_person("farrell").get("/horizon")
    assert page.h1 == "What is due"
    assert "Round 1 of 3, Autumn, school year 2026/27. Today is Monday 23 November 2026." in page.text
    figures = {words: href for words, href in page.links.items() if href.startswith("#") and href != "#main"}
    assert figures == {
        "2 late": "#open-actions",
        "2 due in the next two weeks": "#open-actions",
        "1 not talked about last time": "#not-talked-about",
        "2 without a conversation in this round": "#no-conversation",
    }
    assert "late 1 day" in page.text
    assert "late 5 days" in page.text
    assert "pupil Somebody not talked about" in page.text
    assert "Szymon Wójcik, 21 October 2026: Packs the bag" in page.text
    assert "14 October 2026: The family could not" in page.text
    places = [page.text.index(what) for what in ("A reading book", "Ten minutes", "Packs the bag")]
    assert places == sorted(places)
    assert page.links["Szymon Wójcik"] == f"/pupils/{people.szymon.id}"


def test_the_page_narrows_to_one_class_and_forgets_a_class_that_is_not_there(
    autumn: Session, people: People, as_person: Visit
) -> None:
    autumn.commit()
    client = as_person("farrell")
    client.get("/horizon")
    page = client.submit("Show", **{"class": "2Ash"})
    assert "Speaks up" in page.text
    assert "A reading book" not in page.text
    assert "Speaks up" in client.get(f"/horizon?teacher={people.whitaker.person_id}").text
    assert "A reading book" in client.get("/horizon?class=9Nowhere&teacher=nobody").text


def test_a_school_on_which_nothing_has_begun_is_told_so(people: People, as_person: Visit) -> None:
    page = as_person("lindqvist").get("/horizon")
    assert "Nothing is open. Actions come from conversations, once they are closed." in page.text
    assert "4 without a conversation in this round" in page.links


def test_a_school_without_pupils_is_not_told_that_every_pupil_has_had_a_conversation(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        session.query(Pupil).update({"left_on": TODAY})
    page = as_person("farrell").get("/horizon")
    assert "There are no pupils here yet." in page.text
    assert "Every pupil has had one." not in page.text


def test_a_teacher_does_not_find_what_is_due_at_the_whole_school(people: People, as_person: Visit) -> None:
    for address in ("/horizon", "/horizon.csv"):
        as_person("okafor").get(address, status=404)


def csv_of(client: PageClient, address: str = "/horizon.csv") -> list[dict[str, str]]:
    answer = client.flask.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_file_holds_what_the_page_shows_and_the_trail_says_who_took_it(
    autumn: Session, people: People, database: Database, as_person: Visit
) -> None:
    autumn.commit()
    client = as_person("farrell")
    assert client.get("/horizon?class=5Oak").links["Download as a spreadsheet"] == "/horizon.csv?class=5Oak"
    rows = csv_of(client, "/horizon.csv?class=5Oak")
    assert [(row["Due"], row["Pupil"], row["By when"], row["Days late"]) for row in rows] == [
        ("Open action", "Szymon Wójcik", "2026-11-18", "5"),
        ("Open action", "Szymon Wójcik", "2026-11-22", "1"),
        ("Open action", "Szymon Wójcik", "2026-11-30", "0"),
        ("No conversation in round 1", "Amina Khan", "", ""),
    ]
    assert rows[0]["Since then"] == "no word yet"
    assert rows[2]["Since then"] == "not talked about on 2026-10-21"
    assert rows[3]["Not held"] == "2026-10-14 family could not"
    with database.reading() as session:
        taken = session.scalars(select(AuditEntry).where(AuditEntry.act == "download")).one()
    assert (taken.person_id, taken.thing, taken.note) == (people.farrell.person_id, "what is due", "5Oak")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_the_file_is_a_formula(
    database: Database, people: People, as_person: Visit, start: str
) -> None:
    words = f'{start}HYPERLINK("http://evil.example","click")'
    with database.write() as session:
        row = session.get_one(Pupil, people.szymon.id)
        row.preferred_forename, row.class_name = words, words[:40]
        promise(session, meeting(session, people.szymon, people.okafor), words, TODAY, who=words)
    (action, *_rest) = csv_of(as_person("farrell"))
    for heading in ("Pupil", "Class", "Action", "Who"):
        assert action[heading].startswith(f"'{start}HYPER"), heading


def test_the_day_opens_with_its_conversations_each_one_tap_away(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        planned = meeting(
            session,
            people.szymon,
            people.okafor,
            State.PLANNED,
            NOW + timedelta(minutes=30),
            way=Way.VIDEO,
            interpreter=Interpreter.PHONE,
        )
        running = meeting(session, people.amina, people.okafor, State.OPEN, NOW, stage="focus")
        meeting(session, people.zoe, people.whitaker, State.PLANNED, NOW)
    client = as_person("okafor")
    page = client.get("/")
    assert "14:30 Szymon Wójcik, 5Oak By video, interpreter by phone, led by Mr Okafor" in page.text
    assert "Zoë" not in page.text
    continues = next(href for words, href in page.links.items() if words.startswith("Continue"))
    assert continues == f"/conversations/{running.id}/focus"
    assert "Open the conversation about Szymon Wójcik" in page.buttons
    answer = client.flask.post(f"/conversations/{planned.id}/open", data={"csrf_token": client.token})
    assert answer.location == f"/conversations/{planned.id}/explore"
    with database.reading() as session:
        assert session.get_one(Conversation, planned.id).state is State.OPEN


def test_a_meeting_whose_day_has_passed_asks_what_became_of_it(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        missed = meeting(session, people.szymon, people.okafor, State.PLANNED, NOW - timedelta(days=3))
    page = as_person("okafor").get("/")
    assert "No conversation is planned for today." in page.text
    assert "Friday 20 November 2026, 14:00" in page.text
    link = "Say what happened with the family of Szymon Wójcik"
    assert page.links[link] == f"/conversations/{missed.id}"


def test_a_teacher_sees_what_is_due_for_their_own_pupils_only(
    autumn: Session, people: People, as_person: Visit
) -> None:
    autumn.commit()
    page = as_person("okafor").get("/")
    assert "You are key teacher of 2 pupils." in page.text
    assert "Ten minutes of reading" in page.text
    assert "Amina Khan" in page.text
    assert "Speaks up" not in page.text
    assert "Yusuf" not in page.text
    assert "See what is due" not in page.links


def test_the_senco_finds_the_way_to_what_is_due_at_the_school(
    autumn: Session, people: People, as_person: Visit
) -> None:
    autumn.commit()
    client = as_person("farrell")
    page = client.get("/")
    assert page.links["2 late"] == "/horizon#open-actions"
    assert client.follow("See what is due").h1 == "What is due"


def test_a_teacher_of_no_class_is_told_who_can_change_that(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        session.query(ClassTeacher).filter_by(person_id=people.okafor.person_id).delete()
    page = as_person("okafor").get("/")
    assert (
        "You are key teacher of nobody yet. Your school’s data manager sets that, class by class."
        in page.text
    )


def test_an_assistant_without_a_meeting_is_told_that_nothing_waits(people: People, as_person: Visit) -> None:
    page = as_person("kaur").get("/")
    assert "Nothing waits for you today." in page.text


def test_a_new_school_is_led_through_its_first_steps_and_each_step_knows_when_it_is_done(
    database: Database, people: People, as_person: Visit
) -> None:
    with database.write() as session:
        here = session.get_one(School, people.school.id)
        here.contact_route, here.safeguarding_deputy_id = "", None
        session.query(Term).filter_by(school_id=here.id).delete()
    page = as_person("oyelaran").get("/")
    assert "5 of 8 steps done." in page.text
    assert page.links["Say who you are"] == "/school"
    to_head = as_person("lindqvist").get("/")
    assert "5 of 8 steps done." in to_head.text
    assert "Say who you are" in to_head.text
    assert "Say who you are" not in to_head.links  # the head may not change the school's page
    assert "steps done" not in as_person("okafor").get("/").text


def test_the_first_steps_go_when_all_are_done_and_come_back_for_a_class_without_key_teacher(
    database: Database, people: People, as_person: Visit
) -> None:
    client = as_person("oyelaran")
    assert "steps done" not in client.get("/").text
    with database.write() as session:
        session.query(ClassTeacher).filter_by(class_name="2Ash").delete()
    assert "7 of 8 steps done." in client.get("/").text


def test_the_practice_pupils_meeting_is_on_the_home_page_and_says_that_it_does_not_count(
    database: Database, people: People, as_person: Visit
) -> None:
    store(database, (people.practice, State.PLANNED), people=people)
    page = as_person("okafor").get("/")
    assert "Practice Pupil practice, counts nowhere" in page.text
    assert "Open the conversation about Practice Pupil" in page.buttons
