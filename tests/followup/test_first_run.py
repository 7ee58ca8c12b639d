"""How the pages of the first run lead from one step to the next."""

from collections.abc import Callable
from datetime import date

from convo.access.models import School
from convo.db import Database
from convo.people.models import Pupil
from tests.support.client import PageClient
from tests.support.people import People

AsPerson = Callable[[str], PageClient]


def test_saving_a_step_of_a_new_school_names_the_next_one(
    as_person: AsPerson, people: People, database: Database
) -> None:
    with database.write() as session:
        session.get_one(School, people.school.id).languages = []
    farrell = as_person("farrell")
    farrell.get("/school")
    page = farrell.submit("Save", contact_route="The office", phone="01632 960123")
    assert "Next: Choose your languages" in page.text
    page = farrell.submit("Save", languages=["ur"])
    assert "Choose your languages" not in page.text


def test_a_page_where_nothing_was_saved_names_no_next_step(as_person: AsPerson, people: People) -> None:
    assert "Next:" not in as_person("farrell").get("/school").text


def test_a_school_without_pupils_is_shown_its_next_steps_and_no_figures_of_nothing(
    as_person: AsPerson, people: People, database: Database
) -> None:
    with database.write() as session:
        for pupil in session.query(Pupil).where(~Pupil.practice):
            pupil.left_on = date(2026, 9, 1)
    page = as_person("farrell").get("/")
    assert "Before the first conversation" in page.text
    assert "What is due at the school" not in page.text
    assert "No conversation is planned for today." not in page.text
