"""Which carers of different pupils may be one adult: offered to a person, never joined by this. Pure."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from convo.kernel.text import folded

# An address or a name that more children share is an office's, a slip or a common one, not a family's.
MOST_TOGETHER = 12

EMAIL = "the same e-mail"
PHONE = "the same phone number"
PARTNER = "the same name, and the children’s other carer has the same name too"
NAME = "the same name"


class CarerLink(NamedTuple):
    """A carer as linked to one pupil: what tells whether siblings' carers are one person."""

    carer_id: Hashable
    pupil_id: Hashable
    pupil_surname: str
    forename: str
    surname: str
    email: str = ""
    phone: str = ""


class JoiningSuggestion(NamedTuple):
    """Carers of different pupils who may be one person, and what they have in common.

    ``likely``: each has something in common with another of them beyond a name that many may have.
    """

    carers: tuple[Hashable, ...]
    reason: str
    likely: bool


def joining_suggestions(
    links: Iterable[CarerLink], declined: Collection[frozenset[Hashable]] = ()
) -> tuple[JoiningSuggestion, ...]:
    """Return the carers to offer for joining, the likely first: nothing is joined by this.

    Likely are carers of one forename with the same e-mail or phone number (alone they are often a couple's),
    and those of one full name whose pupils share a surname and another carer's name. Then come those who
    only share the full name and the pupils' surname, once nothing likelier is open about them. Two names
    with two e-mails, two carers of one pupil and ``declined`` pairs are not taken for one person, but may
    stand in one offer where a third could be either.
    """
    families = _Families(links, declined)
    likely = families.alike((EMAIL, PHONE, PARTNER))
    answered_first = {carer for offer in likely for carer in offer.carers}
    return (*likely, *families.alike((NAME,), without=answered_first))


class _Families:
    """Everyone who cares for a pupil, by what they may have in common."""

    def __init__(self, links: Iterable[CarerLink], declined: Collection[frozenset[Hashable]]) -> None:
        self.declined = declined
        self.pupils: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
        self.emails: defaultdict[Hashable, set[str]] = defaultdict(set)
        self.phones: defaultdict[Hashable, set[str]] = defaultdict(set)
        self.sharing: dict[str, defaultdict[Hashable, dict[Hashable, None]]] = {
            reason: defaultdict(dict) for reason in (EMAIL, PHONE, PARTNER, NAME)
        }
        by_pupil: defaultdict[Hashable, list[CarerLink]] = defaultdict(list)
        for link in links:
            by_pupil[link.pupil_id].append(link)
        for together in by_pupil.values():
            for link in together:
                self._place(link, [_name(other) for other in together if other is not link])

    def _place(self, link: CarerLink, partners: list[str]) -> None:
        carer, forename = link.carer_id, folded(link.forename)
        self.pupils[carer].add(link.pupil_id)
        if email := link.email.casefold():
            self.emails[carer].add(email)
            self.sharing[EMAIL][email, forename][carer] = None
        if phone := "".join(filter(str.isdigit, link.phone)):
            self.phones[carer].add(phone)
            self.sharing[PHONE][phone, forename][carer] = None
        if link.forename and link.surname:
            name = (_name(link), folded(link.pupil_surname))
            self.sharing[NAME][name][carer] = None
            for partner in partners:
                self.sharing[PARTNER][name, partner][carer] = None

    def alike(
        self, reasons: Collection[str], without: Collection[Hashable] = ()
    ) -> tuple[JoiningSuggestion, ...]:
        """Return those who hang together by one of the reasons, in the order in which they are first met."""
        found: dict[Hashable, dict[Hashable, None]] = {}
        why: defaultdict[Hashable, dict[str, None]] = defaultdict(dict)
        for reason in reasons:
            for first, second in self._pairs(reason, without):
                one, other = (found.setdefault(carer, {carer: None}) for carer in (first, second))
                if one is not other:
                    one.update(other)
                    found.update(dict.fromkeys(other, one))
                why[first][reason] = None
        groups = {id(group): tuple(group) for group in found.values()}.values()
        return tuple(
            JoiningSuggestion(
                group,
                "; ".join(reason for reason in reasons if any(reason in why[one] for one in group)),
                likely=NAME not in reasons,
            )
            for group in groups
            if len(group) <= MOST_TOGETHER
        )

    def _pairs(self, reason: str, without: Collection[Hashable]) -> Iterator[tuple[Hashable, Hashable]]:
        for sharing in self.sharing[reason].values():
            carers = [carer for carer in sharing if carer not in without]
            if len(carers) <= MOST_TOGETHER:
                yield from (pair for pair in combinations(carers, 2) if self._may_be_one(reason, *pair))

    def _may_be_one(self, reason: str, one: Hashable, other: Hashable) -> bool:
        if frozenset((one, other)) in self.declined or self.pupils[one] & self.pupils[other]:
            return False
        reached = [(self.emails[one], self.emails[other]), (self.phones[one], self.phones[other])]
        return reason in (EMAIL, PHONE) or not any(a and b and not a & b for a, b in reached)


def _name(link: CarerLink) -> str:
    return folded(f"{link.forename} {link.surname}")
