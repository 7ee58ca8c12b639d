"""The fictional school itself: staff, roll, families; then its conversations, in the order of their days."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from io import StringIO
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.logo import logo_png
from convo.access.models import Person
from convo.access.operations import (
    Face,
    SafeguardingContact,
    SchoolDetails,
    found_school,
    set_face,
    set_logo,
    set_safeguarding,
    set_school,
    set_terms,
)
from convo.access.queries import staff_of
from convo.access.rules import Actor, Role
from convo.access.sign_in import use_password_link
from convo.access.staff import StaffLine, edit_staff
from convo.conversation.guide import Guide
from convo.demo.calendar import Calendar, terms_of_year
from convo.demo.meetings import Cast, steps_of
from convo.kernel.clock import local_day
from convo.people.joining import join_carers, joining_offers
from convo.people.models import MayReceive, Pupil, PupilCarer
from convo.people.operations import CarerFields, change_carer, make_practice_pupil
from convo.people.reading import RollFile, StaffFile
from convo.people.roll import apply_roll, apply_staff, read_import

PASSWORD = "harbour lantern thimble"  # noqa: S105  printed for whoever starts the demo
_ROLE_WORDS = {"senco": "SENCO", "assistant": "bilingual assistant"}
FOUNDED_BEFORE = timedelta(days=400)  # that the school begins before the day on which it is made
_DATA = files("convo.demo")


class SignsIn(NamedTuple):
    """One of the staff as ``convo demo`` lists them."""

    name: str
    role: str
    email: str


def sign_ins() -> list[SignsIn]:
    """Return who can sign in, each with :data:`PASSWORD`."""
    return [
        SignsIn(row["Name"], _ROLE_WORDS.get(row["Roles"], row["Roles"]), row["Email"])
        for row in _rows("staff.csv")
    ]


def make_school(session: Session, now: datetime, guide: Guide) -> None:
    """Make the whole school as it would be ``now``; the caller commits."""
    told = tomllib.loads(_text("school.toml"))
    calendar = Calendar(local_day(now, told["school"]["time_zone"]))
    meetings = [meeting for name in told["meetings"] for meeting in _meetings(name)]
    start = now - FOUNDED_BEFORE
    office = _begin(session, start, told, calendar)
    _take_roll(session, office, start, calendar)
    _join_siblings(session, office, start, told["families"])
    cast = Cast(_staff(session, office), _pupils(session))
    make_practice_pupil(session, office, start)
    _meet_families(session, cast, start, told["carer"])
    steps = [step for step in steps_of(session, cast, calendar, guide, now, meetings) if step.at <= now]
    for step in sorted(steps, key=lambda step: step.at):
        step.take(step.at)


def _begin(session: Session, at: datetime, told: Mapping[str, Any], calendar: Calendar) -> Actor:
    """Found the school with its office, staff and terms; return the data manager."""
    first, *_ = sign_ins()
    school = told["school"]
    office = found_school(
        session, at, school=school["name"], name=first.name, email=first.email, password=PASSWORD
    )
    set_school(session, office, at, SchoolDetails(**school))
    set_face(session, office, at, Face(**told["face"]))
    set_logo(session, office, at, logo_png(_DATA.joinpath("logo.png").read_bytes()))
    for year in calendar.years:
        set_terms(session, office, at, year, terms_of_year(year))
    read = read_import(session, office, _text("staff.csv").encode())
    assert isinstance(read, StaffFile)
    outcome = apply_staff(session, office, at, read, accept_good=False)
    for joined in outcome.joined:
        assert joined.link_token is not None
        use_password_link(session, at, joined.link_token, PASSWORD)
    people = {person.name: person for person in session.scalars(select(Person))}
    safeguarding = {
        role: SafeguardingContact(people[named["name"]].id, named["reach"])
        for role, named in told["safeguarding"].items()
    }
    set_safeguarding(session, office, at, **safeguarding)
    # Who founds a school is its SENCO too, until there is one.
    alone = StaffLine(first.name, first.email, [Role.DATA_MANAGER])
    edit_staff(session, office, at, office.person_id, alone)
    return _staff(session, office)[first.name]


def _take_roll(session: Session, office: Actor, at: datetime, calendar: Calendar) -> None:
    """Bring in the roll; its file gives birthdays, so that the children are as old as their classes."""
    rows = list(_rows("roll.csv"))
    for row in rows:
        born = calendar.born_on(row["Date of Birth"], int(row["Year Group"]))
        row["Date of Birth"] = f"{born:%d/%m/%Y}"
    written = StringIO()
    writer = csv.DictWriter(written, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    read = read_import(session, office, written.getvalue().encode())
    assert isinstance(read, RollFile)
    outcome = apply_roll(session, office, at, read, accept_good=False)
    assert outcome.applied, read.refused


def _join_siblings(session: Session, office: Actor, at: datetime, families: list[str]) -> None:
    """Make one adult of each pair of carers of these surnames; the others stay an offer to the office."""
    while offers := [
        offer for offer in joining_offers(session, office) if offer.carers[0].surname in families
    ]:
        join_carers(session, office, at, {carer.id for carer in offers[0].carers})


def _staff(session: Session, office: Actor) -> dict[str, Actor]:
    return {
        member.person.name: Actor(
            member.person.id, member.person.name, office.school_id, frozenset(member.roles)
        )
        for member in staff_of(session, office.school_id)
    }


def _pupils(session: Session) -> dict[str, Pupil]:
    return {pupil.full_name: pupil for pupil in session.scalars(select(Pupil))}


def _meet_families(session: Session, cast: Cast, at: datetime, told: list[dict[str, Any]]) -> None:
    """Set what the school knows of carers beyond the roll: languages, needs, who is kept apart."""
    actor = next(actor for actor in cast.staff.values() if Role.SENCO in actor.roles)
    for known in told:
        pupil = cast.pupils[known.pop("pupil")]
        links = {link.carer.full_name: link for link in _links(session, pupil)}
        link = links[known.pop("name")]
        apart = [links[name].carer_id for name in known.pop("kept_apart", ())]
        fields = CarerFields(
            **{
                "title": link.carer.title,
                "forename": link.carer.forename,
                "surname": link.carer.surname,
                "relationship": link.relationship,
                "parental_responsibility": link.parental_responsibility,
                **known,
                "may_receive": MayReceive(known.get("may_receive", MayReceive.YES)),
                "kept_apart": apart,
            }
        )
        change_carer(session, actor, at, pupil.id, link.carer_id, fields)
    session.expire_all()


def _links(session: Session, pupil: Pupil) -> list[PupilCarer]:
    return list(session.scalars(select(PupilCarer).where(PupilCarer.pupil_id == pupil.id)))


def _meetings(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(_text(f"meetings/{name}.toml"))["meeting"]
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(StringIO(_text(name)))


def _text(name: str) -> str:
    return _DATA.joinpath(name).read_text("utf-8")
