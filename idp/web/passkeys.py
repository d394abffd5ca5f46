"""Pages that sign in with a passkey, and that set one up; both need the browser's own interface and so a script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import CredentialTaken, CredentialUnfit, LevelTooLow, ProofRefused, TooManyDevices
from idp.usecases.register_passkey import RegisterPasskey
from idp.usecases.sign_in_with_passkey import SignInWithPasskey
from idp.web import device_static
from idp.web.device_door import FRESH, DeviceDoor, form
from trust.errors import TrustError
from trust.values.assurance import Rank

SIGN_IN: Final = "/idp/passkey"
REGISTER: Final = "/idp/account/passkeys/new"
DEVICES: Final = "/idp/account/devices"
_LEAST: Final = Rank(2)
_TAKEN: Final = (ProofRefused, CredentialTaken, CredentialUnfit, TooManyDevices)


@dataclass(frozen=True, slots=True)
class PasskeyPages:
    """The pages."""

    door: DeviceDoor
    sign_in: SignInWithPasskey
    register: RegisterPasskey

    def routes(self) -> list[BaseRoute]:
        return [
            Route(SIGN_IN, self.ask, methods=["GET"]),
            Route(SIGN_IN, form(self.show), methods=["POST"]),
            Route(REGISTER, self.ask_new, methods=["GET"]),
            Route(REGISTER, form(self.add), methods=["POST"]),
        ]

    def ask(self, request: Request) -> Response:
        """Ask for a passkey: of whoever is signed in, else of anybody."""
        return self._ask(request)

    def show(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign in with the passkey that was shown."""
        self.door.check(request, said)
        try:
            shown = self.sign_in(said.get("answer", ""), self.door.browser(request))
        except ProofRefused as wrong:
            return self._ask(request, wrong)
        return self.door.enter(request, shown)

    def ask_new(self, request: Request) -> Response:
        """Offer to set a passkey up."""
        return self._ask_new(request)

    def add(self, request: Request, said: Mapping[str, str]) -> Response:
        """Keep the passkey that an authenticator made."""
        self.door.check(request, said)
        visitor = self.door.visitor(request)
        if visitor is None or visitor.al < _LEAST or not visitor.fresh(self.register.clock.now()):
            return self.door.prove(request, _LEAST, FRESH)
        browser = self.door.browser(request)
        try:
            self.register(visitor.account, said.get("answer", ""), said.get("name", ""), browser, visitor.al)
        except LevelTooLow:
            return self.door.prove(request, _LEAST, FRESH)
        except _TAKEN as wrong:
            return self._ask_new(request, wrong)
        return RedirectResponse(DEVICES, 303)

    def _ask(self, request: Request, wrong: TrustError | None = None) -> Response:
        visitor = self.door.visitor(request)
        options = self.sign_in.options(visitor.account if visitor else None, self.door.browser(request))
        return self.door.page(
            request,
            "devices_passkey.html",
            400 if wrong else 200,
            options=options,
            csrf=self.door.csrf(request),
            action=_here(request),
            script=device_static.PATHS["passkey"],
            error=wrong and wrong.code,
        )

    def _ask_new(self, request: Request, wrong: TrustError | None = None) -> Response:
        visitor = self.door.visitor(request)
        if visitor is None or visitor.al < _LEAST or not visitor.fresh(self.register.clock.now()):
            return self.door.prove(request, _LEAST, FRESH)
        options = self.register.options(visitor.account, visitor.shown_as, self.door.browser(request))
        return self.door.page(
            request,
            "devices_passkey_new.html",
            400 if wrong else 200,
            options=options,
            csrf=self.door.csrf(request),
            action=REGISTER,
            script=device_static.PATHS["passkey"],
            error=wrong and wrong.code,
        )


def _here(request: Request) -> str:
    """The address of this page with the request that waits, for the form to come back to."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
