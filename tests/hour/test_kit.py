"""The kit: what a tablet keeps of an open meeting for when the wifi drops."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from lxml.html import document_fromstring
from sqlalchemy import update

from convo.access.models import Membership
from convo.conversation.rules import colleague_id, participant_id
from convo.db import Database
from convo.language.tags import language
from convo.people.models import Carer, Pupil
from tests.support.client import Page, PageClient
from tests.support.full_hour import NOTE, ONLY_HERS, FullHour, Tablet, fill
from tests.support.people import NOW, People

Visit = Callable[[str], PageClient]
Begin = Callable[[Pupil, Carer], UUID]


def with_templates(page: Page) -> Any:
    """Return the tree of a page with what stands in its templates, which is no part of the page."""
    html = page.html.replace("<template", "<section").replace("</template", "</section")
    return document_fromstring(html)


def buttons(page: Page) -> list[Any]:
    """Return the buttons that add somebody, those of the templates too."""
    return list(with_templates(page).xpath("//button[@data-values]"))


def places(page: Page) -> dict[str, dict[str, object]]:
    """Return what each button that adds somebody has ready for the journal, by name."""
    found = [dict(json.loads(button.get("data-values"))) for button in buttons(page)]
    return {str(values["name"]): values for values in found}


def test_the_kit_holds_the_guide_and_a_place_for_each_colleague(
    as_person: Visit, people: People, begin: Begin, database: Database
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    with database.write() as session:
        gone = update(Membership).where(Membership.person_id == people.kaur.person_id)
        session.execute(gone.values(left_at=NOW))
    visitor = as_person("okafor")
    kit = visitor.get(f"/conversations/{meeting}/kit")
    assert [words.get("data-guide") for words in kit.all("//div[@data-guide]")] == [
        "explore",
        "focus",
        "plan",
        "review",
    ]
    whitaker = people.whitaker.person_id
    assert places(kit)["Mrs Whitaker"] == {
        "person": str(whitaker),
        "kind": "staff",
        "present": True,
        "name": "Mrs Whitaker",
        "role": "teacher",
    }
    assert f'data-place="participant:{colleague_id(meeting, whitaker)}"' in kit.html
    assert "Mr Okafor" in places(kit)  # who may be taken out, and wanted again
    assert "Mrs Kaur" not in kit.html
    as_person("whitaker").get(f"/conversations/{meeting}/kit", status=404)


def test_there_is_a_kit_of_an_open_meeting_only(as_person: Visit, people: People, database: Database) -> None:
    with database.write() as session:
        full: FullHour = fill(session, people)
    as_person("okafor").get(f"/conversations/{full.id}/kit")
    as_person("okafor").get(f"/conversations/{full.before}/kit", status=404)


def test_a_colleague_takes_the_same_place_with_and_without_script_also_when_asked_again(
    as_person: Visit, people: People, begin: Begin, database: Database
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    place = colleague_id(meeting, people.whitaker.person_id)
    visitor = as_person("okafor")
    for _ in range(2):
        visitor.get(f"/conversations/{meeting}/colleagues")
        page = visitor.submit("Mrs Whitaker")
        assert f'data-row="participant:{place}"' in page.html
        remove = f"remove:participant:{place}"
        visitor.post(f"/conversations/{meeting}/explore", {**page.form, "do": remove})
        assert "Mrs Whitaker" not in visitor.get(f"/conversations/{meeting}/explore").html
    # Where the fields stand by now is said beside the button: the tablet's change is an answer to it.
    kit = visitor.get(f"/conversations/{meeting}/kit")
    [button] = [each for each in buttons(kit) if each.get("data-place") == f"participant:{place}"]
    assert "removed:" in button.get("data-heads")


def test_the_page_has_a_carers_place_and_copy_ready_and_says_beside_whom_they_may_be(
    as_person: Visit, people: People, begin: Begin
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    page = as_person("okafor").get(f"/conversations/{meeting}/explore")
    father = participant_id(meeting, people.mr_wojcik.id)
    assert places(page) == {
        "Mr Piotr Wójcik": {
            "carer": str(people.mr_wojcik.id),
            "kind": "carer",
            "present": True,
            "name": "Mr Piotr Wójcik",
            "role": "father",
            "speaks": "pl",
        }
    }
    button = page.one(f"//button[@data-place='participant:{father}']")
    assert set(button.get("data-beside").split()) == {str(people.mrs_wojcik.id), str(people.mr_wojcik.id)}
    copy = page.one(f"//template[@id='copy-{father}']")
    assert "Not here today" not in "".join(copy.itertext())


def test_a_change_to_what_was_taken_out_is_told_by_which_change(
    as_person: Visit, people: People, begin: Begin, database: Database
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    with database.write() as session:
        tablet = Tablet(session, people.farrell, meeting)
        entry = tablet.write("entry", text="He likes maps")
        tablet.write("entry", entry, removed=True)
    visitor = as_person("okafor")
    visitor.get(f"/conversations/{meeting}/explore")
    missed = visitor.flask.get(f"/conversations/{meeting}/journal").get_json()["changes"]
    change = {"v": 1, "id": str(UUID(int=5)), "thing": "entry", "thing_id": str(entry), "field": "text"}
    for _ in range(2):  # and when it comes again
        sent = {"changes": [{**change, "value": "He draws maps", "base": missed[0]["id"]}]}
        [answer] = visitor.send_json(f"/conversations/{meeting}/journal", sent)["answers"]
        assert (answer["outcome"], answer["removed"]) == ("conflict", missed[1]["id"])


def family_of(kit: Page) -> dict[str, Any]:
    """Return the family's side in each language, as the tablet finds it in the kit."""
    return {side.get("data-family"): side for side in with_templates(kit).xpath("//*[@data-family]")}


def test_the_kit_has_the_familys_side_in_each_language_of_who_is_or_can_be_here(
    as_person: Visit, people: People, begin: Begin
) -> None:
    meeting = begin(people.szymon, people.mrs_wojcik)
    visitor = as_person("okafor")
    sides = family_of(visitor.get(f"/conversations/{meeting}/kit"))
    assert set(sides) == {"en", "pl"}
    for tag, side in sides.items():
        [whole] = side.xpath(".//div[@class='turned']")
        assert (whole.get("lang"), whole.get("dir")) == (tag, language(tag).direction)
        assert [part.get("data-part") for part in whole.xpath(".//div[h1]")] == STAGES
        parts = {part.get("data-part") for part in whole.xpath(".//*[contains(., '__')]")}
        assert {"name", "what", "who", "often", "day"} <= parts
        form, weekdays, months = json.loads(side.get("data-dates"))
        assert (len(weekdays), len(months)) == (7, 12)
        assert "{d" in form
    polish = "".join(sides["pl"].itertext())
    assert "Co us\u0142yszeli\u015bmy" in polish
    assert "Szymon" in polish


STAGES = ["explore", "focus", "plan", "review"]


def test_the_kit_says_who_is_kept_from_whom_and_holds_nobodys_words_but_what_was_promised(
    as_person: Visit, people: People, database: Database
) -> None:
    with database.write() as session:
        full: FullHour = fill(session, people)
    kit = as_person("okafor").get(f"/conversations/{full.id}/kit")
    readers = json.loads(kit.one("//*[@id='kit-family']").get("data-readers"))
    hers, his = str(people.mrs_khan.id), str(people.mr_khan.id)
    assert set(readers["carers"]) == {hers, his}
    assert (readers["carers"][hers]["reads"], readers["carers"][hers]["apart"]) == ("ur", [his])
    assert {"Imran", "Mr Khan", "Mr Imran Khan"} <= set(readers["carers"][hers]["names"])
    assert readers["carers"][his]["apart"] == [hers]
    page = as_person("okafor").get(f"/conversations/{full.id}/since-last-time")
    promised = {"".join(title.itertext()) for title in page.all("//li[contains(@data-row, 'decision:')]//h2")}
    assert {promise["what"] for promise in readers["before"]} == promised
    for private in (NOTE, ONLY_HERS, "She goes quiet in class", "07700"):
        assert private not in kit.html
    shown = "".join("".join(side.itertext()) for side in family_of(kit).values())
    assert "Imran" not in shown
