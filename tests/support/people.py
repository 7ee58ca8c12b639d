"""The same named people in every test: the staff of Fenmarket Primary, one stranger, and four families.

``as_person("okafor")`` visits pages as one of the staff; ``people.okafor`` is the Actor for operations.
All staff have the same password, ``PASSWORD``.
"""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from convo.access.models import Membership, Person, School, Term
from convo.access.passwords import hash_password
from convo.access.rules import Actor, Role
from convo.kernel.school_year import usual_terms
from convo.people.models import Carer, ClassTeacher, KeptApart, MayReceive, Pupil, PupilCarer

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # a Monday in the first round
PASSWORD = "lantern pebble orchard"
_HASH = hash_password(PASSWORD)


@dataclass(frozen=True)
class People:
    """Who there is. Pupils, carers and schools are rows as they were stored, without a session."""

    school: School
    okafor: Actor  # teacher who leads; key teacher of 5Oak
    whitaker: Actor  # teacher, a colleague; key teacher of 2Ash
    farrell: Actor  # SENCO and safeguarding lead
    oyelaran: Actor  # data manager
    lindqvist: Actor  # head and safeguarding deputy
    kaur: Actor  # bilingual assistant: Panjabi, Hindi

    amina: Pupil  # 5Oak; her parents are kept apart
    mrs_khan: Carer  # mother of Amina and Yusuf, reads Urdu, needs an interpreter
    mr_khan: Carer  # father of Amina and Yusuf, check with the office
    yusuf: Pupil  # 2Ash, Amina's brother
    szymon: Pupil  # 5Oak
    mrs_wojcik: Carer  # reads Polish
    mr_wojcik: Carer  # speaks Polish, what he reads is not set
    zoe: Pupil  # 2Ash; awkward strings
    ms_obrien: Carer
    gran: Carer  # Zoë's grandmother, without parental responsibility, large print
    practice: Pupil  # counts nowhere

    other_school: School
    stranger: Actor  # teacher at the other school
    olu: Pupil  # pupil of the other school

    def actor(self, name: str) -> Actor:
        """Return one of the staff by name."""
        found = getattr(self, name)
        assert isinstance(found, Actor), (
            f"{name} is none of the staff: {[item.name for item in fields(self)]}"
        )
        return found


def create_people(session: Session) -> People:
    """Store everybody and return them; the caller commits."""
    school = _school(session, "Fenmarket Primary School", ["ur", "pl", "ar"])
    other_school = _school(session, "Otherbridge Junior School", [])
    okafor = add_staff(session, school, "Mr Okafor", Role.TEACHER)
    whitaker = add_staff(session, school, "Mrs Whitaker", Role.TEACHER)
    farrell = add_staff(session, school, "Ms Farrell", Role.SENCO)
    oyelaran = add_staff(session, school, "Mrs Oyelaran", Role.DATA_MANAGER)
    lindqvist = add_staff(session, school, "Mr Lindqvist", Role.HEAD)
    kaur = add_staff(session, school, "Mrs Kaur", Role.ASSISTANT, languages=["pa", "hi"])
    stranger = add_staff(session, other_school, "Ms Stranger", Role.TEACHER)
    school.safeguarding_lead_id, school.safeguarding_lead_reach = farrell.person_id, "room 4, extension 204"
    school.safeguarding_deputy_id, school.safeguarding_deputy_reach = lindqvist.person_id, "head's office"
    for class_name, teacher in (("5Oak", okafor), ("2Ash", whitaker)):
        session.add(ClassTeacher(school_id=school.id, class_name=class_name, person_id=teacher.person_id))

    amina = _pupil(session, school, "Amina", "Khan", class_name="5Oak", year_group=5, home_language="URD")
    yusuf = _pupil(session, school, "Yusuf", "Khan", class_name="2Ash", year_group=2, home_language="URD")
    mrs_khan = _carer(
        session,
        school,
        "Mrs",
        "Nasreen",
        "Khan",
        speaks="ur",
        reads="ur",
        phone="07700 900123",
        needs_interpreter=True,
    )
    mr_khan = _carer(session, school, "Mr", "Imran", "Khan", speaks="ur", reads="en", phone="07700 900456")
    for child in (amina, yusuf):
        _link(session, child, mrs_khan, "mother", 1)
        _link(session, child, mr_khan, "father", 2, may_receive=MayReceive.CHECK)
        first, second = sorted((mrs_khan.id, mr_khan.id))
        session.add(KeptApart(school_id=school.id, pupil_id=child.id, carer_id=first, other_id=second))

    szymon = _pupil(session, school, "Szymon", "Wójcik", class_name="5Oak", year_group=5, home_language="POL")
    mrs_wojcik = _carer(session, school, "Mrs", "Agnieszka", "Wójcik", speaks="pl", reads="pl")
    mr_wojcik = _carer(session, school, "Mr", "Piotr", "Wójcik", speaks="pl")
    _link(session, szymon, mrs_wojcik, "mother", 1)
    _link(session, szymon, mr_wojcik, "father", 2)

    zoe = _pupil(
        session, school, "Zoë <b>&", 'O\'Brien "Łukasz"', class_name="2Ash", year_group=2, home_language="ENG"
    )
    ms_obrien = _carer(
        session, school, "Ms", "Siân", "O'Brien", speaks="en", reads="en", email="sian@home.example"
    )
    gran = _carer(session, school, "Mrs", "Maeve", "O'Brien", speaks="en", reads="en", large_print=True)
    _link(session, zoe, ms_obrien, "mother", 1)
    _link(session, zoe, gran, "grandmother", 2, parental_responsibility=False)

    practice = _pupil(session, school, "Practice", "Pupil", practice=True)
    olu = _pupil(session, other_school, "Olu", "Adeyemi", class_name="5Oak", year_group=5)
    return People(
        school=school,
        okafor=okafor,
        whitaker=whitaker,
        farrell=farrell,
        oyelaran=oyelaran,
        lindqvist=lindqvist,
        kaur=kaur,
        amina=amina,
        mrs_khan=mrs_khan,
        mr_khan=mr_khan,
        yusuf=yusuf,
        szymon=szymon,
        mrs_wojcik=mrs_wojcik,
        mr_wojcik=mr_wojcik,
        zoe=zoe,
        ms_obrien=ms_obrien,
        gran=gran,
        practice=practice,
        other_school=other_school,
        stranger=stranger,
        olu=olu,
    )


def _school(session: Session, name: str, languages: list[str]) -> School:
    school = School(
        name=name,
        contact_route="The school office, Monday to Friday, 8:30 to 16:00",
        phone="01632 960123",
        languages=languages,
        created_at=NOW,
    )
    session.add(school)
    session.flush()
    for term in usual_terms(2026):
        session.add(Term(school_id=school.id, school_year=2026, **term._asdict()))
    return school


def add_staff(
    session: Session, school: School, name: str, *roles: Role, languages: list[str] | None = None
) -> Actor:
    """Store somebody of the staff and return them."""
    mailbox = name.split()[-1].lower()
    domain = school.name.split()[0].lower()
    person = Person(name=name, email=f"{mailbox}@{domain}.example", password_hash=_HASH, created_at=NOW)
    session.add(person)
    session.flush()
    for role in roles:
        session.add(
            Membership(school_id=school.id, person_id=person.id, role=role, languages=list(languages or ()))
        )
    session.flush()
    return Actor(person.id, person.name, school.id, frozenset(roles))


def _pupil(session: Session, school: School, forename: str, surname: str, **more: object) -> Pupil:
    pupil = Pupil(
        school_id=school.id,
        forename=forename,
        surname=surname,
        born_on=date(2016, 12, 5),
        imported={},
        **more,
    )
    session.add(pupil)
    session.flush()
    return pupil


def _carer(
    session: Session, school: School, title: str, forename: str, surname: str, **more: object
) -> Carer:
    carer = Carer(school_id=school.id, title=title, forename=forename, surname=surname, imported={}, **more)
    session.add(carer)
    session.flush()
    return carer


def add_carer(
    session: Session, pupil: Pupil, title: str, forename: str, surname: str, relationship: str
) -> Carer:
    """Store another carer of a pupil and return them."""
    carer = Carer(school_id=pupil.school_id, title=title, forename=forename, surname=surname, imported={})
    session.add(carer)
    session.flush()
    _link(session, pupil, carer, relationship, 9)
    return carer


def _link(
    session: Session, pupil: Pupil, carer: Carer, relationship: str, order: int, **more: object
) -> None:
    values: dict[str, object] = {"parental_responsibility": True, **more}
    session.add(
        PupilCarer(
            school_id=pupil.school_id,
            pupil_id=pupil.id,
            carer_id=carer.id,
            relationship=relationship,
            contact_order=order,
            imported={},
            **values,
        )
    )
    session.flush()
