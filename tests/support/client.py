"""The client with which tests visit pages as a person does: by link text, button text and field name.

Every page that it fetches is checked by the rules of ``page_rules``; an exception is written where it is
made: ``client.get("/offline", skip={"one_h1"})``.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, url_for
from lxml import etree
from werkzeug.test import TestResponse

from tests.support import page_rules
from tests.support.page_rules import parse, words_of

_NOT_SENT = {"submit", "button", "image", "reset", "file"}


class Page:
    """A page that was fetched: its words, links and forms."""

    def __init__(self, path: str, response: TestResponse) -> None:
        self.path = path
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.get_data(as_text=True)
        self.tree, self.faults = parse(self.html)

    @property
    def h1(self) -> str:
        return words_of(self.one("//h1"))

    @property
    def title(self) -> str:
        return words_of(self.one("//head/title"))

    @property
    def text(self) -> str:
        """The words of the page's main part, spaces made one."""
        return words_of(self.one("//main"))

    @property
    def links(self) -> dict[str, str]:
        """Link texts and where they lead; of two links with the same text, the last."""
        return {words_of(link): link.get("href") for link in self.all("//a[@href]")}

    @property
    def buttons(self) -> list[str]:
        return [words_of(button) for button in self.all("//button")]

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary, in their order."""
        return [words_of(item) for item in self.all("//*[contains(@class, 'summary')]//li")]

    @property
    def form(self) -> dict[str, Any]:
        """Names and values that the first form of the main part would send as it stands."""
        return filled_in(self.one("//main//form[1]"))

    def all(self, xpath: str) -> list[Any]:
        return self.tree.xpath(xpath)

    def one(self, xpath: str) -> Any:
        found = self.all(xpath)
        assert found, f"{self.path} has no {xpath}"
        return found[0]


class PageClient:
    """A visitor with a cookie jar, standing on the page last fetched."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.flask = app.test_client()
        self.page: Page | None = None
        self.token = ""

    def get(self, target: str, *, status: int = 200, skip: Collection[str] = (), **values: Any) -> Page:
        """Fetch a page by path, or by endpoint name and its values. Redirects are followed."""
        if not target.startswith("/"):
            with self.app.test_request_context():
                target = url_for(target, **values)
        return self._arrive(self.flask.get(target, follow_redirects=True), status, skip)

    def post(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        skip: Collection[str] = (),
    ) -> Page:
        """Send a form with the last page's token; ``status`` is that of the page it ends on."""
        data = {"csrf_token": self.token, **(form or {})}
        return self._arrive(self.flask.post(path, data=data, follow_redirects=True), status, skip)

    def send_json(self, path: str, value: object, *, status: int = 200, method: str = "POST") -> Any:
        """Send JSON as the page's own script does, and return the JSON that is answered."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        response = self.flask.open(path, method=method, json=value, headers=headers)
        assert response.status_code == status, f"{path}: {response.status}: {response.get_data(as_text=True)}"
        return response.get_json()

    def follow(self, text: str, *, status: int = 200, skip: Collection[str] = ()) -> Page:
        """Follow the link with that text on the page last fetched."""
        page = self._standing()
        assert text in page.links, f"{page.path} has no link “{text}”, but {sorted(page.links)}"
        return self.get(urljoin(page.path, page.links[text]), status=status, skip=skip)

    def submit(self, text: str, *, status: int = 200, skip: Collection[str] = (), **fields: Any) -> Page:
        """Fill in and send the form of the button with that text, as a browser would.

        A list ticks several boxes, None clears a choice; a tuple of stream and name is a file. A field that
        the form does not have, or an answer that it does not offer, fails.
        """
        page = self._standing()
        inside = page.all("//form//button | //button[@form]")
        buttons = [button for button in inside if words_of(button) == text]
        assert buttons, f"{page.path} has no button “{text}” in a form, but {page.buttons}"
        named = buttons[0].get("form")
        form = page.one(f"//form[@id='{named}']") if named else next(buttons[0].iterancestors("form"))
        data = filled_in(form)
        for name, value in fields.items():
            _fill(form, data, name, value)
        if buttons[0].get("name"):
            data[buttons[0].get("name")] = buttons[0].get("value", "")
        action = urljoin(page.path, form.get("action") or page.path)
        if form.get("method", "get").lower() == "get":
            response = self.flask.get(action, query_string=data, follow_redirects=True)
        else:
            response = self.flask.post(action, data=data, follow_redirects=True)
        return self._arrive(response, status, skip)

    def _standing(self) -> Page:
        assert self.page is not None, "no page has been fetched yet"
        return self.page

    def _arrive(self, response: TestResponse, status: int, skip: Collection[str]) -> Page:
        path = response.request.path
        assert response.status_code == status, (
            f"{path}: {response.status}, not {status}: {response.get_data(as_text=True)[:2000]}"
        )
        assert response.mimetype == "text/html", f"{path} is {response.mimetype}; fetch it with client.flask"
        query = urlsplit(response.request.url).query
        self.page = Page(f"{path}?{query}" if query else path, response)
        page_rules.check(self.page.html, skip, where=self.page.path)
        tokens = self.page.all("//input[@name='csrf_token']/@value")
        self.token = tokens[0] if tokens else self.token
        return self.page


def filled_in(form: Any) -> dict[str, Any]:
    """Return what a browser would send of a form as it stands, without a button."""
    data: dict[str, Any] = {}
    for control in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        name, kind = control.get("name"), control.get("type", "text")
        if control.get("disabled") is not None or (control.tag == "input" and kind in _NOT_SENT):
            continue
        if control.tag == "textarea":
            data[name] = _typed(control, control.text or "")
        elif control.tag == "select":
            chosen = control.xpath(".//option[@selected]") or control.xpath("(.//option)[1]")
            data[name] = _value_of(chosen[0]) if chosen else ""
        elif kind in {"checkbox", "radio"}:
            if control.get("checked") is not None:
                data.setdefault(name, []).append(control.get("value", "on"))
        elif name in data:  # several controls of one name send a value each
            data[name] = (
                [*data[name], control.get("value", "")]
                if isinstance(data[name], list)
                else [data[name], control.get("value", "")]
            )
        else:
            data[name] = _typed(control, control.get("value", ""))
    return data


def _typed(control: Any, text: str) -> str:
    """Return a text as a browser sends it: it has its own line ends, and none in a field of one line."""
    one_line = control.tag == "input" and control.get("type") != "hidden"
    return ("" if one_line else "\r\n").join(re.split("\r\n|[\r\n]", text))


def _fill(form: Any, data: dict[str, Any], name: str, value: Any) -> None:
    controls = [control for control in form.xpath(".//*[@name]") if control.get("name") == name]
    names = sorted({control.get("name") for control in form.xpath(".//*[@name]")})
    assert controls, f"the form has no field {name}, but {names}"
    kind = controls[0].get("type", "text")
    if kind in {"checkbox", "radio"} or controls[0].tag == "select":
        _choose(controls, data, name, value)
    else:
        data[name] = value if isinstance(value, tuple) else _typed(controls[0], str(value))


def _choose(controls: list[Any], data: dict[str, Any], name: str, value: Any) -> None:
    options = controls[0].xpath(".//option") if controls[0].tag == "select" else controls
    offered = [_value_of(option) for option in options]
    if value is None or value is False:
        data.pop(name, None)
        return
    wanted = offered if value is True else [str(item) for item in value if item is not None]
    if isinstance(value, str):
        wanted = [value]
    missing = [item for item in wanted if item not in offered]
    assert not missing, f"{name} does not offer {missing}, but {offered}"
    data[name] = wanted


def _value_of(option: Any) -> str:
    value = option.get("value")
    if value is None:
        value = words_of(option) if option.tag == "option" else "on"
    return str(value)


def as_text(element: Any) -> str:
    """Return an element as HTML, for the message of a failing test."""
    return etree.tostring(element, encoding="unicode", method="html")
