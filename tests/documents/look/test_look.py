"""Twelve pages look as they did when somebody last looked at them.

Where a difference was meant, look at the sheet of ``python -m tests.documents.look --out DIR``, then keep it
with ``--accept``.
"""

from pathlib import Path

import pytest
from PIL import Image

from tests.documents.look import Copy, draw
from tests.documents.look.references import REFERENCES, Reference, copies, distance

pytestmark = [pytest.mark.documents, pytest.mark.slow]

FAR = 0.25


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[Copy, list[Path]]:
    """Return the pages of all copies of which one is kept, made by one call of LibreOffice."""
    return draw(copies(), tmp_path_factory.mktemp("look"), 60)


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda one: one.file.stem)
def test_a_page_looks_as_it_did_when_somebody_looked_at_it(
    drawn: dict[Copy, list[Path]], reference: Reference
) -> None:
    page = drawn[reference.tag, reference.layout][reference.page - 1]
    with Image.open(reference.file) as kept, Image.open(page) as now:
        assert distance(kept, now) < FAR, f"{page} is not {reference.file}: look at both"
