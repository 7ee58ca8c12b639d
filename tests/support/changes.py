"""One change as a tablet sends it: a JSON object (DESIGN §6)."""

from typing import Any
from uuid import UUID

from convo.kernel.ids import new_id


def change(thing: str, thing_id: UUID, field: str, value: Any, base: UUID | None = None, **more: Any) -> Any:
    """Return a change of one field. Without ``base`` its author has seen nothing in the field."""
    named = {"value": value, "base": base, **more}
    return {
        "v": 1,
        "id": str(new_id()),
        "thing": thing,
        "thing_id": str(thing_id),
        "field": field,
        **{name: str(item) if isinstance(item, UUID) else item for name, item in named.items()},
    }
