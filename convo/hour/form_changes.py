"""A stage's plain form, turned into the journal's changes: one road for both (DESIGN §6). Pure.

A control is named ``thing:id:field``. Beside it may stand a hidden ``thing:id:field:base``, the change that
the field stood at when the page was made; for a tick box or chips it also says that the control was on the
page. A hidden ``new`` names a row that does not exist yet (``entry:id``, or ``action:id if
decision:id:outcome=change``); such a row is made only when its words were written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID, uuid5

from convo.conversation.fields import field_of, words_of
from convo.conversation.incoming import read_base
from convo.kernel.errors import OLDER, Refused
from convo.kernel.ids import parse_id

_NAME = re.compile(r"[a-z]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[a-z_]+")

# What must be there for a new row to be one: any of these fields.
_ESSENCE = {
    "entry": ("text",),
    "priority": ("text",),
    "target": ("text",),
    "action": ("what",),
    "decision": ("outcome",),
    "participant": ("name", "carer", "person"),
    "note": ("text",),
}


class _Form(Protocol):
    def getlist(self, key: str) -> list[str]: ...
    def keys(self) -> Any: ...


def changes_of(
    form: _Form, operation: UUID, held: Mapping[tuple[UUID, str], Any], seen: Mapping[UUID | int, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the changes that a form makes, as JSON objects, new rows' parents first.

    ``held`` is what each field holds now, ``seen`` what each change held that the form names as a base: a
    field counts as changed when it differs from what its reader saw, not from what another has written since.
    Change ids are made from ``operation``, see ``operation_of``, so that a form sent twice changes once.
    """
    new = dict(_new_rows(form))
    for name in _names(form):
        thing, identifier, field = name.split(":")
        spec = field_of(thing, field)
        value = spec.from_form(form.getlist(name))
        base = read_base(_first(form, f"{name}:base"))
        row = f"{thing}:{identifier}"
        if row in new:
            unsaid = value in (None, "", []) or (value is False and not form.getlist(name))
            if not new[row] or unsaid:
                continue
        else:
            before = seen.get(base) if base else held.get((UUID(identifier), field))
            if spec.says(value, before):
                continue
        yield {
            "v": 1,
            "id": str(uuid5(operation, name)),
            "thing": thing,
            "thing_id": identifier,
            "field": field,
            "value": value,
            "base": str(base) if base else None,
        }


def of_these_words(form: _Form, change: dict[str, Any], typed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the change that a button makes; one that takes something out says which words its reader saw.

    ``typed`` are the changes of the same form: words typed in it are seen, too.
    """
    words = words_of(change["thing"])
    if change["field"] != "removed" or not change["value"] or words is None:
        return change
    name = f"{change['thing']}:{change['thing_id']}:{words}"
    mine = (each["id"] for each in typed if f"{each['thing']}:{each['thing_id']}:{each['field']}" == name)
    base = next(mine, None) or _first(form, f"{name}:base")
    return {**change, "base": base or change["base"]}


def operation_of(form: _Form, slug: str) -> UUID:
    """Return what pressing a button of a page is known by: the forms of a page share its ``op``."""
    page = parse_id(_first(form, "op"))
    if page is None:
        raise Refused(OLDER)
    return uuid5(page, f"{slug} {_first(form, 'do')} {_first(form, 'go')}")


def _first(form: _Form, name: str) -> str:
    return (form.getlist(name) or [""])[0]


def bases_of(form: _Form) -> set[UUID | int]:
    """Return the changes that a form names as what its reader saw."""
    named = (form.getlist(key)[0] for key in form.keys() if key.endswith(":base"))  # noqa: SIM118
    return {base for base in map(read_base, named) if base is not None}


def _names(form: _Form) -> list[str]:
    """Return the controls that were on the page: parents first, then as the page has them."""
    found: dict[str, None] = {}
    for key in form.keys():  # noqa: SIM118
        name = key.removesuffix(":base")
        if _NAME.fullmatch(name):
            found[name] = None
    return sorted(found, key=lambda name: not name.endswith((":parent", ":carer", ":person")))


def _new_rows(form: _Form) -> Iterator[tuple[str, bool]]:
    """Yield each row that the form may make, and whether it is to be made."""
    for marker in form.getlist("new"):
        row, _, condition = marker.partition(" if ")
        thing = row.partition(":")[0]
        wanted = any("".join(form.getlist(f"{row}:{name}")).strip() for name in _ESSENCE.get(thing, ()))
        if condition:
            name, _, value = condition.partition("=")
            wanted = wanted and form.getlist(name) == [value]
        yield row, wanted
