"""What a roll would do here: each row beside what convo holds, decided by the rules, nothing written."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from convo.access.queries import staff_of
from convo.kernel.ids import new_id
from convo.kernel.text import folded
from convo.people.models import Pupil
from convo.people.reading import RollFile, RollRow
from convo.people.reading.roll import Progress
from convo.people.roll.contacts import Contacts
from convo.people.roll.preview import FieldChange, Plan, PupilLine, RollPreview
from convo.people.roll.values import called, columns_of, current, read_back, stored
from convo.people.roll.words import PUPIL_NAMES, shown
from convo.people.rules import PUPIL_FIELDS, changes, one_each

_SLICE = 500


def plan_roll(
    session: Session, school_id: UUID, now: datetime, roll: RollFile, progress: Progress | None = None
) -> Plan:
    """Return what the roll would do at a school. Four statements, however many pupils there are."""
    return _Planner(session, school_id, now, roll).run(progress)


class _Planner:
    def __init__(self, session: Session, school_id: UUID, now: datetime, roll: RollFile) -> None:
        self.school_id = school_id
        self.roll = roll
        self.plan = Plan(RollPreview(roll.refused))
        known = select(*Pupil.__table__.c).where(Pupil.school_id == school_id, Pupil.upn.is_not(None))
        self.pupils: dict[str, Row[Any]] = {pupil.upn: pupil for pupil in session.execute(known)}
        staff = staff_of(session, school_id)
        self.staff_names = {str(member.person.id): member.person.name for member in staff}
        self.staff: defaultdict[str, list[str]] = defaultdict(list)
        for member in staff:
            if member.roles:
                self.staff[folded(member.person.name)].append(str(member.person.id))
        self.contacts = Contacts(session, school_id, now, self.plan)

    def run(self, progress: Progress | None) -> Plan:
        preview = self.plan.preview
        total = len(self.roll.rows)
        for done, row in enumerate(self.roll.rows, start=1):
            row = self._with_key_teacher(row)
            if len(row.contacts) > 1 and len(adults := one_each(row.contacts)) < len(row.contacts):
                row = row._replace(contacts=tuple(adults))
            held = self.pupils.get(row.upn)
            if held is None:
                self._add(row)
            else:
                self._compare(held, row)
            if progress and (done % _SLICE == 0 or done == total):
                progress(done, total)
        missing = {
            upn: pupil
            for upn, pupil in self.pupils.items()
            if upn not in self.roll.upns and pupil.left_on is None and not pupil.practice
        }
        lines = [PupilLine(called(pupil), pupil.class_name) for pupil in missing.values()]
        preview.missing = sorted(lines, key=lambda line: (line.class_name, line.name))
        self._note_second_upns(missing)
        return self.plan

    def _note_second_upns(self, missing: Mapping[str, Row[Any]]) -> None:
        """Point out who is missing under one UPN and new under another: a temporary one was replaced."""
        lost = {(folded(f"{one.forename} {one.surname}"), one.born_on): upn for upn, one in missing.items()}
        for pupil in self.plan.new_pupils if lost else ():
            if upn := lost.get((folded(f"{pupil['forename']} {pupil['surname']}"), pupil["born_on"])):
                self._note(
                    f"{pupil['forename']} {pupil['surname']} is new with the UPN {pupil['upn']} and missing "
                    f"with {upn}. If this is one child, correct the UPN in your system first."
                )

    def _note(self, sentence: str) -> None:
        self.plan.preview.notes[sentence] = None

    def _with_key_teacher(self, row: RollRow) -> RollRow:
        """Return the row with its key teacher's id for the name, or without what nobody here is called."""
        if not row.key_teacher:
            return row
        found = self.staff.get(folded(row.key_teacher), [])
        if len(found) == 1:
            return row._replace(key_teacher=found[0])
        if found:
            self._note(
                f"Several members of staff are called {row.key_teacher}: choose the key teacher in convo."
            )
        else:
            self._note(f"No member of staff is called {row.key_teacher}: import the staff first.")
        return row._replace(key_teacher=None, present=row.present - {"key_teacher"})

    def _add(self, row: RollRow) -> None:
        pupil_id = new_id()
        self.plan.new_pupils.append(
            {
                "id": pupil_id,
                "school_id": self.school_id,
                "upn": row.upn,
                "practice": False,
                "imported": stored(
                    {name: getattr(row, name) for name in PUPIL_FIELDS if name in row.present}
                ),
                **columns_of(row._asdict()),
            }
        )
        for contact in row.contacts:
            self.contacts.add(pupil_id, contact)
        self.plan.preview.new.append(PupilLine(called(row), row.class_name or ""))

    def _compare(self, held: Row[Any], row: RollRow) -> None:
        ours = current(held)
        decided = changes(ours, read_back(held.imported), row)
        told = [self._told(name, ours[name], value) for name, value in decided.update.items()]
        imported = stored(decided.imported)
        if decided.update or imported != held.imported:
            columns = columns_of({**ours, **decided.update})
            self.plan.pupils.append({"id": held.id, "imported": imported, **columns})
        stays = [self._told(kept.field, kept.ours, kept.roll) for kept in decided.kept]
        if "contacts" in row.present:
            self.contacts.compare(held, row.contacts, told, stays)
        name = called(row)
        line = PupilLine(name, row.class_name or held.class_name, tuple(told))
        if told:
            self.plan.preview.changed.append(line)
        else:
            self.plan.preview.unchanged += 1
        if stays:
            self.plan.preview.kept.append(line._replace(changes=tuple(stays)))
        if held.left_on is not None:
            self._note(f"{name} is marked in convo as having left, and is on the roll.")

    def _told(self, name: str, was: object, now: object) -> FieldChange:
        return FieldChange(
            PUPIL_NAMES[name], shown(name, was, self.staff_names), shown(name, now, self.staff_names)
        )
