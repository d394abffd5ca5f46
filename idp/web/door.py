"""The provider's own pages as its rooms see them: who sits at the browser, and how a proof becomes a session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from idp.errors import InteractionGone
from idp.factors.possession import Shown
from idp.factors.throttle import address_block
from idp.model.claims import masked_name
from idp.oidc import presence
from idp.oidc.presence import Visitors
from idp.oidc.waiting import WaitingRequests
from idp.storage.clients import KnownClients
from idp.storage.levels import Levels
from idp.usecases.begin_authorization import BeginAuthorization
from idp.usecases.enter_session import EnterSession
from idp.web import render
from idp.web.browser import Browsers
from idp.web.device_door import HANDLE, Visitor
from idp.web.ties_door import Seat, moved
from trust.clock import Clock
from trust.storage.database import Database
from trust.values.assurance import Rank

ACCOUNT: Final = "/idp/account"
INTERACTION: Final = "/idp/i"
_SYSTEMS: Final = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux", "HarmonyOS")
_BROWSERS: Final = ("Edg", "Firefox", "Chrome", "Safari")


@dataclass(frozen=True, slots=True)
class Door:
    """Implements what rooms ask (`DeviceDoor`, `TiesDoor`).

    Args:
        database: for readers.
        clock: what time it is.
        browsers: cookies.
        visitors: who is signed in.
        requests: those that wait.
        clients: registered.
        begin: begins sign-ins for our own pages.
        enter_session: makes sessions of proofs.
        bodies: what people call a body.
    """

    database: Database
    clock: Clock
    browsers: Browsers
    visitors: Visitors
    requests: WaitingRequests
    clients: KnownClients
    begin: BeginAuthorization
    enter_session: EnterSession
    bodies: Callable[[Connection, str], str]

    def browser(self, request: Request) -> bytes:
        """The digest of the cookie that tells this browser from others."""
        return self.browsers.digest(request)

    def csrf(self, request: Request) -> str:
        """The token that forms carry."""
        return self.browsers.csrf(request)

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Refuse a form of another browser or origin; raises FormStale."""
        self.browsers.check(request, form)

    def found(self, request: Request) -> presence.Visitor | None:
        """Who is signed in, with everything that is known of it."""
        cookie = self.browsers.session(request)
        if cookie is None:
            return None
        with self.database.reading() as db:
            return self.visitors.find(db, cookie, None, self.clock.now())

    def visitor(self, request: Request) -> Visitor | None:
        """Who is signed in, as devices see it."""
        found = self.found(request)
        if found is None:
            return None
        shown_as = masked_name(self.visitors.vault.open(found.account).name) or found.account.id[:8]
        return Visitor.of(found.session, self._seat(found).standing, shown_as)

    def seat(self, request: Request) -> Seat | None:
        """Who is signed in, and how sure we are of the person."""
        found = self.found(request)
        return None if found is None else self._seat(found)

    def waiting(self, request: Request) -> str:
        """The client whose request waits under the handle in the query, or the empty text."""
        handle = request.query_params.get(HANDLE, "")
        if not handle:
            return ""
        with self.database.reading() as db:
            try:
                return self.requests.get(db, handle, self.browser(request), self.clock.now())[0].client
            except InteractionGone:
                return ""

    def client_name(self, client: str, request: Request) -> str:
        """What people call a client, in the language of the page."""
        found = self.clients.find(client) if client else None
        return "" if found is None else found.name(render.look_of(request).lang)

    def body_name(self, body: str, request: Request) -> str:
        """What people call a body, or its code."""
        del request
        with self.database.reading() as db:
            return self.bodies(db, body) or body

    def device(self, request: Request) -> tuple[str, str]:
        """This browser in words, and its address block."""
        agent = request.headers.get("user-agent", "")
        said = [next((one for one in known if one in agent), "") for known in (_BROWSERS, _SYSTEMS)]
        return " · ".join(filter(None, said)), address_block(request.client.host if request.client else "")

    def enter(self, request: Request, shown: Shown) -> Response:
        """Begin a session or add a proof, and go on with the request that waits."""
        handle = request.query_params.get(HANDLE, "")
        return self.enter_at(request, shown, f"{INTERACTION}/{quote(handle)}" if handle else ACCOUNT)

    def enter_at(self, request: Request, shown: Shown, back: str) -> Response:
        """Begin a session or add a proof, and go on to one of our own pages."""
        token = self.enter_session(shown, self.browsers.session(request), *self.device(request))
        return self.dress(request, self.browsers.keep(RedirectResponse(back, 303, moved(back)), token))

    def prove(self, request: Request, rank: Rank, within: timedelta | None = None) -> Response:
        """Ask for a sign-in of this rank, not older than `within`, and come back to the same page."""
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method != "GET":
            back = ACCOUNT
        with self.database.reading() as db:
            acr = Levels(db).ladder().acr(rank)
        handle = self.begin.own(back, acr, within, self.browser(request))
        to = f"{INTERACTION}/{handle}"
        return self.dress(request, RedirectResponse(to, 303, moved(to)))

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page of a room's templates, whose forms may end at other origins."""
        look = render.look_of(request)
        return self.dress(request, render.page(request, template, look, status, **values))

    def dress(self, request: Request, response: Response) -> Response:
        """Give a new browser its cookie with an answer."""
        return self.browsers.dress(request, response)

    def _seat(self, found: presence.Visitor) -> Seat:
        with self.database.reading() as db:
            ladder = Levels(db).ladder()
        present, session = found.present, found.session
        return Seat(
            session, ladder.session(present.kind, present.evidence, session.proofs, self.clock.now(), session.cap)
        )
