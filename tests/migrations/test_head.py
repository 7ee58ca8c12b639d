"""The newest version of the database is what the models say, to the last rule."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from convo import migrations
from convo.db import Base, Database
from convo.kernel.errors import WrongSetup
from convo.tables import metadata

# Tests of other rooms may have mapped tables of their own in the same process.
TABLES = [
    mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("convo.")
]
VERSIONS = Path(migrations.__file__).parent / "versions"


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            yield connection
    finally:
        database.dispose()


def shape(connection: Connection) -> dict[str, Any]:
    """What the database itself says about its tables, in an order that does not matter."""
    looking = inspect(connection)

    def plain(found: list[Any]) -> list[str]:
        return sorted(str(sorted((key, words(value)) for key, value in item.items())) for item in found)

    def words(value: Any) -> str:
        # A partial index holds its condition as an object, of which only the words count.
        return str({key: str(item) for key, item in value.items()} if isinstance(value, dict) else value)

    return {
        table: {
            "columns": plain(looking.get_columns(table)),
            "primary key": str(looking.get_pk_constraint(table)),
            "foreign keys": plain(looking.get_foreign_keys(table)),
            "unique": plain(looking.get_unique_constraints(table)),
            "indexes": plain(looking.get_indexes(table)),
            "checks": plain(looking.get_check_constraints(table)),
            "triggers": triggers(connection, table),
        }
        for table in looking.get_table_names()
        if table != "alembic_version"
    }


def triggers(connection: Connection, table: str) -> list[str]:
    statement = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
        "postgresql": "SELECT pg_get_triggerdef(oid) || pg_get_functiondef(tgfoid) FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid = CAST(:table AS regclass)",
    }[connection.dialect.name]
    return sorted(connection.execute(text(statement), {"table": table}).scalars())


def test_alembic_finds_nothing_to_add_to_the_newest_version(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    with connected(empty_url) as connection:
        names = {table.name for table in TABLES}
        only_convos = {"include_object": lambda _, name, kind, *__: kind != "table" or name in names}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **only_convos})
        assert compare_metadata(context, metadata) == []


def test_an_upgraded_database_has_the_same_tables_and_rules_as_the_models(
    empty_url: str,
) -> None:
    with connected(empty_url) as connection:
        metadata.create_all(connection, tables=TABLES)
        expected = shape(connection)
        metadata.drop_all(connection, tables=TABLES)
        connection.commit()
    migrations.upgrade(empty_url)
    with connected(empty_url) as connection:
        found = shape(connection)
    assert found.keys() == expected.keys()
    for table, parts in expected.items():
        assert found[table] == parts, table


def test_every_rule_of_the_database_has_a_name(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    with connected(empty_url) as connection:
        looking = inspect(connection)
        for table in looking.get_table_names():
            rules = [
                *looking.get_check_constraints(table),
                *looking.get_unique_constraints(table),
                *looking.get_foreign_keys(table),
            ]
            assert [rule for rule in rules if not rule["name"]] == []


def test_the_newest_version_by_number_is_the_one_that_alembic_goes_to() -> None:
    assert migrations.head() == ScriptDirectory.from_config(migrations.configuration()).get_current_head()


def test_an_upgraded_database_knows_its_version(empty_url: str) -> None:
    assert migrations.current(empty_url) is None
    assert not migrations.is_current(empty_url)
    migrations.upgrade(empty_url)
    assert migrations.current(empty_url) == migrations.head()
    assert migrations.is_current(empty_url)


def test_a_database_of_a_newer_convo_is_refused_in_one_sentence(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    with connected(empty_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    assert not migrations.is_current(empty_url)
    with pytest.raises(WrongSetup, match="newer convo"):
        migrations.upgrade(empty_url)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/convo.db", "mysterious://", "mysterious"])
def test_an_address_that_leads_nowhere_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(WrongSetup, match="CONVO_DATABASE_URL"):
        migrations.upgrade(url)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "convo.db"
    file.write_text("a shopping list, much longer than the header of a database would be " * 20)
    with pytest.raises(WrongSetup):
        migrations.upgrade(f"sqlite:///{file}")
    assert file.read_text().startswith("a shopping list")


@pytest.mark.parametrize("file", sorted(VERSIONS.glob("*.py")), ids=lambda file: file.stem)
def test_a_version_imports_nothing_of_convo(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            assert not [name for name in names if name.split(".")[0] == "convo"]
        assert not (isinstance(node, ast.FunctionDef) and node.name == "downgrade"), "upgrades only"
