"""A list of staff comes in: people, roles and languages through the access room, and their classes."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.queries import StaffMember, staff_of
from convo.access.rules import Actor, Role, clean_email
from convo.access.staff import Joined, StaffLine, take_staff
from convo.people.models import ClassTeacher
from convo.people.reading import StaffFile
from convo.people.reading.rows import StaffRow
from convo.people.roll.apply import may_import, record_import
from convo.people.roll.preview import Preview


class StaffPreview(Preview[str]):
    """What a list of staff does, by name. ``missing`` work here and are not on it: they stay."""


class StaffOutcome(NamedTuple):
    """What a list of staff did, and the password links to hand out; see ``RollOutcome``."""

    preview: StaffPreview
    applied: bool
    joined: list[Joined]


def preview_staff(session: Session, actor: Actor, staff: StaffFile) -> StaffPreview:
    """Return what a list of staff would do. Writes nothing."""
    may_import(actor)
    preview = StaffPreview(staff.refused)
    members = {member.person.email: member for member in staff_of(session, actor.school_id)}
    teachers = _teachers(session, actor)
    emails = set()
    for row in staff.rows:
        email = clean_email(row.email)
        emails.add(email)
        member = members.get(email)
        if member is None:
            preview.new.append(row.name)
        elif not member.roles:
            preview.unchanged += 1
            preview.notes[f"{member.person.name} is marked as having left, and stays so."] = None
        elif _adds(row, member) or (row.class_name and row.class_name not in teachers):
            preview.changed.append(member.person.name)
        else:
            preview.unchanged += 1
        held = teachers.get(row.class_name or "")
        if held and held.person.email != email:
            preview.notes[
                f"{held.person.name} is key teacher of {row.class_name} in convo, and stays so."
            ] = None
    listed = (member for email, member in members.items() if member.roles and email not in emails)
    preview.missing = sorted(member.person.name for member in listed)
    return preview


def apply_staff(
    session: Session, actor: Actor, now: datetime, staff: StaffFile, *, accept_good: bool, note: str = ""
) -> StaffOutcome:
    """Bring in a list of staff, as ``apply_roll`` does a roll. A class that has a key teacher keeps them."""
    preview = preview_staff(session, actor, staff)
    if staff.refused and not accept_good:
        return StaffOutcome(preview, applied=False, joined=[])
    taken = take_staff(
        session,
        actor,
        now,
        [
            StaffLine(row.name, row.email, [Role(role) for role in row.roles], row.languages)
            for row in staff.rows
        ],
    )
    members = {member.person.email: member for member in staff_of(session, actor.school_id)}
    teachers = _teachers(session, actor)
    for row in staff.rows:
        member = members[clean_email(row.email)]
        if row.class_name and row.class_name not in teachers and member.roles:
            teachers[row.class_name] = ClassTeacher(
                school_id=actor.school_id, class_name=row.class_name, person_id=member.person.id
            )
            session.add(teachers[row.class_name])
    record_import(session, actor, now, "staff", dict(preview.counts), note)
    return StaffOutcome(preview, applied=True, joined=taken.new)


def _teachers(session: Session, actor: Actor) -> dict[str, ClassTeacher]:
    rows = session.scalars(select(ClassTeacher).where(ClassTeacher.school_id == actor.school_id))
    return {row.class_name: row for row in rows}


def _adds(row: StaffRow, member: StaffMember) -> bool:
    roles = {*member.roles, *(Role(role) for role in row.roles)}
    languages = {*row.languages} - {*member.languages} if Role.ASSISTANT in roles else set()
    return bool(roles - {*member.roles} or languages)
