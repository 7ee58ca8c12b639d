from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from convo.web.templating import asset, clock, day, moment
from tests.web.sample import ENGLISH, URDU


def test_a_variable_that_nobody_set_is_an_error(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ nobody_set_this }}")


def test_what_people_typed_is_escaped_whatever_the_file_is_called(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ words }}", words="<script>&") == "&lt;script&gt;&amp;"
        assert app.jinja_env.from_string("{{ '<' }}").render() == "&lt;"


def test_a_static_address_changes_with_the_content(app: Flask, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    file = tmp_path / "a.css"
    addresses = []
    for content in ("p {}", "p { margin: 0 }"):
        file.write_text(content)
        with app.test_request_context():
            addresses.append(asset("a.css"))
    assert addresses[0].startswith("/static/a.css?v=")
    assert addresses[0] != addresses[1]


def test_dates_are_written_out(app: Flask) -> None:
    assert day(date(2026, 11, 30)) == "Monday 30 November 2026"
    assert day(date(2027, 4, 3)) == "Saturday 3 April 2027"


def test_instants_are_shown_on_the_schools_clock(app: Flask) -> None:
    in_summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert moment(in_summer, "Europe/London") == "Wednesday 1 July 2026, 00:30"
    assert clock(in_summer, "Europe/London") == "00:30"
    assert clock(datetime(2026, 11, 30, 14, 3, tzinfo=UTC), "Europe/London") == "14:03"


def test_the_familys_language_stands_first_and_each_piece_names_its_own(app: Flask) -> None:
    source = '{% from "components/twin.html" import twin %}{{ twin(english, home) }}'
    with app.test_request_context():
        both = render_template_string(source, english=ENGLISH, home=URDU)
        alone = render_template_string(source, english=ENGLISH, home=ENGLISH)
    assert both.index('lang="ur" dir="rtl"') < both.index('lang="en" dir="ltr"')
    assert alone.count("<p ") == 1
