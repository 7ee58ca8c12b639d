"""What the school's roll may change in convo: what people have set here stays, and a changed adult asks."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from convo.kernel.text import folded
from convo.people.reading.rows import ContactRow, RollRow

# The fields of a pupil that the roll writes; carers go their own way, through ``match_contacts``.
PUPIL_FIELDS = (
    "surname",
    "forename",
    "preferred_forename",
    "born_on",
    "year_group",
    "class_name",
    "home_language",
    "sen_provision",
    "sen_need",
    "fsm",
    "key_teacher",
    "attendance",
)


class Kept(NamedTuple):
    """A field that a person has set in convo and in which the roll says something else."""

    field: str
    ours: object
    roll: object


class Changes(NamedTuple):
    """What a row of the roll does to a pupil: values to write, values that stay, and what to remember.

    ``imported`` is what the roll said in every field it carries: the next import's ``imported_before``.
    """

    update: dict[str, Any]
    kept: tuple[Kept, ...]
    imported: dict[str, Any]


def _empty(value: object) -> bool:
    return value is None or value == ""


def changes(current: Mapping[str, Any], imported_before: Mapping[str, Any], row: RollRow) -> Changes:
    """Return what the row changes in a pupil whose values are ``current``.

    The roll writes a field only where it is empty or still holds what the last import wrote; otherwise a
    person has set it. One that a person has emptied stays so while the roll says nothing new. A field that
    the file does not carry is left alone.
    """
    update: dict[str, Any] = {}
    kept: list[Kept] = []
    imported = dict(imported_before)
    for field in PUPIL_FIELDS:
        if field not in row.present:
            continue
        said = getattr(row, field)
        ours = current.get(field)
        if said != ours and not (_empty(said) and _empty(ours)):
            before = imported_before.get(field)
            emptied = _empty(ours) and said == before
            if (_empty(ours) and not emptied) or (field in imported_before and ours == before):
                update[field] = said
            else:
                kept.append(Kept(field, ours, said))
        imported[field] = said
    return Changes(update, tuple(kept), imported)


# --- The adults of one pupil ------------------------------------------------------------------------


class KnownCarer(NamedTuple):
    """A carer of the pupil as convo has them, and what the roll last said of them (None: not from a roll)."""

    id: Hashable
    forename: str
    surname: str
    email: str | None
    title: str | None
    relationship: str | None
    parental_responsibility: bool | None
    imported: ContactRow | None


class Difference(NamedTuple):
    """One thing in which the roll's contact differs from the carer."""

    field: str
    ours: object
    roll: object


class ContactMatch(NamedTuple):
    """A contact of the roll and the carer that it is or may be; ``carer`` None is someone new.

    ``fills`` may be written: convo had nothing there. ``asks`` is for a person to decide, and nothing of it
    is written before they have.
    """

    contact: ContactRow
    carer: KnownCarer | None
    fills: dict[str, Any]
    asks: tuple[Difference, ...]


class ContactMatches(NamedTuple):
    """The contacts of one pupil, and the carers whom the roll once named and names no longer."""

    matches: tuple[ContactMatch, ...]
    gone: tuple[KnownCarer, ...]


_COMPARED = ("forename", "surname", "email", "title", "relationship", "parental_responsibility")


def _name(person: ContactRow | KnownCarer) -> str:
    return folded(f"{person.forename} {person.surname}")


def _email(person: ContactRow | KnownCarer) -> str:
    return (person.email or "").casefold()


def _email_and_name(person: ContactRow | KnownCarer) -> Hashable:
    return (_email(person), _name(person)) if person.email else None


def _relationship(person: ContactRow | KnownCarer) -> Hashable:
    return folded(person.relationship or "") or None


def _unlike(contact: ContactRow, carer: KnownCarer) -> int:
    before = carer.imported or carer
    return sum((getattr(contact, f) or None) != (getattr(before, f) or None) for f in _COMPARED)


def one_each(contacts: Sequence[ContactRow]) -> list[ContactRow]:
    """Return the contacts of a row, one for each adult, as some rows name an adult twice.

    Two of one name are one adult unless their e-mails or their relationships differ. What the first leaves
    out is taken from the second.
    """
    found: list[ContactRow] = []
    for contact in contacts:
        for index, earlier in enumerate(found):
            if _name(earlier) == _name(contact) and all(
                not one or not other or folded(one) == folded(other)
                for one, other in (
                    (earlier.email, contact.email),
                    (earlier.relationship, contact.relationship),
                )
            ):
                gaps = {name: getattr(contact, name) for name in _COMPARED if _empty(getattr(earlier, name))}
                found[index] = earlier._replace(**gaps)
                break
        else:
            found.append(contact)
    return found


def match_contacts(carers: Sequence[KnownCarer], contacts: Sequence[ContactRow]) -> ContactMatches:
    """Return which contact of a pupil's row is which of the same pupil's carers.

    First by e-mail and name together, then by name, then by e-mail: parents may share an address, so that a
    name tells more. What is left and is the only one of its relationship on both sides may be the same
    person under another name: it asks, and is not taken for someone new.
    """
    found: dict[int, KnownCarer] = {}
    free = list(carers)
    # A carer is also known by what the roll last called them: a name corrected in convo is no stranger.
    # Of several with one name the likest is taken: a father and a grandfather who share it find themselves
    # again. An e-mail or a relationship tells only where it is one carer's.
    steps: tuple[tuple[Callable[[ContactRow | KnownCarer], Hashable], bool, bool], ...] = (
        (_email_and_name, True, False),
        (lambda person: _name(person) or None, True, False),
        (lambda person: _email(person) or None, False, False),
        (_relationship, False, True),
    )
    for key, any_will_do, only_if_alone in steps:
        left = [index for index in range(len(contacts)) if index not in found]
        by_key: defaultdict[Hashable, list[KnownCarer]] = defaultdict(list)
        for carer in free:
            for known in {key(carer), key(carer.imported) if carer.imported else None} - {None}:
                by_key[known].append(carer)
        pairs: list[tuple[int, int, KnownCarer]] = []
        for index in left:
            wanted = key(contacts[index])
            same = by_key.get(wanted, []) if wanted is not None else []
            rivals = [other for other in left if other != index and key(contacts[other]) == wanted]
            if (any_will_do or len(same) == 1) and not (only_if_alone and rivals):
                pairs += [(_unlike(contacts[index], carer), index, carer) for carer in same]
        for _, index, carer in sorted(pairs, key=lambda pair: pair[:2]):
            if index not in found and carer in free:
                found[index] = carer
                free.remove(carer)
    matches = tuple(_match(contact, found.get(index)) for index, contact in enumerate(contacts))
    return ContactMatches(matches, tuple(carer for carer in free if carer.imported is not None))


def _match(contact: ContactRow, carer: KnownCarer | None) -> ContactMatch:
    if carer is None:
        return ContactMatch(contact, None, {}, ())
    fills: dict[str, Any] = {}
    asks: list[Difference] = []
    for field in _COMPARED:
        said, ours = getattr(contact, field), getattr(carer, field)
        before = getattr(carer.imported, field) if carer.imported else None
        if _empty(said) or said in (ours, before):
            continue
        if _empty(ours) and _empty(before):
            fills[field] = said
        else:
            asks.append(Difference(field, ours, said))
    return ContactMatch(contact, carer, fills, tuple(asks))
