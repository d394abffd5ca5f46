"""The page on which people change their password, set an authenticator app up, and make recovery codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import LevelTooLow, ProofRefused, TooManyAttempts
from idp.errors_factors import NotEnrolled, PasswordUnfit
from idp.factor_parts import FactorParts
from idp.factors.hashing import TooBusy
from idp.factors.totp import TotpOffer
from idp.model.sensitive import FRESH
from idp.storage.credentials import Credentials
from idp.storage.recovery_codes import RecoveryCodes
from idp.storage.totps import has_totp
from idp.web.device_door import form
from idp.web.qr_picture import svg
from idp.web.ties_door import LOOK, Seat, TiesDoor
from trust.storage.database import Database
from trust.values.assurance import Rank

FACTORS: Final = "/idp/account/factors"
PASSWORD: Final = f"{FACTORS}/password"
TOTP: Final = f"{FACTORS}/totp"
CONFIRM: Final = f"{FACTORS}/totp/confirm"
REMOVE: Final = f"{FACTORS}/totp/remove"
CODES: Final = f"{FACTORS}/recovery-codes"
_SURE: Final = Rank(2)
_LABEL: Final = 8  # characters of the account's id: an app shows them to whoever looks at the phone


@dataclass(frozen=True, slots=True)
class FactorPages:
    """The pages."""

    door: TiesDoor
    database: Database
    parts: FactorParts

    def routes(self) -> list[BaseRoute]:
        return [
            Route(FACTORS, self.look, methods=["GET"]),
            Route(PASSWORD, form(self.set_password), methods=["POST"]),
            Route(TOTP, form(self.offer_totp), methods=["POST"]),
            Route(CONFIRM, form(self.confirm_totp), methods=["POST"]),
            Route(REMOVE, form(self.remove_totp), methods=["POST"]),
            Route(CODES, form(self.make_codes), methods=["POST"]),
        ]

    def look(self, request: Request) -> Response:
        """Show what is set up."""
        seat = self.door.seat(request)
        return self.door.prove(request, LOOK) if seat is None else self._list(request, seat)

    def set_password(self, request: Request, said: Mapping[str, str]) -> Response:
        """Set the password."""

        def act(seat: Seat) -> Response:
            password = said.get("new", "")
            if password != said.get("again", ""):
                return self._list(request, seat, "password-differs")
            try:
                self.parts.set_password(seat.account, password, seat.standing)
            except PasswordUnfit as wrong:
                return self._list(request, seat, wrong.why.value)
            except TooBusy as wrong:
                return self._list(request, seat, wrong.code, 503)
            return RedirectResponse(FACTORS, 303)

        return self._sure(request, said, act)

    def offer_totp(self, request: Request, said: Mapping[str, str]) -> Response:
        """Show a secret once, as a picture and as text."""

        def act(seat: Seat) -> Response:
            offer = self.parts.enrol_totp(seat.account, seat.account[:_LABEL], seat.standing)
            return self._totp(request, offer)

        return self._sure(request, said, act)

    def confirm_totp(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take the first code."""

        def act(seat: Seat) -> Response:
            try:
                self.parts.confirm_totp(seat.account, said.get("otp", ""), seat.standing)
            except (ProofRefused, TooManyAttempts) as wrong:
                return self._totp(request, None, wrong.code)
            return RedirectResponse(FACTORS, 303)

        return self._sure(request, said, act)

    def remove_totp(self, request: Request, said: Mapping[str, str]) -> Response:
        """Give one-time passwords up."""

        def act(seat: Seat) -> Response:
            try:
                self.parts.remove_totp(seat.account, seat.standing)
            except NotEnrolled as wrong:
                return self._list(request, seat, wrong.code)
            return RedirectResponse(FACTORS, 303)

        return self._sure(request, said, act)

    def make_codes(self, request: Request, said: Mapping[str, str]) -> Response:
        """Show new recovery codes once."""

        def act(seat: Seat) -> Response:
            codes = self.parts.make_recovery_codes(seat.account, seat.standing)
            return _unkept(self.door.page(request, "factors_codes.html", codes=codes, back=FACTORS))

        return self._sure(request, said, act)

    def _sure(self, request: Request, said: Mapping[str, str], act: Callable[[Seat], Response]) -> Response:
        """Do it for whoever is signed in surely enough, and ask everybody else for a sign-in."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LOOK)
        try:
            return act(seat)
        except LevelTooLow:
            return self.door.prove(request, self._wanted(request, seat), FRESH)

    def _wanted(self, request: Request, seat: Seat) -> Rank:
        with self.database.reading() as db:
            second = has_totp(db, seat.account)
        return LOOK if request.url.path == PASSWORD and not second else _SURE

    def _totp(self, request: Request, offer: TotpOffer | None, error: str = "") -> Response:
        values = {
            "picture": None if offer is None else svg(offer.uri, "动态口令二维码"),
            "secret": "" if offer is None else offer.secret,
            "csrf": self.door.csrf(request),
            "action": CONFIRM,
            "back": FACTORS,
            "error": error,
        }
        return _unkept(self.door.page(request, "factors_totp.html", 400 if error else 200, **values))

    def _list(self, request: Request, seat: Seat, error: str = "", status: int = 400) -> Response:
        with self.database.reading() as db:
            stored = Credentials(db).find(seat.account)
            values = {
                "set_at": None if stored is None else stored.set_at,
                "totp": has_totp(db, seat.account),
                "left": RecoveryCodes(db).left(seat.account),
            }
        csrf = self.door.csrf(request)
        return self.door.page(
            request, "factors_list.html", status if error else 200, csrf=csrf, action=FACTORS, error=error, **values
        )


def _unkept(response: Response) -> Response:
    """A page with a secret on it is kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return response
