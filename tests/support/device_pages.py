"""The pages of passkeys, certificates, apps and codes behind a small door: whoever proves something is let in."""

import hashlib
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI
from jinja2 import ChoiceLoader, DictLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from idp.errors import FormStale
from idp.factors.passkey import PasskeyFactor
from idp.factors.possession import Shown
from idp.usecases.register_passkey import RegisterPasskey
from idp.usecases.sign_in_with_passkey import SignInWithPasskey
from idp.web import device_static, devices_api
from idp.web.certificates import CertificatePages
from idp.web.device_door import Visitor
from idp.web.devices import DevicePages
from idp.web.passkeys import PasskeyPages
from idp.web.qr import QrPages
from tests.support.devices import LIFE, DeviceHouse
from tests.support.ports import free_port
from trust.values.assurance import Rank
from trust.web import problems
from trust.web.manners import Manners

COOKIE = "browser"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_BASE = """<!doctype html><html lang="{{ html_lang }}"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
{% block head %}{% endblock %}</head><body><main>{% block main %}{% endblock %}</main></body></html>"""


@dataclass
class SmallDoor:
    """Keeps who is signed in by the cookie of the browser."""

    house: DeviceHouse
    visitors: dict[str, Visitor] = field(default_factory=dict)
    entered: list[Shown] = field(default_factory=list)
    pages: Environment = field(
        default_factory=lambda: Environment(
            loader=ChoiceLoader([DictLoader({"base.html": _BASE}), PackageLoader("idp.web")]),
            autoescape=True,
            undefined=StrictUndefined,
        )
    )

    def browser(self, request: Request) -> bytes:
        return hashlib.sha256(self._cookie(request).encode()).digest()

    def csrf(self, request: Request) -> str:
        return hashlib.sha256(b"csrf" + self._cookie(request).encode()).hexdigest()

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        if form.get("csrf_token") != self.csrf(request):
            raise FormStale("not a form of this browser")

    def visitor(self, request: Request) -> Visitor | None:
        return self.visitors.get(self._cookie(request))

    def waiting(self, request: Request) -> str:
        return "portal" if request.query_params.get("i") else ""

    def client_name(self, client: str, request: Request) -> str:
        del request
        return f"名称 {client}"

    def device(self, request: Request) -> tuple[str, str]:
        return request.headers.get("user-agent", "")[:40], "192.0.2.0/24"

    def enter(self, request: Request, shown: Shown) -> Response:
        self.entered.append(shown)
        rank = min(Rank(4), shown.cap)
        self.visitors[self._cookie(request)] = Visitor(shown.account, rank, rank, rank, self.house.clock.now(), "张**")
        return RedirectResponse("/done", 303)

    def prove(self, request: Request, rank: Rank, within: timedelta | None = None) -> Response:
        del request, within
        return PlainTextResponse(f"sign in at {rank}", 401)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        english = request.query_params.get("lang") == "en"
        text = self.pages.get_template(template).render(
            html_lang="en" if english else "zh-CN", say=lambda zh, en: en if english else zh, **values
        )
        return HTMLResponse(text, status, {"Content-Security-Policy": POLICY})

    def _cookie(self, request: Request) -> str:
        found = request.cookies.get(COOKIE)
        if not found:
            raise FormStale("no cookie")
        return found


@dataclass
class DevicePagesHouse:
    """An application with all pages of the room."""

    house: DeviceHouse
    issuer: str
    door: SmallDoor
    application: ASGIApp

    def signed_in(self, account: str, level: int = 4) -> str:
        """A cookie under which an account is signed in."""
        cookie = secrets.token_hex(8)
        self.door.visitors[cookie] = Visitor(account, Rank(level), Rank(level), Rank(5), self.house.clock.now(), "张**")
        return cookie


def pages(house: DeviceHouse, issuer: str) -> DevicePagesHouse:
    """Put the pages together for an issuer."""
    door, passkeys = SmallDoor(house), PasskeyFactor.of(issuer, "统一身份认证", LIFE)
    routes: list[BaseRoute] = [
        *PasskeyPages(
            door,
            SignInWithPasskey(house.new_work, house.clock, passkeys),
            RegisterPasskey(house.new_work, house.clock, passkeys, house.notices),
        ).routes(),
        *CertificatePages(door, house.certificates, house.sign_in_with_certificate, house.bind_certificate).routes(),
        *QrPages(door, issuer, house.clock, house.offer_qr, house.scan_qr, house.confirm_qr, house.redeem_qr).routes(),
        *DevicePages(door, issuer, house.database, house.remove_device, house.enrol_device_key).routes(),
        *device_static.routes(),
        Route("/done", lambda _: HTMLResponse("<p id=done>done</p>")),
    ]
    app = FastAPI(routes=routes)
    problems.install(app)
    app.include_router(
        devices_api.router(house.enrol_device_key, house.scan_qr, house.confirm_qr, lambda name: f"名称 {name}")
    )
    return DevicePagesHouse(house, issuer, door, Manners(app))


@contextmanager
def serving(house: DeviceHouse) -> Iterator[DevicePagesHouse]:
    """Serve the pages at ``http://localhost``, which browsers take for a secure place."""
    port = free_port()
    made = pages(house, f"http://localhost:{port}")
    server = uvicorn.Server(uvicorn.Config(made.application, "127.0.0.1", port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield made
    finally:
        server.should_exit = True
        thread.join(10)
