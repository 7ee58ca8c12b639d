"""The error log holds no words of a family."""

import io
import logging

from convo.web.log import WithoutRows

MESSAGE = """(psycopg.errors.CheckViolation) new row for relation "entry" violates check constraint "ck_entry"
DETAIL:  Failing row contains (1, She cries
at night, en).
[SQL: INSERT INTO entry ...]"""


def test_a_row_that_the_database_refused_does_not_stand_in_the_log() -> None:
    log, written = logging.Logger("convo"), io.StringIO()
    log.addHandler(logging.StreamHandler(written))
    log.addFilter(WithoutRows())
    try:
        raise RuntimeError(MESSAGE)
    except RuntimeError:
        log.exception("Exception on /conversations")
    said = written.getvalue()
    assert "cries" not in said
    assert "at night" not in said
    assert "Exception on /conversations" in said
    assert "violates check constraint" in said
    assert "[SQL: INSERT INTO entry" in said
    assert "RuntimeError" in said
