"""A stage's plain form, turned into the journal's changes: one road for both (DESIGN §6). Pure.

A control is named ``thing:id:field``. Beside it may stand a hidden ``thing:id:field:base``, the change that
the field stood at when the page was made, or, where no change had written it, ``was:thing:id:field``, the
value that it had; for a tick box either also says that it was on the page. A hidden ``new`` names a row that
does not exist yet (``entry:id``, or ``action:id if decision:id:outcome=change``); such a row is made only
when its words were written.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID, uuid5

from convo.conversation.fields import as_json, field_of, words_of
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


class Written(Protocol):
    """A change that the school has, as far as a form is compared with it."""

    id: Any
    base: Any
    value: Any


Latest = Mapping[tuple[UUID, str], Sequence[Written]]


def changes_of(form: _Form, latest: Latest, seen: Mapping[UUID | int, Any]) -> Iterator[dict[str, Any]]:
    """Yield the changes that a form makes, as JSON objects, new rows' parents first.

    ``seen`` is what each change held that the form names as a base, ``latest`` what stands in a field and
    what waits beside it. A field counts as changed when it differs from what its reader saw: what the page
    was made with or, where it was sent before, what it said then; whatever others have written since.
    """
    new = dict(_new_rows(form))
    for name in _names(form):
        thing, identifier, field = name.split(":")
        value = field_of(thing, field).from_form(form.getlist(name))
        made = new.get(f"{thing}:{identifier}")
        if value is None or made is False:
            continue  # no button of a group was chosen, or a new row has no words
        own = _sent_before(form, name, latest)
        unsaid = value in ("", []) or (value is False and not form.getlist(name))
        if own is None and made and unsaid:
            continue
        shown = own.value if own else _shown(form, name, seen)
        if (own or not made) and field_of(thing, field).says(value, shown):
            continue
        yield change_of(form, name, value, latest)


def change_of(
    form: _Form, name: str, value: Any, latest: Latest, otherwise: str | None = None
) -> dict[str, Any]:
    """Return the change that gives a field a value, on the base that the page saw.

    ``otherwise`` is the base of a field that the page did not show.
    """
    own = _sent_before(form, name, latest)
    thing, identifier, field = name.split(":")
    seen_at = str(own.id) if own else _first(form, f"{name}:base")
    shown = own or form.getlist(name)
    return {
        "v": 1,
        "id": str(_id_of(form, name, seen_at, value)),
        "thing": thing,
        "thing_id": identifier,
        "field": field,
        "value": value,
        "base": (seen_at if shown else otherwise) or None,
    }


def _id_of(form: _Form, name: str, base: str, value: Any) -> UUID:
    """Return the id of a change that a page makes: the same for the same words, so that they count once."""
    return uuid5(_page_of(form), f"{name} {base} {json.dumps(_cleaned(name, value))}")


def _sent_before(form: _Form, name: str, latest: Latest) -> Written | None:
    """Return what this very page said of a field when it was sent before: whoever sends it again saw that."""
    _, identifier, field = name.split(":")
    base = _first(form, f"{name}:base")

    def is_own(change: Written) -> bool:
        made_on = (base, str(change.base))  # what the page came with, or what it had said before that
        return any(change.id == _id_of(form, name, each, change.value) for each in made_on)

    return next(filter(is_own, reversed(latest.get((UUID(identifier), field), ()))), None)


def _shown(form: _Form, name: str, seen: Mapping[UUID | int, Any]) -> Any:
    """Return what a field held on the page: what its base did or, where it has none, what the page says."""
    base = read_base(_first(form, f"{name}:base"))
    if base is not None:
        return seen.get(base)
    thing, _, field = name.split(":")
    was = form.getlist(f"was:{name}")
    return field_of(thing, field).from_form(was) if was else None


def of_these_words(
    form: _Form, change: dict[str, Any], typed: Sequence[dict[str, Any]], latest: Latest
) -> dict[str, Any]:
    """Return the change that a button makes; one that takes something out says which words its reader saw.

    ``typed`` are the changes of the same form: words typed in it are seen, too, as are those that it brought
    when it was sent before.
    """
    words = words_of(change["thing"])
    if change["field"] != "removed" or not change["value"] or words is None:
        return change
    name = f"{change['thing']}:{change['thing_id']}:{words}"
    mine = (each["id"] for each in typed if f"{each['thing']}:{each['thing_id']}:{each['field']}" == name)
    own = _sent_before(form, name, latest)
    base = next(mine, None) or (str(own.id) if own else _first(form, f"{name}:base"))
    return {**change, "base": base or change["base"]}


def operation_of(form: _Form, slug: str) -> UUID:
    """Return what pressing a button of a page is known by: the forms of a page share its ``op``."""
    return uuid5(_page_of(form), f"{slug} {_first(form, 'do')} {_first(form, 'go')}")


def _page_of(form: _Form) -> UUID:
    page = parse_id(_first(form, "op"))
    if page is None:
        raise Refused(OLDER)
    return page


def _first(form: _Form, name: str) -> str:
    return (form.getlist(name) or [""])[0]


def bases_of(form: _Form) -> set[UUID | int]:
    """Return the changes that a form names as what its reader saw."""
    named = (form.getlist(key)[0] for key in form.keys() if key.endswith(":base"))  # noqa: SIM118
    return {base for base in map(read_base, named) if base is not None}


def _cleaned(name: str, value: Any) -> Any:
    """Return a value as the journal keeps it, or as it is: let the journal say what is wrong with it."""
    thing, _, field = name.split(":")
    try:
        return as_json(field_of(thing, field).read(value))
    except Refused:
        return value


def _names(form: _Form) -> list[str]:
    """Return the controls that were on the page: parents first, then as the page has them."""
    found: dict[str, None] = {}
    for key in form.keys():  # noqa: SIM118
        name = key.removeprefix("was:").removesuffix(":base")
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
