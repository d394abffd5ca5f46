"""Pages that sign in with a certificate, and that bind one: words to sign, and a field for what the signing agent gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import CredentialTaken, CredentialUnfit, LevelTooLow, ProofRefused, TooManyDevices
from idp.factors.certificate import CertificateFactor
from idp.model.challenge import Challenge, statement_digest
from idp.usecases.bind_certificate import LEAST, BindCertificate
from idp.usecases.sign_in_with_certificate import SignInWithCertificate
from idp.web.device_door import FRESH, DeviceDoor, form
from trust.errors import TrustError

SIGN_IN: Final = "/idp/certificate"
BIND: Final = "/idp/account/certificates/new"
DEVICES: Final = "/idp/account/devices"
_TAKEN: Final = (ProofRefused, CredentialTaken, CredentialUnfit, TooManyDevices)


@dataclass(frozen=True, slots=True)
class CertificatePages:
    """The pages."""

    door: DeviceDoor
    certificates: CertificateFactor
    sign_in: SignInWithCertificate
    bind: BindCertificate

    def routes(self) -> list[BaseRoute]:
        return [
            Route(SIGN_IN, self.ask, methods=["GET"]),
            Route(SIGN_IN, form(self.show), methods=["POST"]),
            Route(BIND, self.ask_new, methods=["GET"]),
            Route(BIND, form(self.add), methods=["POST"]),
        ]

    def ask(self, request: Request) -> Response:
        """Show the words that are to be signed."""
        return self._ask(request)

    def show(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign in with the certificate that signed them."""
        self.door.check(request, said)
        nonce, answer, enclosed = _answer(said)
        try:
            shown = self.sign_in(nonce, answer, enclosed, self.door.browser(request))
        except ProofRefused as wrong:
            return self._ask(request, wrong)
        return self.door.enter(request, shown)

    def ask_new(self, request: Request) -> Response:
        """Show the words that bind a certificate to the account."""
        return self._ask_new(request)

    def add(self, request: Request, said: Mapping[str, str]) -> Response:
        """Bind the certificate that signed them."""
        self.door.check(request, said)
        visitor = self.door.visitor(request)
        if visitor is None or visitor.level < LEAST or not visitor.fresh(self.bind.clock.now()):
            return self.door.prove(request, LEAST, FRESH)
        nonce, answer, enclosed = _answer(said)
        try:
            self.bind(visitor.account, nonce, answer, enclosed, self.door.browser(request), visitor.level)
        except LevelTooLow:
            return self.door.prove(request, LEAST, FRESH)
        except _TAKEN as wrong:
            return self._ask_new(request, wrong)
        return RedirectResponse(DEVICES, 303)

    def _ask(self, request: Request, wrong: TrustError | None = None) -> Response:
        visitor = self.door.visitor(request)
        client = self.door.waiting(request)
        challenge = self.sign_in.ask(visitor.account if visitor else None, client, self.door.browser(request))
        name = self.door.client_name(client, request) if client else ""
        return self._page(request, "devices_certificate.html", challenge, wrong, client_name=name)

    def _ask_new(self, request: Request, wrong: TrustError | None = None) -> Response:
        visitor = self.door.visitor(request)
        if visitor is None or visitor.level < LEAST or not visitor.fresh(self.bind.clock.now()):
            return self.door.prove(request, LEAST, FRESH)
        challenge = self.bind.ask(visitor.account, self.door.browser(request))
        return self._page(request, "devices_certificate_new.html", challenge, wrong)

    def _page(
        self, request: Request, template: str, challenge: Challenge, wrong: TrustError | None, **values: str
    ) -> Response:
        words = self.certificates.statement(challenge)
        return self.door.page(
            request,
            template,
            400 if wrong else 200,
            challenge=challenge.nonce,
            statement=words,
            digest=statement_digest(words).hex(),
            csrf=self.door.csrf(request),
            action=f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
            error=wrong and wrong.code,
            **values,
        )


def _answer(said: Mapping[str, str]) -> tuple[str, str, str]:
    return said.get("challenge", ""), said.get("signature", ""), said.get("certificate", "")
