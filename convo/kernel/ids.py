"""Identifiers: random UUIDs, so that a tablet without wifi can make them."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """Return a new random identifier."""
    return uuid4()


def parse_id(text: object) -> UUID | None:
    """Return the identifier that the text spells, or None."""
    if not isinstance(text, str):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
