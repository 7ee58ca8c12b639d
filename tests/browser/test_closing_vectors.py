"""The tablet's closing check and clock, on the vectors that the school's run on."""

import pytest

from tests.browser.conftest import Visit
from tests.conversation.test_closing import VECTORS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_tablet_remarks_what_the_school_remarks(visit: Visit) -> None:
    page = visit("/pupils")
    run = """async (vectors) => {
      const { closingCheck } = await import("/static/hour/closing.js")
      return vectors.map(({ actions, undecided, conflicts }) => closingCheck(actions, undecided, conflicts))
    }"""
    vectors = VECTORS["closing"]
    for vector, remarks in zip(vectors, page.evaluate(run, vectors), strict=True):
        assert remarks == vector["remarks"], vector["name"]


def test_the_tablet_shares_out_what_the_school_shares_out(visit: Visit) -> None:
    page = visit("/pupils")
    run = """async (vectors) => {
      const { replan } = await import("/static/hour/clock.js")
      return vectors.map(({ planned, used, left, current }) => replan(planned, used, left, current))
    }"""
    vectors = VECTORS["clock"]
    for vector, minutes in zip(vectors, page.evaluate(run, vectors), strict=True):
        assert minutes == vector["minutes"], vector["name"]
