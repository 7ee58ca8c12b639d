"""The school's own page, its terms, the log of concerns, and the first steps."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access import operations, queries
from convo.access.checklist import steps
from convo.access.models import AuditEntry, ConcernAnswer, School
from convo.access.operations import SafeguardingContact
from convo.access.rules import Actor, Role
from convo.db import Database
from convo.kernel.errors import NotFound, Refused
from convo.kernel.school_year import TermDates, usual_terms
from convo.kernel.text import folded
from convo.language.catalogue import translated_tags
from convo.people.models import Pupil
from convo.people.queries import languages_of_roll
from tests.support.client import Page, PageClient
from tests.support.page_rules import words_of
from tests.support.people import NOW, People, add_staff

AsPerson = Callable[[str], PageClient]


def test_the_school_is_set_on_its_page(as_person: AsPerson, people: People, database: Database) -> None:
    farrell = as_person("farrell")
    farrell.get("/school")
    page = farrell.submit(
        "Save", name="Fenmarket <Primary> & Nursery", languages=["ti", "pl", "ur"], signature_line=True
    )
    assert "Saved." in page.text
    assert "Fenmarket <Primary> & Nursery" in page.form["name"]
    with database.reading() as session:
        school = session.get_one(School, people.school.id)
        assert school.languages == ["ur", "pl", "ti"]  # those chosen before keep their place
        assert school.signature_line
        assert queries.safeguarding_ready(school)


def test_a_lead_needs_a_way_to_be_reached_and_another_deputy(as_person: AsPerson, people: People) -> None:
    farrell = as_person("farrell")
    farrell.get("/school")
    farrell.follow("Safeguarding")
    assert farrell.submit("Save", lead_reach="", status=422).errors == ["Say how to reach the lead at once."]
    lead, head = str(people.farrell.person_id), str(people.lindqvist.person_id)
    page = farrell.submit("Save", lead_reach="room 4", deputy_id=lead, status=422)
    assert page.errors == ["Choose two people, so that one can be reached."]
    assert "are saved" in farrell.submit("Save", lead_id=head, deputy_id=lead).text
    farrell.get("/concerns", status=404)  # she is the deputy now, and only the lead reads the log
    as_lead = as_person("lindqvist")
    as_lead.get("/concerns")


def test_a_stranger_cannot_be_made_safeguarding_lead(session: Session, people: People, now: datetime) -> None:
    stranger = SafeguardingContact(people.stranger.person_id, "room 4")
    deputy = SafeguardingContact(people.farrell.person_id, "room 5")
    with pytest.raises(NotFound):
        operations.set_safeguarding(session, people.oyelaran, now, lead=stranger, deputy=deputy)


def test_the_next_years_terms_start_from_the_usual_ones(
    as_person: AsPerson, people: People, database: Database
) -> None:
    oyelaran = as_person("oyelaran")
    oyelaran.get("/school/terms")
    page = oyelaran.follow("Terms of 2027/28")
    assert "These are the usual dates" in page.text
    oyelaran.submit("Save the terms", starts_1="2027-09-06", ends_1="2027-12-17")
    with database.reading() as session:
        first = queries.terms_of(session, people.school.id, 2027)[0]
    assert first == TermDates(1, "Autumn", date(2027, 9, 6), date(2027, 12, 17))
    assert "These are the usual dates" not in oyelaran.get("/school/terms?year=2027").text
    oyelaran.get("/school/terms?year=1066", status=404)


@pytest.mark.parametrize(
    ("number", "change", "field"),
    [
        (1, {"ends_on": date(2026, 8, 31)}, "ends_1"),
        (2, {"starts_on": date(2026, 12, 31)}, "starts_2"),
        (3, {"ends_on": date(2027, 9, 2)}, None),
    ],
)
def test_terms_follow_each_other_inside_the_school_year(
    session: Session, people: People, now: datetime, number: int, change: dict[str, date], field: str | None
) -> None:
    terms = [term._replace(**change) if term.number == number else term for term in usual_terms(2026)]
    if number == 3:
        terms[2] = terms[2]._replace(starts_on=date(2027, 9, 1))
    with pytest.raises(Refused) as refusal:
        operations.set_terms(session, people.oyelaran, now, 2026, terms)
    assert refusal.value.field == field


def test_a_concern_is_told_to_the_safeguarding_lead_alone(
    as_person: AsPerson, people: People, database: Database
) -> None:
    with database.write() as session:
        first = operations.open_concern(session, people.okafor, NOW)
        operations.answer_concern(session, people.okafor, first.id, ConcernAnswer.BY_MISTAKE)
        operations.open_concern(session, people.whitaker, NOW)
        assert session.scalars(select(AuditEntry.id)).all() == []
        with pytest.raises(NotFound):
            operations.answer_concern(session, people.whitaker, first.id, ConcernAnswer.GOING_TO_LEAD)
    farrell = as_person("farrell")
    farrell.get("/account")
    page = farrell.follow("See when it was opened")
    assert "Mr Okafor" in page.text
    assert "Opened by mistake" in page.text
    assert "Monday 23 November 2026, 14:00" in page.text
    assert "See when it was opened" not in as_person("lindqvist").get("/account").links


def test_a_concern_that_goes_to_the_lead_does_not_become_a_mistake(session: Session, people: People) -> None:
    concern = operations.open_concern(session, people.okafor, NOW)
    for answer in (ConcernAnswer.BY_MISTAKE, ConcernAnswer.GOING_TO_LEAD, ConcernAnswer.BY_MISTAKE):
        operations.answer_concern(session, people.okafor, concern.id, answer)
    assert concern.answer is ConcernAnswer.GOING_TO_LEAD


def test_the_trail_shows_fifty_a_page_and_one_person_if_asked(
    as_person: AsPerson, people: People, database: Database
) -> None:
    oyelaran = as_person("oyelaran")
    with database.write() as session:
        for year in range(60):
            operations.set_terms(session, people.farrell, NOW, 2000 + year, usual_terms(2000 + year))
    page = oyelaran.get("/audit")
    assert len(page.all("//tbody/tr")) == 50
    assert "Page 1 of 2" in page.text
    assert len(oyelaran.follow("More").all("//tbody/tr")) == 11
    page = oyelaran.submit("Show", person=str(people.oyelaran.person_id))
    assert len(page.all("//tbody/tr")) == 1
    assert "Signed in" in page.text
    oyelaran.get("/audit?page=9", status=404)


def test_the_first_steps_stand_in_their_order_with_what_is_done() -> None:
    keys = ["school", "terms", "languages", "staff", "safeguarding", "roll", "key_teachers", "practice"]
    found = steps({**dict.fromkeys(keys, False), "school": True})
    assert [step.key for step in found] == keys
    assert [step.key for step in found if step.done] == ["school"]


def languages(page: Page) -> tuple[set[str], list[str]]:
    """The languages that stand as chips on the page, and in their order those behind a line to open."""
    field = page.one("//fieldset[@id='languages']")
    chips = field.xpath(".//div[@class='chips']//input/@value")
    behind = field.xpath(".//details//li//label")
    return set(chips), [words_of(label) for label in behind]


def test_the_languages_of_the_school_and_its_roll_stand_first_the_others_behind_one_line(
    as_person: AsPerson, people: People, database: Database
) -> None:
    with database.write() as session:
        for pupil, code in ((people.zoe, "LIT"), (people.practice, "RUS"), (people.olu, "YOR")):
            session.get_one(Pupil, pupil.id).home_language = code
    farrell = as_person("farrell")
    chips, behind = languages(farrell.get("/school"))
    assert chips == {"ur", "pl", "ar", "lt"}  # Arabic is chosen, Lithuanian is the roll's
    assert len(behind) > 70
    names = [label.partition(" · ")[0] for label in behind]
    assert names == sorted(names, key=folded)
    assert any(label.startswith("Yoruba · ") for label in behind)
    assert "English" not in " ".join(behind)
    page = farrell.submit("Save", languages=["ur", "pl", "ar", "ti"])
    assert languages(page)[0] == {"ur", "pl", "ar", "lt", "ti"}


def test_a_school_without_roll_or_choice_is_offered_the_languages_that_most_families_read(
    as_actor: Callable[[Actor], PageClient], people: People, database: Database
) -> None:
    with database.write() as session:
        head = add_staff(session, session.get_one(School, people.other_school.id), "Mr Frost", Role.SENCO)
    chips, _ = languages(as_actor(head).get("/school"))
    assert {"ur", "pl", "pa", "ro"} <= chips <= set(translated_tags())
    assert len(chips) < 12


def test_what_was_ticked_among_the_others_is_not_hidden_again_when_the_page_is_refused(
    as_person: AsPerson, people: People
) -> None:
    farrell = as_person("farrell")
    farrell.get("/school")
    assert "ti" in languages(farrell.submit("Save", name="", languages=["ti"], status=422))[0]


def test_the_roll_suggests_what_families_read_the_commonest_first(session: Session, people: People) -> None:
    for pupil, code in ((people.zoe, "ENG"), (people.szymon, "BNGS"), (people.yusuf, "BNGS")):
        session.get_one(Pupil, pupil.id).home_language = code
    assert languages_of_roll(session, people.school.id) == ["bn", "ur"]  # Sylheti speakers read Bengali
