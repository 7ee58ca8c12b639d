"""How the family's page looks: a logo, contact lines and two colours, seen before they are saved."""

import io
from base64 import b64decode
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import inspect, select, update

from convo.access import logo as logos
from convo.access.models import AuditEntry, School
from convo.db import Database
from tests.support.client import Page, PageClient
from tests.support.people import People
from tests.support.pictures import NAVY, chunks, emblem, file_of, picture_of

AsPerson = Callable[[str], PageClient]
LOGO = file_of(emblem())


@pytest.fixture
def farrell(as_person: AsPerson) -> PageClient:
    client = as_person("farrell")
    client.get("/school")
    client.follow("How the family's page looks")
    return client


def upload(content: bytes, name: str = "logo.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def stored(database: Database, people: People) -> School:
    with database.reading() as session:
        school = session.get_one(School, people.school.id)
        assert school.logo is None or isinstance(school.logo, bytes)
        return school


def notes(database: Database) -> list[str]:
    with database.reading() as session:
        trail = select(AuditEntry.note).where(AuditEntry.act == "school").order_by(AuditEntry.number)
        return list(session.scalars(trail))


def picture_on(page: Page) -> str:
    image = page.one("//main//img")
    assert image.get("alt") == "Logo of Fenmarket Primary School"
    return str(image.get("src"))


def colours_of(client: PageClient, page: Page) -> str:
    """The sheet of colours that the page brings for itself."""
    sheet = page.one("//link[contains(@href, 'colours.css')]").get("href")
    return client.flask.get(sheet).get_data(as_text=True)


def test_a_school_begins_with_convos_own_look(
    farrell: PageClient, people: People, database: Database
) -> None:
    page = farrell.page
    assert page is not None
    assert (page.form["heading"], page.form["tint"]) == (["own"], ["own"])
    assert page.all("//main//img") == []
    assert "--school-heading: #0B5D5E;--school-tint: #FDF0DC;" in colours_of(farrell, page)
    assert "not saved" not in page.text
    page = farrell.submit("Save")
    assert "Saved." in page.text
    school = stored(database, people)
    assert (school.logo, school.contact_lines, school.heading_colour, school.tint_colour) == (
        None,
        [],
        "",
        "",
    )
    assert notes(database) == []


def test_lines_colours_and_logo_are_saved_and_written_into_the_trail(
    farrell: PageClient, people: People, database: Database, as_person: AsPerson
) -> None:
    page = farrell.submit(
        "Save",
        logo=upload(LOGO),
        contact_lines=" 1 Elm  Street\r\n\r\n<office>@fenmarket.example ",
        heading="code",
        heading_code="#1f3f77",
        tint="pick",
        tint_pick="#f7f1e1",
    )
    assert "Saved." in page.text
    school = stored(database, people)
    assert school.contact_lines == ["1 Elm Street", "<office>@fenmarket.example"]
    assert (school.heading_colour, school.tint_colour) == ("1F3F77", "F7F1E1")
    assert school.logo == logos.logo_png(LOGO)
    assert notes(database) == ["the family's page, contact lines and colours", "the family's page, logo"]
    assert "--school-heading: #1F3F77;--school-tint: #F7F1E1;" in colours_of(farrell, page)
    assert page.form["heading_pick"] == "#1f3f77"
    assert farrell.flask.get(picture_on(page)).data == school.logo
    assert "School: the family's page, logo" in as_person("oyelaran").get("/audit").text


def test_all_is_seen_before_it_is_saved_the_new_logo_too(
    farrell: PageClient, people: People, database: Database
) -> None:
    page = farrell.submit(
        "See how it looks",
        logo=upload(LOGO),
        contact_lines="1 Elm Street",
        heading="pick",
        heading_pick="#1f3f77",
    )
    assert page.one("//main//h2").text == "How it would look"
    assert "This is not saved yet." in page.text
    assert "You need not choose it again." in page.text
    assert "--school-heading: #1F3F77;" in colours_of(farrell, page)
    assert "1 Elm Street" in page.text
    shown = b64decode(picture_on(page).removeprefix("data:image/png;base64,"))
    assert shown == logos.logo_png(LOGO)
    assert stored(database, people).logo is None
    assert notes(database) == []
    page = farrell.submit("Save")
    assert "not saved" not in page.text
    assert stored(database, people).logo == shown
    assert stored(database, people).heading_colour == "1F3F77"


def test_what_is_refused_stands_beside_its_field_and_what_was_typed_is_kept(
    farrell: PageClient, people: People, database: Database
) -> None:
    lines = "a\nb\nc\nd"
    page = farrell.submit(
        "Save",
        logo=upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png"),
        contact_lines=lines,
        heading="code",
        heading_code="FFC107",
        tint="code",
        tint_code="sand",
        status=422,
    )
    assert page.errors == [
        "convo cannot take an SVG file. Save the picture as PNG and choose that.",
        "Write at most 3 lines. There are 4.",
        "Write the code of the colour as six figures and letters, such as 0B5D5E.",
    ]
    assert page.form["contact_lines"].split("\r\n") == ["a", "b", "c", "d"]
    assert (page.form["heading_code"], page.form["tint_code"]) == ("FFC107", "sand")
    assert "choose it again: a page cannot keep it" in page.text
    page = farrell.submit("Save", contact_lines="", tint="own", status=422)
    assert page.errors == [
        "This colour is too light to be read on white paper. Choose a darker one, such as 8A6804."
    ]
    assert page.one("//input[@name='heading_code']").get("aria-invalid") == "true"
    assert "Saved." in farrell.submit("Save", heading_code="8A6804").text
    assert stored(database, people).heading_colour == "8A6804"


def test_a_good_logo_is_kept_when_something_else_is_refused(
    farrell: PageClient, people: People, database: Database
) -> None:
    for fields in ({"heading": "code"}, {"heading": "code", "heading_code": "FFFF00"}):
        page = farrell.submit("Save", logo=upload(LOGO), **fields, status=422)
        assert len(page.errors) == 1
        assert picture_on(page).startswith("data:")
        assert "need not choose it again" in page.text
    assert "Saved." in farrell.submit("Save", heading="own").text
    assert stored(database, people).logo == logos.logo_png(LOGO)


def test_a_logo_is_replaced_and_taken_away(farrell: PageClient, people: People, database: Database) -> None:
    first = picture_on(farrell.submit("Save", logo=upload(LOGO)))
    other = file_of(Image.new("RGB", (50, 50), NAVY), "JPEG")
    page = farrell.submit("Save", logo=upload(other, "photo.jpeg"), no_logo=True)  # a new file counts more
    assert picture_on(page) != first
    assert farrell.flask.get(first).status_code == 404  # each has an address of its own
    page = farrell.submit("See how it looks", no_logo=True)
    assert page.all("//main//img") == []
    assert stored(database, people).logo is not None
    farrell.submit("Save")
    assert stored(database, people).logo is None
    assert notes(database)[-1] == "the family's page, logo taken away"
    farrell.submit("See how it looks", logo=upload(LOGO))
    farrell.submit("Save", no_logo=True)  # a logo that was only looked at
    assert stored(database, people).logo is None


@pytest.mark.parametrize("kept", ["x", "====", "aGVsbG8=", "é", "A" * 200_000])
def test_what_comes_back_in_place_of_a_logo_is_checked_like_a_file(
    farrell: PageClient, people: People, database: Database, kept: str
) -> None:
    assert len(farrell.submit("Save", new_logo=kept, status=422).errors) == 1
    assert stored(database, people).logo is None


def test_a_file_that_is_too_large_is_refused_beside_the_field(
    farrell: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logos, "FILE_LIMIT", 1000)
    page = farrell.submit("Save", logo=upload(LOGO), status=422)
    assert page.errors == ["This file is larger than 5 MB. Save the picture smaller and choose that."]


def test_the_logo_is_given_to_the_staff_of_the_school_alone_and_may_be_kept_by_their_browsers(
    farrell: PageClient, as_person: AsPerson, client: PageClient
) -> None:
    address = picture_on(farrell.submit("Save", logo=upload(LOGO)))
    for name in ("okafor", "kaur"):
        answer = as_person(name).flask.get(address)
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        list(chunks(answer.data))
        assert picture_of(answer.data).size == (600, 200)
    missing = as_person("stranger").flask.get(address)
    assert missing.status_code == 404
    assert missing.headers["Cache-Control"] == "no-store"
    assert client.flask.get(address).status_code == 302


def test_two_schools_have_a_face_each(farrell: PageClient, people: People, database: Database) -> None:
    farrell.submit("Save", logo=upload(LOGO), contact_lines="1 Elm Street", tint="code", tint_code="FFFFFF")
    with database.reading() as session:
        theirs = session.get_one(School, people.other_school.id)
        assert (theirs.logo, theirs.contact_lines, theirs.tint_colour) == (None, [], "")


def test_a_school_is_read_without_its_logo(database: Database, people: People) -> None:
    with database.reading() as session:
        assert "logo" in inspect(session.get_one(School, people.school.id)).unloaded


def test_nobody_who_writes_waits_while_a_picture_is_read(
    farrell: PageClient, people: People, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = logos.logo_png

    def meanwhile(file: bytes) -> logos.LogoPng:
        with database.write() as session:
            session.execute(update(School).where(School.id == people.school.id).values(phone="01632 960 999"))
        return read(file)

    monkeypatch.setattr(logos, "logo_png", meanwhile)
    assert "Saved." in farrell.submit("Save", logo=upload(LOGO)).text
    assert stored(database, people).phone == "01632 960 999"


@pytest.mark.parametrize("query", ["heading=red", "tint=0B5D5E;}*{}", "heading=", "tint=%230B5D5E%00"])
def test_the_sheet_of_colours_holds_nothing_but_colours(farrell: PageClient, query: str) -> None:
    answer = farrell.flask.get(f"/school/colours.css?{query}")
    if answer.status_code == 200:
        assert (
            answer.get_data(as_text=True) == ":root { --school-heading: #0B5D5E;--school-tint: #0B5D5E; }\n"
        )
    else:
        assert answer.status_code == 404
