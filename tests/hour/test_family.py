"""The page that is turned to the family: what it holds, and what a tap on it does."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from convo.conversation.models import Entry, Participant, Priority, Proposal
from convo.conversation.rules import ParticipantKind, ProposalState
from convo.db import Database
from convo.people.models import KeptApart
from convo.plan.models import Action
from convo.plan.rules import Agreement
from tests.support.client import Page, PageClient
from tests.support.full_hour import NOTE, ONLY_HERS, FullHour, Tablet, fill
from tests.support.people import People

STAGES = ("since-last-time", "explore", "focus", "plan", "review")


@pytest.fixture
def full(database: Database, people: People) -> FullHour:
    with database.write() as session:
        return fill(session, people)


@pytest.fixture
def okafor(as_person: Callable[[str], PageClient]) -> PageClient:
    return as_person("okafor")


def every_page(client: PageClient, full: FullHour) -> list[Page]:
    """Return every page of every stage of the family's side."""
    found = []
    for slug in STAGES:
        for number in range(1, 20):
            page = client.get(f"/conversations/{full.id}/family/{slug}?n={number}")
            found.append(page)
            if number > 1 and page.html == found[-2].html:
                break
    return found


def join_father(database: Database, people: People, full: FullHour) -> None:
    """Let Mr Khan join, from whom nobody is kept apart any more."""
    with database.write() as session:
        session.execute(delete(KeptApart))
        tablet = Tablet(session, people.okafor, full.id)
        tablet.write("participant", carer=people.mr_khan.id, kind="carer", name="Mr Imran Khan", present=True)


def holds(pages: list[Page], words: str) -> bool:
    return any(words in page.html for page in pages)


def test_it_holds_no_staff_note_and_no_other_familys_word(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    pages = every_page(okafor, full)
    assert holds(pages, "She goes quiet in class")
    assert not holds(pages, NOTE)
    assert not holds(pages, "Staff note")
    assert not holds(pages, "Wójcik")


def leave(database: Database, full: FullHour, *kinds: ParticipantKind) -> None:
    """Let those who are here as this go out of the room."""
    with database.write() as session:
        here = select(Participant).where(Participant.conversation_id == full.id, Participant.kind.in_(kinds))
        for person in session.scalars(here):
            person.present = False


def test_a_word_for_its_speaker_alone_is_shown_while_she_is_alone_with_staff_and_the_interpreter(
    okafor: PageClient, full: FullHour, database: Database
) -> None:
    leave(database, full, ParticipantKind.PUPIL)
    assert holds(every_page(okafor, full), ONLY_HERS)


def test_a_word_for_its_speaker_alone_is_not_there_while_her_child_is(
    okafor: PageClient, full: FullHour
) -> None:
    pages = every_page(okafor, full)
    assert not holds(pages, ONLY_HERS)
    assert holds(pages, "She goes quiet in class")


def test_a_word_for_its_speaker_alone_is_not_there_while_another_adult_is_even_one_who_interprets(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    leave(database, full, ParticipantKind.PUPIL)
    with database.write() as session:
        aunt = {"kind": "other", "name": "Aunt Shazia", "role": "aunt, interprets"}
        Tablet(session, people.okafor, full.id).write("participant", **aunt)
    assert not holds(every_page(okafor, full), ONLY_HERS)


def test_a_word_for_its_speaker_alone_is_not_there_when_she_has_left(
    okafor: PageClient, full: FullHour, database: Database
) -> None:
    for gone in (ParticipantKind.CARER, ParticipantKind.PUPIL):  # who leaves her child there, and nobody
        leave(database, full, gone)
        assert not holds(every_page(okafor, full), ONLY_HERS)


def test_what_a_child_says_for_themselves_alone_is_shown_to_the_child_alone(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    with database.write() as session:
        child = select(Participant.id).where(
            Participant.conversation_id == full.id, Participant.kind == ParticipantKind.PUPIL
        )
        said = {"text": "I sit alone at lunch", "parent": session.scalars(child).one()}
        Tablet(session, people.okafor, full.id).write("entry", readers="only who said it", **said)
    assert not holds(every_page(okafor, full), "I sit alone at lunch")
    leave(database, full, ParticipantKind.CARER)
    assert holds(every_page(okafor, full), "I sit alone at lunch")


def test_a_word_for_its_speaker_alone_is_not_there_when_two_carers_are(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    leave(database, full, ParticipantKind.PUPIL)
    join_father(database, people, full)
    pages = every_page(okafor, full)
    assert not holds(pages, ONLY_HERS)
    assert holds(pages, "She goes quiet in class")


def test_it_stands_in_the_language_that_she_reads_and_says_that_nobody_has_checked_it(
    okafor: PageClient, full: FullHour
) -> None:
    page = okafor.get(f"/conversations/{full.id}/family/plan")
    html = page.one("/html")
    assert (html.get("lang"), html.get("dir")) == ("ur", "rtl")
    english = okafor.get(f"/conversations/{full.id}/family/plan?tag=en")
    assert english.h1 == "What we will do"


def waiting(database: Database) -> list[tuple[str, ProposalState]]:
    with database.reading() as session:
        found = session.scalars(select(Proposal).where(Proposal.state == ProposalState.WAITING))
        return [(proposal.answer.value, proposal.state) for proposal in found]


def tap(client: PageClient, full: FullHour, slug: str, answer: str, number: int = 1) -> None:
    client.get(f"/conversations/{full.id}/family/{slug}?n={number}&tag=en")
    client.submit(answer)


def agreements(database: Database, full: FullHour) -> list[Agreement]:
    with database.reading() as session:
        rows = select(Action).where(Action.conversation_id == full.id).order_by(Action.position)
        return [action.agreement for action in session.scalars(rows)]


def test_a_tap_changes_nothing_until_the_teacher_takes_it_up(
    okafor: PageClient, full: FullHour, database: Database
) -> None:
    before = agreements(database, full)
    assert before[0] is not Agreement.AGREED
    tap(okafor, full, "plan", "Yes, that is right")
    assert agreements(database, full) == before
    okafor.get(f"/conversations/{full.id}/plan")
    taken = okafor.page.all("//li[contains(., 'that is right')]//button[@value='confirmed']")
    assert len(taken) == 1
    form = next(taken[0].iterancestors("form"))
    okafor.post(form.get("action"), {"answer": "confirmed", "back": "plan"})
    assert agreements(database, full)[0] is Agreement.AGREED


def test_a_tap_that_the_teacher_leaves_changes_nothing(
    okafor: PageClient, full: FullHour, database: Database
) -> None:
    with database.reading() as session:
        priorities = len(session.scalars(select(Priority)).all())
    okafor.get(f"/conversations/{full.id}/focus")
    okafor.submit("Leave it")
    assert waiting(database) == []
    with database.reading() as session:
        assert len(session.scalars(select(Priority)).all()) == priorities


def test_undo_takes_a_tap_back(okafor: PageClient, full: FullHour, database: Database) -> None:
    tap(okafor, full, "plan", "Yes, that is right")
    assert len(waiting(database)) == 2
    okafor.submit("Undo")
    assert waiting(database) == [("this matters most", ProposalState.WAITING)]


def test_a_second_tap_on_the_same_thing_replaces_the_first(
    okafor: PageClient, full: FullHour, database: Database
) -> None:
    tap(okafor, full, "plan", "Yes, that is right")
    tap(okafor, full, "plan", "I meant something else")
    assert sorted(answer for answer, _ in waiting(database)) == ["not what I meant", "this matters most"]


def test_a_tap_in_explore_leaves_what_was_tapped_on_the_same_line_in_focus(
    okafor: PageClient, full: FullHour, database: Database
) -> None:
    both = ["that is right", "this matters most"]
    okafor.get(f"/conversations/{full.id}/family/explore?tag=en")
    assert okafor.page.all("//p[@data-chosen][not(contains(@class, 'unsaid'))]") == []  # not of this question
    tap(okafor, full, "explore", "Yes, that is right")
    assert sorted(answer for answer, _ in waiting(database)) == both
    for slug, words in (("explore", "Yes, that is right"), ("focus", "This matters most to us")):
        page = okafor.get(f"/conversations/{full.id}/family/{slug}?tag=en")
        assert ["".join(button.itertext()) for button in page.all("//button[@aria-pressed]")] == [words]
    okafor.submit("Undo")
    assert [answer for answer, _ in waiting(database)] == ["that is right"]


def test_nothing_can_be_tapped_that_the_family_is_not_shown(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    join_father(database, people, full)
    with database.reading() as session:
        hidden = (
            session.scalars(select(Entry).where(Entry.text == ONLY_HERS, Entry.conversation_id == full.id))
            .one()
            .id
        )
    okafor.get(f"/conversations/{full.id}/family/explore")
    form: dict[str, Any] = {"about": f"entry:{hidden}", "answer": "that is right"}
    page = okafor.post(f"/conversations/{full.id}/family/explore", form)
    assert page.path.endswith("/family/explore?n=1&tag=")  # and no word to the family
    assert "Ask them again" not in page.text
    assert waiting(database) == [("this matters most", ProposalState.WAITING)]
    page = okafor.get(f"/conversations/{full.id}/explore")
    assert "What was tapped is not shown to the family any more. Ask them again." in page.text


def test_a_closed_meeting_is_not_turned_to_the_family(okafor: PageClient, full: FullHour) -> None:
    okafor.get(f"/conversations/{full.before}/family/review", status=404)


def test_only_the_carers_who_are_here_choose_the_language(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    leave(database, full, ParticipantKind.CARER)
    page = okafor.get(f"/conversations/{full.id}/family/plan?tag=ur")
    assert page.one("/html").get("lang") == "en"


URDU = "وہ رات کو اپنے بھائی کو کہانی پڑھ کر سناتی ہے"


def test_her_own_urdu_is_not_called_english_and_her_english_is(
    okafor: PageClient, full: FullHour, people: People, database: Database
) -> None:
    with database.write() as session:
        tablet = Tablet(session, people.okafor, full.id)
        tablet.write("entry", text=URDU, position=9)
        tablet.write("action", what=URDU, how_often="Each day", position=9, by_whom="home")
    pages = every_page(okafor, full)

    def card_of(slug: str, words: str) -> tuple[str | None, str | None, int]:
        """Return the language and direction of what a card says, and how many hints stand under it."""
        said = f"//*[@data-part='what'][contains(., '{words}')]"
        page = next(page for page in pages if slug in page.path and page.all(said))
        return page.one(said).get("lang"), page.one(said).get("dir"), len(page.all("//p[@class='hint']"))

    assert card_of("explore", URDU) == (None, "auto", 0)
    assert card_of("explore", "She goes quiet in class") == ("en", "ltr", 1)
    assert card_of("plan", URDU) == (None, "auto", 1)  # how often is English
