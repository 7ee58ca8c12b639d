"""What Alembic runs around the versions: on the connection that ``upgrade`` and ``draft`` give it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import MetaData
from sqlalchemy.types import JSON

from convo.db import NAMING, Instant


def _spelled_out(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Return how a version writes convo's own column types: as SQLAlchemy's, so that it imports no convo."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    # An upgrade needs only the names of constraints; drafting a version brings the models.
    target_metadata=context.config.attributes.get("metadata", MetaData(naming_convention=NAMING)),
    render_as_batch=True,  # SQLite cannot alter a column in place
    render_item=_spelled_out,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
