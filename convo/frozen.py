"""Rows that never change once they are written: a rule of the database itself, not of whoever writes to it.

A row that was handed out or that proves something is refused every UPDATE and DELETE, whatever tool sends
it. Whatever a later law or request needs taken out (retention, erasure) has to be said here first: as a
condition of the rule, put into the database by a version in ``convo/migrations``.
"""

from collections.abc import Iterator

from sqlalchemy import DDL, Table, UniqueConstraint, event

RULES: dict[str, dict[str, tuple[str, ...]]] = {}
"""By table and dialect: the statements that a version in ``convo/migrations`` repeats."""


def never_changes(table: object, **unless: str) -> None:
    """Let the database refuse to change, delete or replace a table's rows.

    It says ``<table>_never_changes`` then, as an IntegrityError. ``unless`` maps a column to the SQL
    condition on ``OLD`` and ``NEW`` under which that one may change; it holds neither ``:`` nor ``%``, which
    SQLAlchemy reads as its own.
    """
    assert isinstance(table, Table)
    rules = {"sqlite": tuple(_sqlite(table, unless)), "postgresql": tuple(_postgresql(table, unless))}
    RULES[table.name] = rules
    for dialect, statements in rules.items():
        for statement in statements:
            ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl)


def _sqlite(table: Table, unless: dict[str, str]) -> Iterator[str]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{table.name}_never_changes'); END"
    yield (
        f"CREATE TRIGGER {table.name}_never_changes BEFORE UPDATE ON {table.name}\n"
        f"WHEN {_changed(table, unless, 'IS NOT')}\n{stop}"
    )
    yield f"CREATE TRIGGER {table.name}_never_goes BEFORE DELETE ON {table.name}\n{stop}"
    # INSERT OR REPLACE deletes the row that is in the way without asking a trigger.
    keys = [["id"], *sorted(_unique(table))]
    same = " OR ".join(" AND ".join(f"{name} = NEW.{name}" for name in key) for key in keys)
    in_the_way = f"SELECT 1 FROM {table.name} WHERE {same}"  # noqa: S608 - names that the models give
    yield (
        f"CREATE TRIGGER {table.name}_never_gives_way BEFORE INSERT ON {table.name}\n"
        f"WHEN EXISTS ({in_the_way})\n{stop}"
    )


def _postgresql(table: Table, unless: dict[str, str]) -> Iterator[str]:
    name = f"{table.name}_never_changes"
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "IF TG_OP = 'UPDATE' THEN\n"
        f"IF NOT ({_changed(table, unless, 'IS DISTINCT FROM')}) THEN RETURN NEW; END IF;\n"
        "END IF;\n"
        f"RAISE EXCEPTION USING MESSAGE = '{name}', ERRCODE = 'integrity_constraint_violation';\n"
        "END $$"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table.name}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    yield (
        f"CREATE TRIGGER {table.name}_never_goes BEFORE TRUNCATE ON {table.name}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def _changed(table: Table, unless: dict[str, str], differs: str) -> str:
    """Return the condition that an UPDATE changes what never changes; a column may have a key word's name."""
    names = [column.name for column in table.columns]
    assert unless.keys() <= set(names)
    return "\nOR ".join(
        f'NEW."{name}" {differs} OLD."{name}"'
        if name not in unless
        else f'(NEW."{name}" {differs} OLD."{name}" AND NOT ({unless[name]}))'
        for name in names
    )


def _unique(table: Table) -> list[list[str]]:
    """Return what is unique in a table beside the id."""
    rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    keys = [[column.name for column in rule.columns] for rule in rules]
    return [key for key in keys if "id" not in key]
