"""Plain forms, sent without JavaScript: nothing typed is lost, nothing is done twice or unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from convo.access.models import Membership
from convo.access.rules import Role
from convo.conversation.models import Change, Conversation, Entry, Participant, Priority, Stage
from convo.conversation.rules import ChangeOutcome, StageName
from convo.db import Database
from convo.plan.models import Action, Target
from convo.plan.rules import Doer
from tests.support.client import Page, PageClient, filled_in
from tests.support.full_hour import Tablet
from tests.support.page_rules import words_of
from tests.support.people import NOW, People

Write = Callable[..., UUID]

# Fields that no change had written before: an action's agreement, and what a planned carer reads.
LEFT_OUT = [
    ("action", {"what": "Read together"}, {"agreement": "agreed"}),
    ("participant", {}, {"reads": "pl"}),
]


@pytest.fixture
def write(database: Database, people: People, meeting: UUID) -> Write:
    """Return a function that writes into the meeting as somebody's tablet does."""

    def write(thing: str, identifier: UUID | None = None, by: str = "okafor", **fields: Any) -> UUID:
        with database.write() as session:
            return Tablet(session, getattr(people, by), meeting).write(thing, identifier, **fields)

    return write


def press(visitor: PageClient, page: Page, form_id: str, **more: Any) -> Page:
    """Send a form of a page that may have been made a while ago, with some of it changed."""
    form = page.one(f"//form[@id='{form_id}']")
    return visitor.post(form.get("action"), {**filled_in(form), **more})


def texts(database: Database, model: type[Any]) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(model.text).where(~model.removed)))


def test_a_line_picked_on_two_pages_is_one_priority_and_becomes_one_target(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    entry = write("entry", text="Maps")
    for page in [okafor.get(f"/conversations/{meeting}/focus") for _ in range(2)]:
        press(okafor, page, "form-focus", do=f"pick:{entry}")
    assert texts(database, Priority) == ["Maps"]
    with database.reading() as session:
        priority = session.scalars(select(Priority.id)).one()
    for page in [okafor.get(f"/conversations/{meeting}/plan") for _ in range(2)]:
        press(okafor, page, "form-plan", do=f"target:{priority}")
    assert texts(database, Target) == ["Maps"]


def test_a_page_left_open_overnight_shows_the_minutes_that_are_booked(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    with database.write() as session:
        session.get_one(Conversation, meeting).stage_entered_at = NOW - timedelta(hours=15)
    page = okafor.get(f"/conversations/{meeting}/explore")
    explore = page.one("//*[@data-stage-time='explore']")
    assert explore.get("data-used") == str(3 * 3600)
    assert "180 of" in " ".join(explore.itertext())
    press(okafor, page, "form-explore", go="focus")
    with database.reading() as session:
        booked = select(Stage.used_seconds).where(Stage.name == StageName.EXPLORE)
        assert session.scalars(booked).one() == 3 * 3600


@pytest.mark.parametrize(("thing", "fields", "later"), LEFT_OUT)
def test_what_was_changed_of_something_taken_out_meanwhile_can_be_left_out(
    okafor: PageClient,
    database: Database,
    meeting: UUID,
    voice: UUID,
    write: Write,
    thing: str,
    fields: dict[str, str],
    later: dict[str, str],
) -> None:
    row = write(thing, voice if thing == "participant" else None, **fields)
    write(thing, row, removed=True)
    write(thing, row, by="farrell", **later)
    page = okafor.get(f"/conversations/{meeting}/review")
    shown = [words_of(card) for card in page.all("//*[@data-conflict]//p[@class='voice']")]
    assert "(empty)" not in shown
    page = okafor.submit("Leave it out")
    assert page.errors == []
    assert page.all("//*[@data-conflict]") == []
    with database.reading() as session:
        [kept] = session.scalars(select(Change).where(Change.outcome == ChangeOutcome.CONFLICT))
        assert kept.settled_at is not None
        assert session.get_one({"action": Action, "participant": Participant}[thing], row).removed


def said(database: Database, field: str) -> list[Any]:
    """Return what the school has received for a field, in order."""
    with database.reading() as session:
        return list(
            session.scalars(select(Change.value).where(Change.field == field).order_by(Change.number))
        )


def cards(page: Page) -> list[list[str]]:
    """Return what each card shows as the two versions."""
    of_card = ".//p[@class='voice']"
    return [
        [words_of(voice) for voice in card.xpath(of_card)]
        for card in page.all("//*[@data-needs-you]//*[@data-conflict]")
    ]


def test_what_is_typed_on_after_saving_from_the_same_page_is_saved_too(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    page = okafor.get(f"/conversations/{meeting}/review")
    keep = f"conversation:{meeting}:keep_in_touch"
    first, second = "Text on Fridays", "Text on Fridays, ring if he is ill"
    for words, place in ((first, "review"), (second, "review"), (first, "plan"), (first, "review")):
        shown = press(okafor, page, "form-review", **{keep: words}, go=place)
        assert cards(shown) == []
        with database.reading() as session:
            assert session.get_one(Conversation, meeting).keep_in_touch == words
    assert said(database, "keep_in_touch") == [first, second, first]


def test_what_is_typed_on_after_adding_from_the_same_page_is_in_the_line_that_was_added(
    okafor: PageClient, database: Database, meeting: UUID
) -> None:
    page = okafor.get(f"/conversations/{meeting}/explore")
    box = page.one("//textarea[@id='say']").get("name")
    for words in ("She reads", "She reads every night", "She reads every night"):
        shown = press(okafor, page, "form-explore", **{box: words}, go="explore")
        assert cards(shown) == []
        assert texts(database, Entry) == [words]


def test_what_was_reworded_from_the_same_page_is_taken_out_without_a_question(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    line = write("entry", text="one")
    page = okafor.get(f"/conversations/{meeting}/explore")
    reworded = {f"entry:{line}:text": "one and more"}
    press(okafor, page, "form-explore", **reworded, go="explore")
    shown = press(okafor, page, "form-explore", **reworded, do=f"remove:entry:{line}")
    assert cards(shown) == []
    assert texts(database, Entry) == []


def test_what_is_typed_on_after_another_wrote_is_shown_beside_it_once(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    page = okafor.get(f"/conversations/{meeting}/review")
    keep = f"conversation:{meeting}:keep_in_touch"
    write("conversation", meeting, by="farrell", keep_in_touch="Ring her")
    for words in ("Text", "Text on Fridays"):
        shown = press(okafor, page, "form-review", **{keep: words}, go="review")
        assert cards(shown) == [["Ring her", words]]


def test_what_nobody_touched_on_a_page_is_no_second_version_of_what_another_wrote_meanwhile(
    okafor: PageClient, database: Database, meeting: UUID, voice: UUID, write: Write
) -> None:
    page = okafor.get(f"/conversations/{meeting}/review")
    write("conversation", meeting, by="farrell", keep_in_touch="Text me")
    write("participant", voice, by="farrell", speaks="pl", present=False, copy_language="pl")
    shown = press(
        okafor, page, "form-review", **{f"conversation:{meeting}:next_on": "2027-01-11"}, go="review"
    )
    assert cards(shown) == []
    assert cards(press(okafor, page, "form-who", go="review")) == []
    with database.reading() as session:
        there = session.get_one(Conversation, meeting)
        assert (there.keep_in_touch, str(there.next_on)) == ("Text me", "2027-01-11")
        mother = session.get_one(Participant, voice)
        assert (mother.speaks, mother.present, mother.copy_language) == ("pl", False, "pl")


def test_a_copy_that_is_ticked_by_itself_can_be_unticked(
    okafor: PageClient, database: Database, meeting: UUID, voice: UUID
) -> None:
    page = okafor.get(f"/conversations/{meeting}/review")
    form = filled_in(page.one("//form[@id='form-review']"))
    assert form.pop(f"participant:{voice}:copy") == ["1"]
    okafor.post(f"/conversations/{meeting}/review", {**form, "go": "review"})
    with database.reading() as session:
        assert session.get_one(Participant, voice).copy is False


def test_a_card_is_answered_only_as_its_reader_saw_it(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    line = write("entry", text="one")
    write("entry", line, by="farrell", text="three")
    page = okafor.get(f"/conversations/{meeting}/explore")
    assert cards(page) == [["one", "three"]]
    newer = "one and much more that nobody has seen"
    correct = okafor.get(f"/conversations/{meeting}/explore")
    press(okafor, correct, "form-explore", **{f"entry:{line}:text": newer}, go="explore")
    okafor.page = page
    shown = okafor.submit("Keep the second")
    assert "Look at it as it stands now." in shown.text
    assert cards(shown) == [[newer, "three"]]
    assert texts(database, Entry) == [newer]
    answer = filled_in(next(shown.one("//*[@data-conflict]").iterancestors("form")))
    do = shown.one("//*[@data-conflict]//button[2]").get("value")
    for _ in range(2):  # the second tap answers nothing more
        shown = okafor.post(f"/conversations/{meeting}/explore", {**answer, "do": do})
        assert cards(shown) == []
    assert texts(database, Entry) == ["three"]


def test_who_does_an_action_keeps_the_name_and_the_side_that_go_with_them(
    okafor: PageClient, database: Database, people: People, meeting: UUID, voice: UUID, write: Write
) -> None:
    with database.reading() as session:
        here = select(Participant).where(Participant.conversation_id == meeting)
        place = {str(each.kind): each.id for each in session.scalars(here)}
    action = write("action", what="Read", who_id=place["pupil"], who="Amina", by_whom="pupil")
    who = f"action:{action}:who_id"
    page = okafor.get(f"/conversations/{meeting}/plan?more={action}")
    hers = okafor.get(f"/conversations/{meeting}/plan?more={action}")
    press(okafor, hers, "form-plan", **{who: str(voice)}, go="plan")
    shown = press(okafor, page, "form-plan", **{who: str(place["staff"])}, go="plan")

    def stands() -> tuple[Any, ...]:
        with database.reading() as session:
            row = session.get_one(Action, action)
            return row.who_id, row.who, row.by_whom

    assert stands() == (voice, people.mrs_khan.full_name, Doer.HOME)
    assert cards(shown) == [[people.mrs_khan.full_name, "Mr Okafor"]]
    okafor.submit("Keep the second")
    assert stands() == (place["staff"], "Mr Okafor", Doer.SCHOOL)


def test_another_who_is_chosen_on_the_same_page_takes_name_and_side_with_them(
    okafor: PageClient, database: Database, meeting: UUID, people: People
) -> None:
    page = okafor.get(f"/conversations/{meeting}/plan")
    box = page.one("//textarea[@id='do']").get("name")
    who = box.replace(":what", ":who_id")
    chips = {words_of(chip): chip.find("input").get("value") for chip in page.all("//*[@data-doers]/label")}
    for name in ("Mr Okafor", people.mrs_khan.full_name, "Mr Okafor", people.mrs_khan.full_name):
        shown = press(okafor, page, "form-plan", **{box: "Read", who: chips[name]}, go="plan")
        assert cards(shown) == []
        with database.reading() as session:
            action = session.scalars(select(Action)).one()
            assert (str(action.who_id), action.who) == (chips[name], name)


@pytest.mark.parametrize("lost", ["their place", "their role"])
def test_who_has_no_part_any_more_is_told_that_what_they_wrote_is_kept(
    as_person: Callable[[str], PageClient],
    database: Database,
    people: People,
    meeting: UUID,
    write: Write,
    lost: str,
) -> None:
    place = write("participant", person=str(people.whitaker.person_id), name="Mrs Whitaker")
    visitor = as_person("whitaker")
    page = visitor.get(f"/conversations/{meeting}/explore")
    box, long = page.one("//textarea[@id='say']").get("name"), "She counts " * 1000
    catch = page.one("//input[@data-enter='action']").get("name")
    if lost == "their place":
        write("participant", place, removed=True)
    else:
        with database.write() as session:
            hers = select(Membership).where(Membership.person_id == people.whitaker.person_id)
            session.scalars(hers).one().role = Role.ASSISTANT
    shown = press(visitor, page, "form-explore", **{box: "She reads every night", catch: long}, go="focus")
    assert shown.path == "/"
    assert "You are not part of this meeting any more. What you wrote is kept for the SENCO." in shown.text
    assert texts(database, Entry) == []
    waits = as_person("farrell").get("/kept-aside").text
    assert "She reads every night" in waits
    assert long.strip() in waits


def test_moving_a_line_counts_once_however_often_the_page_is_sent(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    lines = [write("priority", text=words, position=place) for place, words in enumerate("abc", start=1)]
    page = okafor.get(f"/conversations/{meeting}/focus")
    for _ in range(3):
        press(okafor, page, "form-focus", do=f"up:priority:{lines[2]}")
    with database.reading() as session:
        in_order = select(Priority.text).order_by(Priority.position)
        assert session.scalars(in_order).all() == ["a", "c", "b"]


def test_a_line_whose_words_are_too_long_can_be_taken_out_at_once(
    okafor: PageClient, database: Database, meeting: UUID, write: Write
) -> None:
    entry = write("entry", text="Maps")
    page = okafor.get(f"/conversations/{meeting}/explore")
    too_long = {f"entry:{entry}:text": "She counts. " * 1000}
    press(okafor, page, "form-explore", do=f"remove:entry:{entry}", **too_long)
    assert texts(database, Entry) == []
    with database.reading() as session:
        conflicts = select(Change).where(Change.outcome == ChangeOutcome.CONFLICT)
        assert session.scalars(conflicts).all() == []
