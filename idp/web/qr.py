"""Pages of sign-in by a scanned code: the screen that shows it, and the signed-in browser that confirms it.

Without a script the showing page loads itself again every few seconds and offers a button once it is confirmed. The code
stands in the query, which no log keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import ProofRefused, QrGone, QrMismatch
from idp.model.qr_login import QrLogin, QrState
from idp.usecases.confirm_qr import ConfirmQr
from idp.usecases.offer_qr import OfferQr
from idp.usecases.redeem_qr import RedeemQr
from idp.usecases.scan_qr import ScanQr
from idp.web import device_static, qr_picture
from idp.web.device_door import HANDLE, DeviceDoor, Visitor, form
from trust.clock import Clock
from trust.values.assurance import Rank

SHOW: Final = "/idp/qr"
STATE: Final = "/idp/qr/state"
CONFIRM: Final = "/idp/qr/confirm"
TURN: Final = "n"  # how often the page changed its code by itself
_LEAST: Final = Rank(1)
MAX_ROTATIONS: Final = 5  # by itself; then a person has to ask for a new code
_FROM_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})
_WAITING: Final = (QrState.NEW, QrState.SCANNED, QrState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class QrPages:
    """The pages; `issuer` is what stands before the address in the code."""

    door: DeviceDoor
    issuer: str
    clock: Clock
    offer: OfferQr
    scan: ScanQr
    confirm: ConfirmQr
    redeem: RedeemQr

    def routes(self) -> list[BaseRoute]:
        return [
            Route(SHOW, self.show, methods=["GET"]),
            Route(SHOW, form(self.enter), methods=["POST"]),
            Route(STATE, self.state, methods=["GET"]),
            Route(CONFIRM, self.ask, methods=["GET"]),
            Route(CONFIRM, form(self.decide), methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show a code and its number, and how far it has come."""
        browser = self.door.browser(request)
        code = request.query_params.get("code", "")
        if not code:
            return self._fresh(request, browser)
        login = self.redeem.look(code, browser)
        state = QrState.EXPIRED if login is None else login.state(self.clock.now())
        if login is None or state not in _WAITING:
            return self.door.page(request, "devices_qr_over.html", state=state.value, again=_again(request))
        return self.door.page(
            request,
            "devices_qr.html",
            picture=qr_picture.svg(self.issuer + _address(CONFIRM, code=code), "QR"),
            number=f"{login.number:02}",
            state=state.value,
            code=code,
            seconds=max(0, int((login.until - self.clock.now()).total_seconds())),
            csrf=self.door.csrf(request),
            action=f"{SHOW}?{request.url.query}",
            state_url=_address(STATE, code=code),
            next_url=_rotated(request),
            script=device_static.PATHS["qr"],
        )

    def enter(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign in as whoever confirmed the code."""
        self.door.check(request, said)
        try:
            shown = self.redeem(said.get("code", ""), self.door.browser(request))
        except ProofRefused:
            return RedirectResponse(f"{SHOW}?{request.url.query}", 303)
        return self.door.enter(request, shown)

    def state(self, request: Request) -> Response:
        """How far the code of this browser has come, as JSON."""
        state = self.redeem.state(request.query_params.get("code", ""), self.door.browser(request))
        return JSONResponse({"state": state.value}, headers={"Cache-Control": "no-store"})

    def ask(self, request: Request) -> Response:
        """Show who waits at the other screen, and ask for its number."""
        if request.headers.get("sec-fetch-site", "none") in _FROM_ELSEWHERE:
            return self._over(request, QrState.EXPIRED, said="link")  # nobody sends others the code of a screen
        visitor = self.door.visitor(request)
        if visitor is None:
            return self.door.prove(request, _LEAST)
        code = request.query_params.get("code", "")
        try:
            login = self.scan(code, visitor.account)
        except QrGone:
            return self._over(request, QrState.EXPIRED)
        return self._question(request, code, login, visitor)

    def decide(self, request: Request, said: Mapping[str, str]) -> Response:
        """Let the other screen in, or turn it away."""
        self.door.check(request, said)
        visitor = self.door.visitor(request)
        if visitor is None:
            return self.door.prove(request, _LEAST)
        code = said.get("code", "")
        try:
            if said.get("decision") != "allow":
                self.confirm.refuse(code, visitor.account)
                return self._over(request, QrState.REFUSED)
            number = said.get("number", "").strip()
            if len(number) != 2 or not (number.isascii() and number.isdigit()):
                # Nothing was compared yet: whoever mistyped may look again.
                return self._question(request, code, self.scan(code, visitor.account), visitor, error="number")
            self.confirm(code, visitor.account, int(number), min(visitor.al, visitor.cap))
        except QrGone:
            return self._over(request, QrState.EXPIRED)
        except QrMismatch:
            return self._over(request, QrState.REFUSED, said="mismatch")
        return self._over(request, QrState.CONFIRMED)

    def _fresh(self, request: Request, browser: bytes) -> Response:
        device, network = self.door.device(request)
        offer = self.offer(browser, self.door.waiting(request), device, network)
        kept = {HANDLE: request.query_params.get(HANDLE, ""), TURN: str(_turn(request))}
        return RedirectResponse(_address(SHOW, code=offer.id, **kept), 303)

    def _question(
        self, request: Request, code: str, login: QrLogin, visitor: Visitor, error: str | None = None
    ) -> Response:
        return self.door.page(
            request,
            "devices_qr_confirm.html",
            400 if error else 200,
            code=code,
            client_name=self.door.client_name(login.client, request) if login.client else "",
            device=login.device,
            network=login.network,
            shown_as=visitor.shown_as,
            csrf=self.door.csrf(request),
            action=_address(CONFIRM, code=code),
            error=error,
        )

    def _over(self, request: Request, state: QrState, *, said: str = "") -> Response:
        status = 400 if said or state is QrState.EXPIRED else 200
        return self.door.page(request, "devices_qr_decided.html", status, state=said or state.value)


def _again(request: Request) -> str:
    return _address(SHOW, **{HANDLE: request.query_params.get(HANDLE, "")})


def _rotated(request: Request) -> str:
    """Where a script finds the next code once this one is over; nowhere after some turns that nobody watched."""
    turn = _turn(request) + 1
    kept = {HANDLE: request.query_params.get(HANDLE, ""), TURN: str(turn)}
    return _address(SHOW, **kept) if turn <= MAX_ROTATIONS else ""


def _turn(request: Request) -> int:
    said = request.query_params.get(TURN, "")
    return int(said) if len(said) == 1 and said in "0123456789" else 0


def _address(path: str, **query: str) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(said)}" if said else path
