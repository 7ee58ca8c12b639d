from datetime import date, time

import pytest
from flask import Flask, request

from tests.support.client import PageClient
from tests.web.sample import MeetingForm, Way, pages


@pytest.fixture(autouse=True)
def sample_pages(app: Flask) -> None:
    app.register_blueprint(pages)


ANSWERS = {"child": "Amina", "on": "2026-11-30", "way": "phone", "agreed": True}


def read(app: Flask, **answers: str) -> MeetingForm:
    """Return the form as a view would have it after these answers."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/meeting", method="POST", data=answers):
        assert request.form is not None
        form = MeetingForm()
        form.validate()
        return form


def test_a_complete_form_is_saved_and_the_next_page_says_so(client: PageClient) -> None:
    client.get("/meeting")
    page = client.submit("Save", **ANSWERS)
    assert page.text.startswith("Saved for Amina.")


def test_what_was_typed_stays_beside_what_was_wrong_with_it(client: PageClient) -> None:
    client.get("/meeting")
    page = client.submit(
        "Save",
        status=422,
        child="",
        words="She <b>reads</b> & sings",
        on="tomorrow",
        readers=["mother", "amina"],
    )
    assert page.title == "Error: Plan a meeting – convo"
    assert page.errors == [
        "Write the child's name.",
        "Write the date as day, month and year, such as 30 November 2026.",
        "Choose how you meet.",
        "Ask the family first.",
    ]
    assert page.form["words"] == "She <b>reads</b> & sings"
    assert page.form["on"] == "tomorrow"
    assert page.form["readers"] == ["mother", "amina"]


def test_the_error_summary_leads_to_the_field_and_the_field_names_its_error(client: PageClient) -> None:
    client.get("/meeting")
    page = client.submit("Save", status=422, **{**ANSWERS, "child": "", "way": None})
    assert page.links["Write the child's name."] == "#child"
    assert page.links["Choose how you meet."] == "#way-0"
    assert page.one("//*[@id='child']").get("aria-describedby") == "child-hint child-error"
    assert page.one("//*[@id='child-error']").xpath("string()") == "Error: Write the child's name."


def test_what_the_domain_refuses_stands_beside_its_field_or_at_the_head(client: PageClient) -> None:
    client.get("/meeting")
    page = client.submit("Save", status=422, **{**ANSWERS, "child": "Nobody"})
    assert page.links["Nobody of that name is on the roll. Check the spelling."] == "#child"
    assert page.form["child"] == "Nobody"
    page = client.submit("Save", status=422, **{**ANSWERS, "child": "Everybody"})
    assert page.errors == ["Too many people. Write one name."]


def test_text_is_cleaned_on_entry_and_only_of_what_could_harm(app: Flask) -> None:
    form = read(app, child="  Zoe\u0301 \u202e O'Neil\t", words="a\r\nb\x00 < & 👩\u200d👧")
    assert form.child.data == "Zoé O'Neil"
    assert form.words.data == "a\nb < & 👩\u200d👧"


@pytest.mark.parametrize("typed", ["2026-11-30", "30/11/2026", " 30 November 2026 ", "30.11.2026"])
def test_a_date_is_read_the_way_people_here_write_it(app: Flask, typed: str) -> None:
    assert read(app, on=typed).on.data == date(2026, 11, 30)


@pytest.mark.parametrize("typed", ["11/30/2026", "0026-11-30", "2026-02-30", "30/11/26"])
def test_a_date_that_is_none_is_refused_with_a_sentence(app: Flask, typed: str) -> None:
    form = read(app, on=typed)
    assert form.on.data is None
    assert len(form.on.errors) == 1
    assert form.on.errors[0].startswith(("Write the date", "Check the year"))


def test_times_and_counts_are_read_or_refused(app: Flask) -> None:
    assert read(app, at="14.30").at.data == time(14, 30)
    assert read(app, at="late").at.errors == ["Write the time as hours and minutes, such as 15:30."]
    assert read(app, minutes="45").minutes.data == 45
    for wrong in ("61", "-20", "4e1", "²", "9" * 30):
        assert read(app, minutes=wrong).minutes.errors == ["Write a whole number from 20 to 60."], wrong


def test_nothing_given_where_nothing_is_required_is_none_or_empty(app: Flask) -> None:
    form = read(
        app, child="Amina", words="", on="2026-11-30", at="", minutes="", way="phone", language="", agreed="y"
    )
    assert not form.errors
    assert (form.words.data, form.at.data, form.minutes.data, form.language.data) == ("", None, None, None)
    assert form.readers.data == []
    assert form.way.data is Way.PHONE


def test_an_answer_that_was_not_offered_is_refused(app: Flask) -> None:
    form = read(app, way="pigeon", language="xx", readers="everyone")
    assert form.way.errors
    assert form.language.errors == ["Choose one of the answers shown."]
    assert form.readers.errors == ["Choose from the answers shown."]


def test_text_that_is_too_long_is_refused_and_never_cut(app: Flask, client: PageClient) -> None:
    assert client.get("/meeting").one("//*[@id='child']").get("maxlength") is None
    form = read(app, child="a" * 41)
    assert form.child.errors == ["Shorten “Child” to 40 characters. It has 41."]
    assert form.child.data == "a" * 41


def test_the_token_of_a_page_does_not_run_out(app: Flask) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None
