"""A page with every component, in English and in Urdu, for the browser tests."""

import enum
from datetime import date
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from convo.kernel.errors import Refused
from convo.web.forms import (
    ChoiceField,
    ChoicesField,
    ClockField,
    CountField,
    DayField,
    Form,
    LineField,
    LongChoiceField,
    TickField,
    WordsField,
    form_page,
    refused,
)


class Way(enum.Enum):
    SCHOOL = "school"
    PHONE = "phone"
    HOME = "home visit"


class Piece(NamedTuple):
    text: str
    lang: str
    dir: str


class Viewer(NamedTuple):
    name: str
    school_name: str
    nav: list[tuple[str, str, bool]]
    person_id: str = "a person's"
    cover_minutes: int = 10


class MeetingForm(Form):
    child = LineField("Child", hint="As the family writes it.", required="Write the child's name.", limit=40)
    words = WordsField("What was said")
    on = DayField("Day", required="Choose the day.")
    at = ClockField("Time")
    minutes = CountField("Minutes", least=20, most=60)
    way = ChoiceField(
        "How you meet",
        [(way.value, way.value.capitalize()) for way in Way],
        coerce=Way,
        required="Choose how you meet.",
    )
    readers = ChoicesField(
        "Who may read it", [("mother", "Mother"), ("amina", "Amina"), ("staff", "School staff")]
    )
    language = LongChoiceField("Language", [("ur", "اردو"), ("pl", "polski"), ("bn", "বাংলা")])
    agreed = TickField("The family agreed to this", required="Ask the family first.")


pages = Blueprint("sample", __name__)
VIEWER = Viewer(
    "Ms Farrell",
    "Fenmarket Primary School",
    [("Pupils", "/", True), ("Translate", "/ur", False), ("Help", "/empty", False)],
)
DAY = date(2026, 11, 23)
URDU = Piece("چائے کے بعد مل کر پڑھنا", "ur", "rtl")
ENGLISH = Piece("Read together after tea", "en", "ltr")


@pages.app_context_processor
def viewer() -> dict[str, Viewer]:
    return {"viewer": VIEWER}


@pages.route("/meeting", methods=["GET", "POST"])
def meeting() -> ResponseReturnValue:
    form = MeetingForm()
    if form.validate_on_submit():
        try:
            if form.child.data == "Nobody":
                raise Refused("Nobody of that name is on the roll. Check the spelling.", field="child")
            if form.child.data == "Everybody":
                raise Refused("Too many people. Write one name.")
        except Refused as error:
            refused(form, error)
        else:
            flash(f"Saved for {form.child.data}.")
            return redirect("/meeting")
    return form_page("meeting.html", form)


@pages.get("/")
def start() -> str:
    return render_template(
        "sample.html", urdu=URDU, english=ENGLISH, language="en", direction="ltr", day_of=DAY
    )


@pages.get("/ur")
def urdu() -> str:
    return render_template(
        "sample.html", urdu=URDU, english=ENGLISH, language="ur", direction="rtl", day_of=DAY
    )


@pages.get("/empty")
def nothing() -> str:
    return render_template("nothing.html")
