"""Identifiers: random UUIDs, so that a tablet without wifi can make them."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """Return a new random identifier."""
    return uuid4()


def parse_pair(text: object) -> tuple[UUID, UUID] | None:
    """Return the two identifiers that the text spells with a full stop between them, or None."""
    if not isinstance(text, str):
        return None
    first, _, second = text.partition(".")
    ids = parse_id(first), parse_id(second)
    return None if ids[0] is None or ids[1] is None else (ids[0], ids[1])


def parse_id(text: object) -> UUID | None:
    """Return the identifier that the text spells, or None."""
    if not isinstance(text, str):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
