"""Wrong passwords and codes: counted although the request is refused, and slowed down by the network."""

from datetime import timedelta
from functools import partial

from flask import request
from flask import session as cookie
from sqlalchemy.orm import Session

from convo.access import sign_in
from convo.access.guard import current_settings
from convo.access.rules import network_of
from convo.kernel.clock import utc_now
from convo.web.transaction import afterwards, session

NETWORK_WAITS = "There were many wrong tries from this network. Wait a minute, then try again."


def must_wait(email: str) -> bool:
    """Return whether the request's network has to wait before anything is tried.

    A browser in which this person's sign-in has run out does not: parents may be sitting at that tablet.
    """
    waits = sign_in.network_waits(session(), utc_now(), network_of(request.remote_addr))
    return waits and not sign_in.was_held_by(session(), cookie.get("_user_id", ""), email)


def count(email: str) -> None:
    """Count a wrong try, although this request is refused and its own changes are rolled back."""
    settings = current_settings()
    counted = partial(
        _wrong_try,
        email=email,
        network=network_of(request.remote_addr),
        tries=settings.sign_in_tries,
        wait=timedelta(minutes=settings.sign_in_wait_minutes),
    )
    afterwards(counted, though_refused=True)


def _wrong_try(on: Session, *, email: str, network: str | None, tries: int, wait: timedelta) -> None:
    sign_in.count_wrong_try(on, utc_now(), email, network, tries=tries, wait=wait)
