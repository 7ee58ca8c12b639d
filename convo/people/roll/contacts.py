"""What the contacts of a roll do to the carers of one pupil at a time: new, filled in, or asked about."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from convo.kernel.ids import new_id
from convo.people.models import Carer, ContactQuestion, MayReceive, PupilCarer
from convo.people.reading import ContactRow
from convo.people.roll.preview import FieldChange, Plan, Question
from convo.people.roll.values import ADULT_FIELDS, LINK_FIELDS, called, said
from convo.people.roll.words import CONTACT_NAMES, contact_name, shown
from convo.people.rules import ContactMatch, Difference, KnownCarer, match_contacts


class _Asked(NamedTuple):
    """A question that was asked before; ``took_roll`` is None while it is open."""

    id: UUID
    pupil_id: UUID
    held: str
    roll_says: str
    took_roll: bool | None


class Contacts:
    """The carers of a school, loaded whole, and what becomes of them in a plan. Two statements."""

    def __init__(self, session: Session, school_id: UUID, now: datetime, plan: Plan) -> None:
        self.school_id = school_id
        self.now = now
        self.plan = plan
        self.links: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
        # Adults as they stand after the rows planned so far: siblings may share one.
        self.adults: dict[UUID, dict[str, Any]] = {}
        self.asked: defaultdict[tuple[UUID, str], list[_Asked]] = defaultdict(list)
        self.questioned: set[UUID] = set()
        self._load(session)

    def _load(self, session: Session) -> None:
        link, carer = PupilCarer.__table__.c, Carer.__table__.c
        found: Iterable[Row[Any]] = session.execute(
            select(
                link.id,
                link.pupil_id,
                link.carer_id,
                link.relationship,
                link.parental_responsibility,
                link.imported,
                *(carer[name] for name in ADULT_FIELDS),
                carer.imported.label("adult_imported"),
            )
            .join(Carer.__table__, carer.id == link.carer_id)
            .where(link.school_id == self.school_id)
            .order_by(link.contact_order, link.id)
        )
        for row in [*found]:
            self.links[row.pupil_id].append(row)
            if row.carer_id not in self.adults:
                adult = {name: getattr(row, name) for name in ADULT_FIELDS}
                self.adults[row.carer_id] = {"id": row.carer_id, **adult, "imported": row.adult_imported}
        questions = select(*ContactQuestion.__table__.c).where(ContactQuestion.school_id == self.school_id)
        for one in session.execute(questions):
            asked = _Asked(one.id, one.pupil_id, one.held, one.roll_says, one.took_roll)
            self.asked[one.carer_id, one.field].append(asked)
            if one.took_roll is None:
                self.questioned.add(one.carer_id)

    def add(self, pupil_id: UUID, contact: ContactRow) -> None:
        """Plan a new adult for a pupil. What they speak and read stays unset: the roll does not say."""
        carer_id = new_id()
        self.plan.new_carers.append(
            {
                "id": carer_id,
                "school_id": self.school_id,
                "title": contact.title or "",
                "forename": contact.forename,
                "surname": contact.surname,
                "email": contact.email or "",
                "phone": "",
                "needs_interpreter": False,
                "large_print": False,
                "reading_aloud": False,
                "imported": said(contact, ADULT_FIELDS),
            }
        )
        self.plan.new_links.append(
            {
                "id": new_id(),
                "school_id": self.school_id,
                "pupil_id": pupil_id,
                "carer_id": carer_id,
                "relationship": contact.relationship or "",
                "parental_responsibility": contact.parental_responsibility,
                "may_receive": MayReceive.YES,
                "contact_order": contact.order,
                "imported": said(contact, LINK_FIELDS),
            }
        )

    def compare(
        self,
        pupil: Row[Any],
        contacts: tuple[ContactRow, ...],
        told: list[FieldChange],
        stays: list[FieldChange],
    ) -> None:
        """Plan what the roll's contacts do to a pupil's carers; adds to what is told and to what stays."""
        links = self.links[pupil.id]
        if self._as_before(links, contacts):
            return
        by_carer: dict[Hashable, Row[Any]] = {link.carer_id: link for link in links}
        found = match_contacts([self._known(link) for link in links], contacts)
        for match in found.matches:
            if match.carer is None:
                one = match.contact
                self.add(pupil.id, one)
                name = contact_name(one.title, one.forename, one.surname, one.relationship)
                told.append(FieldChange("New contact", "", name))
            else:
                told += self._match(pupil, by_carer[match.carer.id], match)
        for gone in found.gone:
            name = contact_name(gone.title, gone.forename, gone.surname, gone.relationship)
            stays.append(FieldChange("Contact", name, "no longer named"))

    def _as_before(self, links: list[Row[Any]], contacts: tuple[ContactRow, ...]) -> bool:
        """Say quickly what holds for nearly every pupil: the roll names the same adults as the last time."""
        return len(links) == len(contacts) and all(
            link.carer_id not in self.questioned
            and link.imported == said(contact, LINK_FIELDS)
            and self.adults[link.carer_id]["imported"] == said(contact, ADULT_FIELDS)
            for link, contact in zip(links, contacts, strict=True)
        )

    def _known(self, link: Row[Any]) -> KnownCarer:
        adult = self.adults[link.carer_id]
        before = None
        if link.imported or adult["imported"]:
            spoke = {**adult["imported"], **link.imported}
            before = ContactRow(
                order=0,
                title=spoke.get("title"),
                forename=spoke.get("forename", ""),
                surname=spoke.get("surname", ""),
                relationship=spoke.get("relationship"),
                parental_responsibility=spoke.get("parental_responsibility"),
                email=spoke.get("email"),
            )
        return KnownCarer(
            id=link.carer_id,
            forename=adult["forename"],
            surname=adult["surname"],
            email=adult["email"],
            title=adult["title"],
            relationship=link.relationship,
            parental_responsibility=link.parental_responsibility,
            imported=before,
        )

    def _match(self, pupil: Row[Any], link: Row[Any], match: ContactMatch) -> list[FieldChange]:
        adult = self.adults[link.carer_id]
        who = contact_name(adult["title"], adult["forename"], adult["surname"], link.relationship)
        asks = {ask.field: ask for ask in match.asks}
        says = {
            name: value
            for name, value in said(match.contact, (*ADULT_FIELDS, *LINK_FIELDS)).items()
            if name not in asks
        }
        for name in says:
            self._withdraw(pupil.id, link.carer_id, name)
        of_adult = adult["imported"] | {name: says[name] for name in ADULT_FIELDS if name in says}
        fills = {name: match.fills[name] for name in ADULT_FIELDS if name in match.fills}
        if fills or of_adult != adult["imported"]:
            adult.update(fills, imported=of_adult)
            self.plan.carers[link.carer_id] = adult
        of_link = link.imported | {name: says[name] for name in LINK_FIELDS if name in says}
        fills = {name: match.fills[name] for name in LINK_FIELDS if name in match.fills}
        if fills or of_link != link.imported:
            held = {name: getattr(link, name) for name in LINK_FIELDS}
            self.plan.links.append({"id": link.id, **held, **fills, "imported": of_link})
        for ask in match.asks:
            self._ask(pupil, link.carer_id, who, ask)
        return [
            FieldChange(f"{who}: {CONTACT_NAMES[name]}", "", shown(name, value, {}))
            for name, value in match.fills.items()
        ]

    def _ask(self, pupil: Row[Any], carer_id: UUID, who: str, ask: Difference) -> None:
        """Ask about a difference, unless that very question is open or was answered with what convo holds."""
        held, says = shown(ask.field, ask.ours, {}), shown(ask.field, ask.roll, {})
        before = self.asked[carer_id, ask.field]
        for one in before:
            same_matter = ask.field in ADULT_FIELDS or one.pupil_id == pupil.id
            if same_matter and not one.took_roll and (one.held, one.roll_says) == (held, says):
                return
        self._withdraw(pupil.id, carer_id, ask.field)
        asked = _Asked(new_id(), pupil.id, held, says, None)
        before.append(asked)
        self.plan.new_questions.append(
            {
                "id": asked.id,
                "school_id": self.school_id,
                "pupil_id": pupil.id,
                "carer_id": carer_id,
                "field": ask.field,
                "held": held,
                "roll_says": says,
                "asked_at": self.now,
            }
        )
        change = FieldChange(CONTACT_NAMES[ask.field], held, says)
        self.plan.preview.questions.append(Question(called(pupil), who, change))

    def _withdraw(self, pupil_id: UUID, carer_id: UUID, name: str) -> None:
        """Take back what is still being asked about a pupil's carer and the roll no longer says."""
        for one in [*self.asked.get((carer_id, name), ())]:
            if one.pupil_id == pupil_id and one.took_roll is None:
                self.asked[carer_id, name].remove(one)
                self.plan.withdrawn_questions.append(one.id)
