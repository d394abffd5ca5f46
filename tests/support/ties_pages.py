"""The pages of mandates, links, merges and recovery behind a small door."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.testclient import TestClient

from idp.errors import FormStale
from idp.factors.possession import Shown
from idp.model.account import Account
from idp.storage.sessions import Sessions
from idp.web.bodies import BodyPages
from idp.web.links import LinkPages
from idp.web.mandates import MandatePages
from idp.web.merges import MergePages
from idp.web.recovery import RecoveryPages
from idp.web.simulated import SimulatedPages
from idp.web.ties_door import Seat
from tests.support.ties import ISSUER, VAULT, TiesHouse
from trust.values.assurance import Rank
from trust.web import problems

COOKIE = "browser"
_BASE = """<!doctype html><html lang="{{ html_lang }}"><head><meta charset="utf-8">
<title>{% block title %}{% endblock %}</title></head><body><main>{% block main %}{% endblock %}</main></body></html>"""


@dataclass
class TiesPagesHouse:
    """An application with all pages of the room; it is their door as well."""

    house: TiesHouse
    seats: dict[str, Seat] = field(default_factory=dict)
    entered: list[tuple[Shown, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        house = self.house
        self.templates = Environment(
            loader=ChoiceLoader([DictLoader({"base.html": _BASE}), PackageLoader("idp.web")]),
            autoescape=True,
            undefined=StrictUndefined,
        )
        at = (self, house.database, house.clock)
        self.app = FastAPI(
            routes=[
                *BodyPages(*at, house.act, house.accept, house.end).routes(),
                *MandatePages(*at, house.grant, house.confirm, house.end, house.scope).routes(),
                *LinkPages(
                    self,
                    ISSUER,
                    house.database,
                    VAULT,
                    house.go,
                    house.sign_in_by_link,
                    house.link,
                    house.unlink,
                    house.by_national,
                ).routes(),
                *MergePages(*at, house.resolve, house.merge, house.undo).routes(),
                *RecoveryPages(*at, house.recover, house.change_phone, house.cancel, house.send_code).routes(),
                *SimulatedPages(self, ISSUER, house.providers, house.national).routes(),
            ]
        )
        problems.install(self.app)

    def browser_of(self, account: Account | None = None, level: int = 4, *methods: str) -> TestClient:
        """A browser, in which an account is signed in at a level."""
        cookie = secrets.token_hex(8)
        if account is not None:
            self.seats[cookie] = Seat(self.house.session(account, *methods), self.house.standing(level))
        return TestClient(self.app, cookies={COOKIE: cookie}, follow_redirects=False, base_url=ISSUER)

    def browser(self, request: Request) -> bytes:
        return hashlib.sha256(self._cookie(request).encode()).digest()

    def csrf(self, request: Request) -> str:
        return hashlib.sha256(b"csrf" + self._cookie(request).encode()).hexdigest()

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        if form.get("csrf_token") != self.csrf(request):
            raise FormStale("not a form of this browser")

    def seat(self, request: Request) -> Seat | None:
        seat = self.seats.get(self._cookie(request))
        if seat is None:
            return None
        with self.house.database.reading() as db:
            now = Sessions(db).find_by_sid(seat.session.sid)
        return None if now is None else Seat(now, seat.standing)

    def client_name(self, client: str, request: Request) -> str:
        del request
        return f"名称 {client}"

    def body_name(self, body: str, request: Request) -> str:
        del request
        return f"单位 {body}"

    def device(self, request: Request) -> tuple[str, str]:
        del request
        return "a browser", "192.0.2.0/24"

    def enter_at(self, request: Request, shown: Shown, back: str) -> Response:
        del request
        self.entered.append((shown, back))
        return RedirectResponse("/done", 303)

    def prove(self, request: Request, rank: Rank, within: timedelta | None = None) -> Response:
        del request, within
        return PlainTextResponse(f"sign in at {rank}", 401)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        english = request.query_params.get("lang") == "en"
        text = self.templates.get_template(template).render(
            html_lang="en" if english else "zh-CN", say=lambda zh, en: en if english else zh, **values
        )
        return HTMLResponse(text, status)

    def _cookie(self, request: Request) -> str:
        return request.cookies.get(COOKIE, "none")
