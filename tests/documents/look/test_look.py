"""Thirteen pages look as they did when somebody last looked at them.

Where a difference was meant, look at the sheet of ``python -m tests.documents.look --out DIR``, then keep it
with ``--accept``.

Each of these was broken once, and the pages named here were then too far from the kept ones: the order of
the two columns (side), a table drawn as a list and a table left out (side), the heading of what happens
next left out (most pages), ``w:bidi`` off in the home styles (ur, ar, fa), the two halves in the other
order (fa, ti), the logo left out (pl, ti, uk, en) and cut by an exact line (ur), the pictures of the
pupil's page left out (pupil).
``w:bidiVisual`` off is not seen here: LibreOffice takes a table's direction from its paragraphs.
Lines two in a hundred taller pass.
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
