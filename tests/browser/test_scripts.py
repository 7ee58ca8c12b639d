"""The hour's scripts in a browser: each file once, and no name of ours in the way of the browser's own."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

import convo
from tests.browser.conftest import Visit
from tests.support.browser import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATIC = Path(convo.__file__).parent / "static"


def test_the_hour_loads_each_script_once_and_all_at_one_version(visit: Visit, meeting: UUID) -> None:
    page = visit(f"/conversations/{meeting}/explore")
    until(page, lambda: len(_scripts(page)) >= 2, "what comes later is there")
    page.fill("#say", "She reads every night")
    page.press("#say", "Enter")
    page.wait_for_load_state("networkidle")
    loaded = [urlsplit(address) for address in _scripts(page)]
    names = sorted(address.path.rpartition("/")[2] for address in loaded)
    assert names == ["follows.js", "hour.js"]
    assert len({address.query for address in loaded}) == 1
    assert loaded[0].query.startswith("v=")


def test_no_module_gives_a_name_of_the_browsers_own_another_meaning(visit: Visit, meeting: UUID) -> None:
    """In one file, another module that means the browser's would get ours."""
    pattern = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function) ([\w$]+)", re.M)
    names = {name for path in STATIC.rglob("*.js") for name in pattern.findall(path.read_text("utf-8"))}
    page = visit(f"/conversations/{meeting}/explore")
    assert (
        page.evaluate(
            "names => names.filter(name => name in window && !(name in Object.prototype))", sorted(names)
        )
        == []
    )


def _scripts(page: Any) -> list[str]:
    names: list[str] = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    return [name for name in names if ".js" in name]
