"""Every page of the fictional school that somebody can reach by links answers, and keeps the page rules."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import time_machine
from flask import Flask

from convo.app import create_app
from convo.demo.school import PASSWORD, sign_ins
from convo.settings import Settings
from tests.support.client import PageClient
from tests.support.people import NOW

pytestmark = pytest.mark.slow

_ROLES = ("teacher", "SENCO", "data manager", "head", "bilingual assistant")


@pytest.fixture
def school(demo_school: Settings) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        app = create_app(demo_school)
        yield app
        app.extensions["convo_database"].dispose()


def sign_in(app: Flask, role: str) -> PageClient:
    person = next(person for person in sign_ins() if person.role == role)
    client = PageClient(app)
    client.get("/sign-in")
    client.submit("Sign in", email=person.email, password=PASSWORD)
    return client


@pytest.mark.parametrize("role", _ROLES)
def test_every_link_leads_to_a_page_that_keeps_the_rules(school: Flask, role: str) -> None:
    client = sign_in(school, role)
    waiting, seen, faults = ["/"], {"/"}, []
    kinds: Counter[str] = Counter()
    while waiting:
        address = waiting.pop()
        response = client.flask.get(address, follow_redirects=True)
        if response.mimetype != "text/html":
            assert response.status_code == 200, address
            kinds[response.mimetype] += 1
            continue
        try:
            page = client._arrive(response, 200, ())
        except AssertionError as fault:
            faults.append(f"{address}: {fault}"[:1500])
            continue
        kinds["page"] += 1
        assert "Fictional school" in page.html, address
        for href in page.all("//a/@href"):
            found = urldefrag(urljoin(page.path, href)).url
            if not urlsplit(found).netloc and found not in seen:
                seen.add(found)
                waiting.append(found)
    assert not faults, "\n\n".join(faults)
    assert kinds["page"] > 10
