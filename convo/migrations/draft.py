"""Draft the next version from what the models have and the versions do not: read it before it is kept.

    python -m convo.migrations.draft "Lay the tables"

To draft the newest version again, delete its file first. Changed rules and choices (check constraints) are
not seen by Alembic: write them in by hand; ``tests/migrations`` fails until they are there.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from convo.db import Database
from convo.migrations import configuration, upgrade
from convo.tables import metadata


def draft(message: str) -> Path:
    """Write the next version into ``versions/`` and return its file."""
    config = configuration()
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["metadata"] = metadata
    number = 1 + sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions())
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        upgrade(url)
        database = Database(url)
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            made = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        database.dispose()
    assert made is not None
    assert not isinstance(made, list)
    file = Path(made.path)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), "utf-8")
    return file


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say what it does: python -m convo.migrations.draft "Lay the tables"')
    draft(sys.argv[1])  # Alembic says which file it makes
