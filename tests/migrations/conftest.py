"""Empty databases of both kinds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgresql


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The server of the whole run, else one of its own."""
    if url := os.environ.get(postgresql.VARIABLE):
        yield url
    else:
        with postgresql.server() as url:
            yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'convo.db'}"
    else:
        with postgresql.fresh_database(request.getfixturevalue("postgresql_url")) as url:
            yield url
