"""A browser without scripts: follows redirects, fills in the first form of a page, keeps cookies.

It knows what the provider promises to outside clients about its pages, and nothing else of them: a text field
`username` and a field `password`, a text field `otp`, a consent whose first submit button agrees, a form whose action
is the platform's address.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

MAX_STEPS = 30
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(slots=True)
class Form:
    """A form as it stands on a page."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)  # what is sent if nobody touches anything
    kinds: dict[str, str] = field(default_factory=dict)  # by name, the type of the input
    ticked: dict[str, list[str]] = field(default_factory=dict)  # checkboxes that are on, by name
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # id, name, value

    @property
    def visible(self) -> list[str]:
        """The names of the fields that a person sees."""
        return [name for name, kind in self.kinds.items() if kind != "hidden"]


@dataclass(slots=True)
class Page:
    """What a server answered last."""

    url: str
    response: httpx2.Response
    forms: list[Form]
    ids: dict[str, str]  # text of the elements that have an id
    lang: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def location(self) -> str | None:
        """Where the answer sends the browser."""
        if self.status not in REDIRECTS:
            return None
        return urljoin(self.url, self.response.headers["location"])


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits before the browser, and what is said to consent."""

    username: str = "user0"
    password: str = ""
    otp: Callable[[], str] | None = None
    agree: bool = True

    def named(self, username: str) -> "Visitor":
        return replace(self, username=username)


@dataclass(slots=True)
class Walker:
    """One browser."""

    client: httpx2.Client
    seen: list[str] = field(default_factory=list)  # every address, in order

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        """A fresh browser without cookies."""
        with httpx2.Client(follow_redirects=False, timeout=30, trust_env=False) as client:
            yield cls(client)

    def get(self, url: str) -> Page:
        self.seen.append(url)
        return _page(self.client.get(url))

    def post(self, url: str, fields: Mapping[str, str | list[str]]) -> Page:
        self.seen.append(url)
        return _page(self.client.post(url, data=dict(fields)))

    def follow(self, page: Page, stop: str | None = None) -> Page:
        """Follow redirects; one to an address that starts with `stop` is not followed."""
        for _ in range(MAX_STEPS):
            to = page.location
            if to is None or (stop is not None and to.startswith(stop)):
                return page
            page = self.get(to)
        raise AssertionError(f"redirects without end: {self.seen[-MAX_STEPS:]}")

    def submit(self, page: Page, fields: Mapping[str, str] | None = None, button: int = 0, form: int = 0) -> Page:
        """Send a form of a page with some fields filled in, by the given one of its submit buttons."""
        chosen = page.forms[form]
        values: dict[str, str | list[str]] = {**chosen.fields, **chosen.ticked, **(fields or {})}
        if chosen.buttons and chosen.buttons[button][1]:
            _, name, value = chosen.buttons[button]
            values[name] = value
        action = urljoin(page.url, chosen.action)
        if chosen.method == "post":
            return self.post(action, values)
        return self.get(f"{action}?{urlencode(values, doseq=True)}")

    def walk(self, start: str | Page, visitor: Visitor, stop: str | None = None) -> Page:
        """Sign in, agree and go on, until a page asks nothing that the visitor knows, or a redirect leads to `stop`."""
        page = self.follow(self.get(start) if isinstance(start, str) else start, stop)
        before: tuple[dict[str, str], int] | None = None
        for _ in range(MAX_STEPS):
            answer = None if page.location is not None else _answer(page, visitor, stop)
            if answer is None or (answer == before and answer[0]):  # the same question again: it was refused
                return page
            before, (fields, button) = answer, answer
            page = self.follow(self.submit(page, fields, button), stop)
        raise AssertionError(f"forms without end: {self.seen[-MAX_STEPS:]}")


def _answer(page: Page, visitor: Visitor, stop: str | None) -> tuple[dict[str, str], int] | None:
    """What the visitor fills into the first form, and the button; none where the page is not the provider's to fill."""
    if not page.forms:
        return None
    form = page.forms[0]
    if {"username", "password"} <= form.kinds.keys():
        return {"username": visitor.username, "password": visitor.password}, 0
    if "otp" in form.kinds and visitor.otp is not None:
        return {"otp": visitor.otp()}, 0
    if any(name == "decision" for _, name, _ in form.buttons):
        return {}, 0 if visitor.agree else 1
    if any(each == "logout-yes" for each, _, _ in form.buttons):
        return {}, 0
    if form.method == "post" and not form.visible and _elsewhere(page, form):
        action = urljoin(page.url, form.action)
        return None if stop is not None and action.startswith(stop) else ({}, 0)
    return None


def _elsewhere(page: Page, form: Form) -> bool:
    return urlsplit(urljoin(page.url, form.action)).netloc != urlsplit(page.url).netloc


def _page(response: httpx2.Response) -> Page:
    reader = _Reader()
    if "html" in response.headers.get("content-type", ""):
        reader.feed(response.text)
    return Page(str(response.url), response, reader.forms, reader.ids, reader.lang)


class _Reader(HTMLParser):
    """Collects forms, and the texts of elements with an id."""

    VOID = frozenset({"input", "br", "img", "meta", "link", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.ids: dict[str, str] = {}
        self.lang = ""
        self._inside = False
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = said.get("lang", "")
        if tag not in self.VOID:
            self._open.append((tag, said.get("id", "")))
            if "id" in said:
                self.ids.setdefault(said["id"], "")
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
            self._inside = True
        elif self._inside and tag == "input":
            self._input(self.forms[-1], said, checked="checked" in said)
        elif self._inside and tag == "button" and said.get("type", "submit") == "submit":
            self.forms[-1].buttons.append((said.get("id", ""), said.get("name", ""), said.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _, name in self._open:
            if name:
                self.ids[name] += data

    @staticmethod
    def _input(form: Form, said: Mapping[str, str], *, checked: bool) -> None:
        kind, name = said.get("type", "text").lower(), said.get("name", "")
        if kind == "submit":
            form.buttons.append((said.get("id", ""), name, said.get("value", "")))
        elif kind in ("checkbox", "radio"):
            if checked:
                form.ticked.setdefault(name, []).append(said.get("value", "on"))
        elif name:
            form.kinds[name] = kind
            form.fields[name] = said.get("value", "")
