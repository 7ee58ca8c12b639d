"""Draft the next version from what the models have and the versions do not: read it before it is kept.

    python -m convo.migrations.draft "Lay the tables"

To draft the newest version again, delete its file first. Changed rules and choices (check constraints) are
not seen by Alembic: write them in by hand; ``tests/migrations`` fails until they are there. The same holds
for a changed rule of rows that never change (``convo/frozen.py``); a new one is drafted.
"""

import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from convo.db import Database
from convo.frozen import RULES
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
            triggers = connection.execute(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"))
            frozen = set(triggers.scalars())
        database.dispose()
    assert made is not None
    assert not isinstance(made, list)
    file = Path(made.path)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    lines = [line for line in lines if not line.lstrip().startswith("# ###")]
    file.write_text("".join([*lines, *_rules_beyond(frozen)]), "utf-8")
    return file


def _rules_beyond(frozen: Collection[str]) -> Iterator[str]:
    """Yield the lines that freeze the tables which a database does not freeze yet."""
    for table, rules in RULES.items():
        for dialect, statements in rules.items() if table not in frozen else ():
            yield f'    if op.get_context().dialect.name == "{dialect}":\n'
            for statement in statements:
                yield f'        op.execute("""{statement}""")\n'


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say what it does: python -m convo.migrations.draft "Lay the tables"')
    draft(sys.argv[1])  # Alembic says which file it makes
