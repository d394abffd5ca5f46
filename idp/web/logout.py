"""Sign-out: at once when a client vouches for the wish and nothing is left to choose, else after a question."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import FormStale
from idp.oidc import jose
from idp.oidc.keys import SigningKeys
from idp.oidc.progress import ALGORITHMS
from idp.usecases.end_session import EndSession
from idp.web import render
from idp.web.answers import with_query
from idp.web.device_door import form
from idp.web.door import Door
from idp.web.ties_door import moved
from trust.web.jwt import TokenUnfit

PATH: Final = "/oauth/logout"
CONFIRM: Final = "/oauth/logout/confirm"
MAX_STATE: Final = 4_096


@dataclass(frozen=True, slots=True)
class LogoutEndpoint:
    """The routes.

    Standard:
        OpenID Connect RP-Initiated Logout 1.0, 2, 3 and 6.
    """

    door: Door
    issuer: str
    keys: SigningKeys
    end: EndSession

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PATH, self.asked, methods=["GET"]),
            Route(PATH, form(self.posted), methods=["POST"]),
            Route(CONFIRM, form(self.confirmed), methods=["POST"]),
        ]

    async def asked(self, request: Request) -> Response:
        """Sign out at a platform's wish, or ask."""
        return await run_in_threadpool(self.posted, request, dict(request.query_params))

    def posted(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign out at a platform's wish, or ask."""
        look = render.look_of(request, said.get("ui_locales", ""))
        seat = self.door.seat(request)
        hint = self._hint(said.get("id_token_hint", ""))
        to = "" if hint is None else self._address(hint, said)
        if hint is not None and (seat is None or hint["sid"] == seat.session.sid):
            if seat is not None:
                self.end(seat.session.sid, seat.account)
            return self._over(request, to, look)
        if seat is None:
            return self._over(request, "", look)
        # A wish that nobody vouches for is the user's to confirm; the address goes along only if a good hint names it.
        page = render.page(
            request, "sign_out.html", look, done=False, csrf=self.door.csrf(request), to=self._sealed(request, to)
        )
        return self.door.dress(request, page)

    def confirmed(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign out, since the user says so."""
        look = render.look_of(request)
        try:
            self.door.check(request, said)
            to = self._opened(request, said.get("to", ""))
        except FormStale:
            return render.page(request, "error.html", look, 403, reason="stale")
        seat = self.door.seat(request)
        if seat is not None:
            self.end(seat.session.sid, seat.account)
        return self._over(request, to, look)

    def _hint(self, token: str) -> dict[str, str] | None:
        """Who asks, by a token of ours, which may be over."""
        if not token:
            return None
        try:
            read = jose.verify(token, self.keys, algorithms=ALGORITHMS, issuer=self.issuer)
            return {"client": read.audience()[0], "sid": str(read.values.get("sid", ""))}
        except (TokenUnfit, IndexError):
            return None

    def _address(self, hint: Mapping[str, str], said: Mapping[str, str]) -> str:
        client, asked = self.door.clients.find(hint["client"]), said.get("post_logout_redirect_uri", "")
        if client is None or said.get("client_id", client.id) != client.id:
            return ""
        if asked not in client.metadata.get("post_logout_redirect_uris", ()):
            return ""
        state = said.get("state", "")
        return with_query(asked, {"state": state}) if state and len(state) <= MAX_STATE else asked

    def _over(self, request: Request, to: str, look: render.Look) -> Response:
        if to:
            return self.door.browsers.drop(RedirectResponse(to, 303, moved(to)))
        return self.door.browsers.drop(render.page(request, "sign_out.html", look, done=True, csrf="", to=""))

    def _sealed(self, request: Request, to: str) -> str:
        return json.dumps([to, self.door.browsers.seal(request, to)]) if to else ""

    def _opened(self, request: Request, text: str) -> str:
        if not text:
            return ""
        try:
            to, seal = json.loads(text)
        except (ValueError, TypeError):
            raise FormStale("not a form of ours") from None
        if not isinstance(to, str) or not isinstance(seal, str) or not self.door.browsers.sealed(request, to, seal):
            raise FormStale("not a form of ours")
        return to
