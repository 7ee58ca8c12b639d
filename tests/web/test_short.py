"""Scripts and style sheets are served short, and mean the same."""

from pathlib import Path

import pytest
from flask import Flask

from convo.web.short import shortened


@pytest.mark.parametrize("name", ["tablet/cover.js", "hour/journal.js", "convo.css"])
def test_a_file_is_served_shorter_than_it_is_written(app: Flask, name: str) -> None:
    written = Path(app.static_folder or "", name).read_bytes()
    answer = app.test_client().get(f"/static/{name}")
    assert answer.status_code == 200
    assert 0 < len(answer.data) < len(written) * 0.9
    assert (
        app.test_client()
        .get(f"/static/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        .status_code
        == 304
    )


def test_what_other_modules_import_keeps_its_name(app: Flask) -> None:
    text = app.test_client().get("/static/hour/journal.js").get_data(as_text=True)
    for name in ("TIME_LIMIT", "newId", "Journal"):
        assert name in text


def test_a_file_that_cannot_be_shortened_is_served_as_it_is(tmp_path: Path) -> None:
    broken = tmp_path / "broken.js"
    broken.write_text("const = ;", "utf-8")
    assert shortened(broken, 0) == "const = ;"


def test_a_changed_file_is_shortened_anew(tmp_path: Path) -> None:
    script = tmp_path / "a.js"
    script.write_text("export const first = 1;", "utf-8")
    before = shortened(script, 1)
    script.write_text("export const second = 2;", "utf-8")
    assert "first" in before
    assert "second" in shortened(script, 2)


def test_nothing_outside_the_folder_is_served(app: Flask) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/none.js"):
        assert app.test_client().get(path).status_code == 404
