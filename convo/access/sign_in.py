"""Signing in: passwords and how often they may be wrong, the second factor, sign-ins, password links.

A wrong password, an unknown address and an account that waits get one and the same sentence, after the same
work, so that nobody learns from it who has an account. Wrong tries are counted twice: for the account, and
for the network they come from, which slows down whoever tries one password with every account.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from convo.access import audit, queries
from convo.access.models import PasswordLink, Person, School, SignIn, WrongTry
from convo.access.passwords import hash_password, is_password, needs_new_hash, new_token, token_hash
from convo.access.rules import Act, Actor, fit_password
from convo.kernel.errors import NotFound, Refused
from convo.kernel.text import clean_line

LINK_LASTS = timedelta(days=7)
CODE_SECONDS = 30
# A whole school may share one address: many may mistype within an hour, and after that nobody waits long.
NETWORK_TRIES = 50
NETWORK_HOUR = timedelta(hours=1)
NETWORK_WAIT = timedelta(minutes=1)


class WrongPassword(Refused):
    """The password asked for once more was wrong: the caller counts it, past the request's own changes."""


def check_password(session: Session, now: datetime, email: str, password: str) -> Person | None:
    """Return whose e-mail address and password these are; None when they are not, or the account waits.

    Stores a new hash when the parameters have changed. Wrong tries are counted by ``count_wrong_try``.
    """
    person = session.scalar(select(Person).where(Person.email == clean_line(email).lower()))
    right = is_password(person.password_hash if person else None, password)
    if person is None or not right or _waits(person, now):
        return None
    if needs_new_hash(person.password_hash or ""):
        person.password_hash = hash_password(password)
    return person


def check_code(session: Session, now: datetime, person: Person, code: str) -> bool:
    """Return whether the code is right now, one step of 30 s either way; each works once."""
    secret = person.second_factor_secret
    if secret is None or _waits(person, now):
        return False
    step = matching_step(secret, now, code)
    if step is None:
        return False
    # The database decides, so that two requests at once cannot use one code.
    used = session.execute(
        update(Person)
        .where(
            Person.id == person.id,
            (Person.second_factor_step.is_(None)) | (Person.second_factor_step < step),
        )
        .values(second_factor_step=step)
        .returning(Person.id)
    ).first()
    return used is not None


def matching_step(secret: str, now: datetime, code: str) -> int | None:
    """Return the time step whose code this is: the present one, the one before or the next."""
    digits = "".join(char for char in code if char.isascii() and char.isdigit())
    present = int(now.timestamp()) // CODE_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def network_waits(session: Session, now: datetime, network: str | None) -> bool:
    """Return whether so many wrong tries came from a network that it has to wait. One SELECT.

    From then on it has one wrong try a minute, until there were fewer within the hour. A try made while it
    waits is not counted, so that the wait ends.
    """
    if network is None:
        return False
    count, last = session.execute(
        select(func.count(), func.max(WrongTry.at)).where(
            WrongTry.network == network, WrongTry.at > now - NETWORK_HOUR
        )
    ).one()
    return bool(count >= NETWORK_TRIES and now - last < NETWORK_WAIT)


def was_held_by(session: Session, token: str, email: str) -> bool:
    """Return whether a token, which may have run out, was given to whoever has this e-mail address."""
    held = select(SignIn.id).join(Person, Person.id == SignIn.person_id)
    found = held.where(SignIn.token_hash == token_hash(token), Person.email == clean_line(email).lower())
    return session.scalar(found) is not None


def count_wrong_try(
    session: Session, now: datetime, email: str, network: str | None, *, tries: int, wait: timedelta
) -> None:
    """Count one wrong password or code, for its network too; after ``tries`` of them the account waits."""
    session.execute(delete(WrongTry).where(WrongTry.at <= now - NETWORK_HOUR))
    if network is not None:
        session.add(WrongTry(network=network, at=now))
    person = session.scalar(select(Person).where(Person.email == clean_line(email).lower()).with_for_update())
    if person is None or _waits(person, now):
        return
    person.wrong_tries += 1
    if person.wrong_tries >= tries:
        person.wrong_tries = 0
        person.wait_until = now + wait


def begin(session: Session, now: datetime, person: Person, school: School) -> tuple[SignIn, str]:
    """Return a new sign-in of a person at a school, and its token for the cookie."""
    person.wrong_tries = 0
    person.wait_until = None
    token = new_token()
    sign_in = SignIn(
        person_id=person.id,
        school_id=school.id,
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
    )
    session.add(sign_in)
    session.flush()  # the trail needs the id
    actor = Actor(person.id, person.name, school.id, frozenset(), sign_in.id)
    audit.record(session, actor, now, Act.SIGN_IN, "person", person.id)
    return sign_in, token


def saw(session: Session, sign_in_id: UUID, now: datetime) -> None:
    """Write down that a sign-in was in use now."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def end(session: Session, actor: Actor, now: datetime) -> None:
    """End the actor's sign-in."""
    session.execute(
        update(SignIn).where(SignIn.id == actor.sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    audit.record(session, actor, now, Act.SIGN_OUT, "person", actor.person_id)


def end_others(session: Session, actor: Actor, now: datetime) -> None:
    """End every other sign-in of the actor, at every school."""
    _end_all(session, actor.person_id, now, SignIn.id != actor.sign_in_id)
    audit.record(session, actor, now, Act.SIGN_OUT, "person", actor.person_id, note="all other sign-ins")


def end_all_at(session: Session, person_id: UUID, school_id: UUID, now: datetime) -> None:
    """End every sign-in of a person at one school: they have left it."""
    _end_all(session, person_id, now, SignIn.school_id == school_id)


def change_password(session: Session, actor: Actor, now: datetime, old: str, new: str) -> None:
    """Change the actor's own password and end their other sign-ins."""
    person = _who_knows(session, actor, now, old, "old")
    _set_password(session, person, new, "new")
    _end_all(session, person.id, now, SignIn.id != actor.sign_in_id)
    audit.record(session, actor, now, Act.PASSWORD, "person", person.id, note="changed")


def make_password_link(session: Session, person_id: UUID, now: datetime, made_by: UUID | None = None) -> str:
    """Return the token of a new link with which a person sets a password once; older links end.

    ``made_by`` is who made it for somebody who had a password already, who is told of it
    (``queries.links_made_for``).
    """
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = new_token()
    session.add(
        PasswordLink(
            person_id=person_id,
            token_hash=token_hash(token),
            made_at=now,
            made_by_id=made_by,
            expires_at=now + LINK_LASTS,
        )
    )
    session.flush()
    return token


def use_password_link(session: Session, now: datetime, token: str, password: str) -> None:
    """Set the password of the person whom the link was made for, and end all their sign-ins."""
    link = queries.usable_link(session, token, now)
    if link is None:
        raise NotFound
    person = session.get_one(Person, link.person_id)
    _set_password(session, person, password, "password")
    link.used_at = now
    person.wrong_tries = 0
    person.wait_until = None
    _end_all(session, person.id, now)
    for school in queries.schools_of(session, person.id):
        actor = Actor(person.id, person.name, school.id, frozenset())
        audit.record(session, actor, now, Act.PASSWORD, "person", person.id, note="set with a link")


def turn_second_factor_on(session: Session, actor: Actor, now: datetime, secret: str, code: str) -> None:
    """Ask the actor for a code at every sign-in from now on; the code shows that the app has the secret."""
    step = matching_step(secret, now, code)
    if step is None:
        raise Refused("This code is not right. Type the six figures that your app shows now.", "code")
    person = session.get_one(Person, actor.person_id)
    person.second_factor_secret = secret
    person.second_factor_step = step
    audit.record(session, actor, now, Act.PASSWORD, "person", person.id, note="second factor on")


def give_up_second_factor(session: Session, actor: Actor, now: datetime, password: str) -> None:
    """Ask the actor for no code any more; the password shows that it is they, not who found their tablet."""
    _who_knows(session, actor, now, password, "password")
    turn_second_factor_off(session, actor, now, actor.person_id)


def turn_second_factor_off(session: Session, actor: Actor, now: datetime, person_id: UUID) -> None:
    """Ask a person for no code any more. Who may do that for another is the caller's matter."""
    person = session.get_one(Person, person_id)
    person.second_factor_secret = None
    person.second_factor_step = None
    audit.record(session, actor, now, Act.PASSWORD, "person", person.id, note="second factor off")


def _who_knows(session: Session, actor: Actor, now: datetime, password: str, field: str) -> Person:
    """Return the actor's own row if this is their password, else raise WrongPassword."""
    person = session.get_one(Person, actor.person_id)
    if _waits(person, now):
        raise Refused("There were too many wrong tries. Wait a while, then try again.", field)
    if not is_password(person.password_hash, password):
        raise WrongPassword("This is not your present password.", field)
    person.wrong_tries = 0
    return person


def _set_password(session: Session, person: Person, password: str, field: str) -> None:
    schools = [school.name for school in queries.schools_of(session, person.id)]
    fit = fit_password(password, person.email, person.name, *schools, field=field)
    person.password_hash = hash_password(fit)


def _end_all(session: Session, person_id: UUID, now: datetime, *which: object) -> None:
    session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), *which)  # type: ignore[arg-type]
        .values(ended_at=now)
    )


def _waits(person: Person, now: datetime) -> bool:
    return person.wait_until is not None and person.wait_until > now
