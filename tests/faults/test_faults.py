"""Ten runs of the fault campaign, always the same; ``python -m tests.faults`` makes others."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.run import one_run
from tests.faults.school import Meeting, lay_out

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUNS = 10
FIRST = 95995  # in these ten, nine of the kinds come; the seconds and the browser differ each time


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the database that each run begins from."""
    return tmp_path_factory.mktemp("school")


@pytest.fixture(scope="module")
def meeting(template: Path) -> Meeting:
    """The open meeting in it."""
    return lay_out(template)


@pytest.mark.parametrize("number", range(RUNS))
def test_whatever_goes_wrong_the_school_holds_what_was_typed_once(
    browser: Any, template: Path, meeting: Meeting, tmp_path: Path, number: int, capsys: Any
) -> None:
    outcome = one_run(browser, template, meeting, tmp_path / "run", FIRST + number, [])
    with capsys.disabled():
        print(f"\n{outcome}")
    assert outcome.problems == [], f"python -m tests.faults --runs 1 --seed {outcome.seed}"
