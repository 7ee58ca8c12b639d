"""What somebody can do who has the database's own keys, for tests of what is then found out."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from convo.frozen import RULES


def unlock(session: Session) -> None:
    """Take away, for this transaction, the rules by which rows never change."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    triggers = session.execute(text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    for name, table in triggers.all():
        if table in RULES:
            session.execute(text(f"DROP TRIGGER {name}"))
