"""The help pages and the paper hour, as a person in a browser meets them."""

from pathlib import Path

import pytest
from flask import Flask

from convo.access.guard import permits
from convo.conversation.guide import load_guide
from convo.hour.help import help_blueprint
from convo.settings import SHIPPED_GUIDES, Settings
from convo.web.errors import init_errors
from convo.web.forms import init_forms
from convo.web.headers import init_headers
from convo.web.templating import init_templates
from tests.support.client import PageClient
from tests.support.page_rules import words_of

CONVO = Path(__file__).resolve().parents[2] / "convo"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("convo", root_path=str(CONVO), template_folder="templates", static_folder="static")
    app.config.update(SECRET_KEY="for tests only")
    app.extensions["convo_settings"] = Settings(data=tmp_path, secret_key="for tests only")
    init_headers(app)
    init_templates(app)
    init_forms(app)
    init_errors(app)
    app.register_blueprint(help_blueprint)
    return app


@pytest.fixture
def client(app: Flask) -> PageClient:
    return PageClient(app)


def test_every_help_page_and_the_paper_hour_can_be_reached_from_the_list(client: PageClient) -> None:
    listed = [text for text, address in client.get("/help").links.items() if address.startswith("/help/")]
    assert len(listed) == 10
    for text in listed:
        client.get("/help")
        page = client.follow(text)
        assert page.title.startswith(page.h1)


def test_a_help_page_leads_on_to_the_paper_hour_by_its_own_link(client: PageClient) -> None:
    client.get("/help/teacher")
    assert client.follow("blank paper hour").h1 == "Paper hour"


@pytest.mark.parametrize("address", ["/help/missing", "/help/..", "/help/..%2fconversation", "/help/%2e%2e"])
def test_a_help_page_that_does_not_exist_is_not_found(client: PageClient, address: str) -> None:
    client.get(address, status=404)


def test_the_paper_hour_has_every_line_of_the_guide_and_says_how_it_is_typed_in(client: PageClient) -> None:
    page = client.get("/help/paper-hour")
    guide = load_guide(SHIPPED_GUIDES)
    for part in (guide.since_last_time, *guide.stages):
        assert part.purpose in page.text
        for prompt in part.prompts:
            assert prompt.say.replace("{child}", "your child") in page.text
    assert "under the day on which you met" in page.text
    assert "{" not in page.text
    assert len(page.all("//table[contains(@class, 'paper-priorities')][1]/tbody/tr")) == 6
    headings = [words_of(cell) for cell in page.all("//table[contains(@class, 'paper-actions')]/thead/tr/th")]
    assert headings == ["For target", "What", "Who", "How often", "By", "We will know"]


def test_help_is_for_everyone_who_is_signed_in_and_for_nobody_else(app: Flask) -> None:
    views = [view for name, view in app.view_functions.items() if name.startswith("help.")]
    assert len(views) == 3
    assert all(permits(view) for view in views)
