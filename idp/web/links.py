"""Accounts at other providers: the page that lists, links and unlinks them, and the ways out and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import LevelTooLow
from idp.errors_ties import LastWayIn, LinkMissing, LinkRefused, LinkTaken, LinkUnknown, TicketRefused
from idp.factors.possession import Shown
from idp.model.sensitive import FRESH
from idp.storage.links import Links
from idp.storage.persons import Vault
from idp.usecases.go_outside import GoOutside
from idp.usecases.link_account import LinkAccount
from idp.usecases.sign_in_by_link import SignInByLink
from idp.usecases.sign_in_by_national import SignInByNational
from idp.usecases.unlink_account import UnlinkAccount
from idp.web.device_door import HANDLE, form
from idp.web.ties_door import LINKS, LOOK, Seat, TiesDoor, moved, word
from trust.errors import TrustError
from trust.storage.database import Database
from trust.values.assurance import Rank

SIGN_IN: Final = "/idp/sign-in/outside"
NATIONAL: Final = "/idp/sign-in/national"
CLOSED: Final = "/api/idp/outside/{provider}/closed"
_LEAST: Final = Rank(2)
_WRONG: Final = (LinkMissing, LinkRefused, LinkTaken, LinkUnknown, LastWayIn, TicketRefused)
NAMES: Final = {
    "alipay": ("支付宝", "Alipay"),
    "wechat": ("微信", "WeChat"),
    "unionpay": ("银联", "UnionPay"),
    "social-security": ("社保", "social security"),
}


@dataclass(frozen=True, slots=True)
class LinkPages:
    """The pages, given the providers that are set up."""

    door: TiesDoor
    issuer: str
    database: Database
    vault: Vault
    go: GoOutside
    sign_in: SignInByLink
    link: LinkAccount
    unlink: UnlinkAccount
    national: SignInByNational | None = None

    def routes(self) -> list[BaseRoute]:
        found: list[BaseRoute] = [
            Route(LINKS, self.list, methods=["GET"]),
            Route(f"{LINKS}/go", form(self.leave_to_link), methods=["POST"]),
            Route(f"{LINKS}/remove", form(self.remove), methods=["POST"]),
            Route("/idp/outside/{provider}/linked", self.linked, methods=["GET"]),
            Route(SIGN_IN, form(self.leave_to_sign_in), methods=["POST"]),
            Route("/idp/outside/{provider}/signed-in", self.signed_in, methods=["GET"]),
            Route(CLOSED, form(self.closed), methods=["POST"]),
        ]
        if self.national is not None:
            found += [
                Route(NATIONAL, form(self.leave_to_national), methods=["POST"]),
                Route("/idp/outside/national/back", self.came_from_national, methods=["GET"]),
            ]
        return found

    def list(self, request: Request) -> Response:
        """Show the links of an account."""
        seat = self.door.seat(request)
        return self.door.prove(request, LOOK) if seat is None else self._list(request, seat)

    def leave_to_link(self, request: Request, said: Mapping[str, str]) -> Response:
        """Go to a provider and link."""
        self.door.check(request, said)
        seat, provider = self.door.seat(request), word(said, "provider")
        if seat is None:
            return self.door.prove(request, _LEAST, FRESH)
        try:
            browser, redirect = self.door.browser(request), self._linked_at(provider)
            address = self.go.to_link(provider, seat.account, seat.standing, browser, redirect, LINKS)
        except LevelTooLow:
            return self.door.prove(request, _LEAST, FRESH)
        except LinkMissing as wrong:
            return self._list(request, seat, wrong)
        return Response(status_code=303, headers=moved(address))

    def linked(self, request: Request) -> Response:
        """Come back from a provider, and link."""
        seat, provider = self.door.seat(request), request.path_params["provider"]
        if seat is None:
            return self.door.prove(request, _LEAST, FRESH)
        asked, browser = request.query_params, self.door.browser(request)
        try:
            _, back = self.link(
                provider,
                asked.get("state", ""),
                asked.get("code", ""),
                browser,
                self._linked_at(provider),
                seat.account,
                seat.standing,
            )
        except LevelTooLow:
            return self.door.prove(request, _LEAST, FRESH)
        except _WRONG as wrong:
            return self._list(request, seat, wrong)
        return Response(status_code=303, headers=moved(back))

    def remove(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take a link away."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, _LEAST, FRESH)
        try:
            self.unlink(seat.account, seat.standing, word(said, "provider"))
        except LevelTooLow:
            return self.door.prove(request, _LEAST, FRESH)
        except (LinkMissing, LastWayIn) as wrong:
            return self._list(request, seat, wrong)
        return RedirectResponse(LINKS, 303)

    def leave_to_sign_in(self, request: Request, said: Mapping[str, str]) -> Response:
        """Go to a provider and sign in."""
        self.door.check(request, said)
        provider = word(said, "provider")
        try:
            browser, redirect = self.door.browser(request), self._signed_in_at(provider)
            address = self.go.to_sign_in(provider, browser, redirect, word(said, HANDLE))
        except LinkMissing as wrong:
            return self._refused(request, wrong)
        return Response(status_code=303, headers=moved(address))

    def signed_in(self, request: Request) -> Response:
        """Come back from a provider, signed in."""
        provider, asked = request.path_params["provider"], request.query_params
        browser, redirect = self.door.browser(request), self._signed_in_at(provider)
        try:
            came = self.sign_in(provider, asked.get("state", ""), asked.get("code", ""), browser, redirect)
        except _WRONG as wrong:
            return self._refused(request, wrong)
        return self.door.enter_at(request, Shown(came.account, came.proof, provider), came.back)

    def leave_to_national(self, request: Request, said: Mapping[str, str]) -> Response:
        """Go to the national platform and sign in."""
        self.door.check(request, said)
        national = self._national()
        browser, redirect = self.door.browser(request), self._national_at()
        return Response(status_code=303, headers=moved(national.go(browser, redirect, word(said, HANDLE))))

    def came_from_national(self, request: Request) -> Response:
        """Come back from the national platform with a ticket."""
        asked, browser = request.query_params, self.door.browser(request)
        try:
            shown, back = self._national()(
                asked.get("state", ""), asked.get("ticket", ""), browser, self._national_at()
            )
        except _WRONG as wrong:
            return self._refused(request, wrong)
        return self.door.enter_at(request, shown, back)

    def closed(self, request: Request, said: Mapping[str, str]) -> Response:
        """Hear from a provider that an account was closed; its signature is the proof."""
        self.unlink.closed(request.path_params["provider"], said.get("notice", ""))
        return Response(status_code=204)

    def _list(self, request: Request, seat: Seat, error: TrustError | None = None) -> Response:
        with self.database.reading() as db:
            held = Links(db, self.vault).of(seat.account)
        linked = {one.provider for one in held}
        return self.door.page(
            request,
            "ties_links.html",
            400 if error else 200,
            held=held,
            names=NAMES,
            open=[one for one in self.go.outside.providers if one not in linked],
            csrf=self.door.csrf(request),
            action=LINKS,
            error=None if error is None else error.code,
        )

    def _refused(self, request: Request, error: TrustError) -> Response:
        return self.door.page(request, "ties_outside_refused.html", 401, error=error.code)

    def _national(self) -> SignInByNational:
        if self.national is None:
            raise LinkMissing("there is no such provider")
        return self.national

    def _linked_at(self, provider: str) -> str:
        return f"{self.issuer}/idp/outside/{provider}/linked"

    def _signed_in_at(self, provider: str) -> str:
        return f"{self.issuer}/idp/outside/{provider}/signed-in"

    def _national_at(self) -> str:
        return f"{self.issuer}/idp/outside/national/back"
