"""The authorization endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.model.authorization import RequestRefused
from idp.oidc.progress import Answered, answer
from idp.oidc.pushed import Requests
from idp.oidc.requests import MAX_PARAMETERS, RequestDenied, RequestUnanswerable
from idp.usecases.begin_authorization import BeginAuthorization
from idp.web import answers, render
from idp.web.door import Door
from idp.web.interaction import InteractionPages

PATH: Final = "/oauth/authorize"
MAX_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class AuthorizeEndpoint:
    """Takes requests in, by GET and POST; other sites may post to it.

    Standard:
        RFC 6749, 3.1 and 4.1.1; OpenID Connect Core 1.0, 3.1.2.1.
    """

    door: Door
    issuer: str
    requests: Requests
    begin: BeginAuthorization
    pages: InteractionPages

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self.endpoint, methods=["GET", "POST"])]

    async def endpoint(self, request: Request) -> Response:
        """Authorize a client to act for a user."""
        if request.method == "GET":
            raw = request.scope["query_string"]
        else:
            body = bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BYTES:
                    return self._unanswerable(request, "malformed")
            raw = bytes(body)
        try:
            pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MAX_PARAMETERS, errors="strict")
        except ValueError:
            return self._unanswerable(request, "malformed")
        return await run_in_threadpool(self.answer, request, pairs)

    def answer(self, request: Request, pairs: Sequence[tuple[str, str]]) -> Response:
        """Answer a request, or show what the user is asked first."""
        look = render.look_of(request, dict(pairs).get("ui_locales", ""))
        try:
            asked, client = self.requests.read(pairs, self.door.clock.now())
            try:
                begun = self.begin(asked, client, self.door.browser(request), self.door.browsers.session(request))
            except RequestRefused as refusal:
                raise RequestDenied(refusal, asked.redirect_uri, asked.response_mode, asked.state) from refusal
        except RequestUnanswerable as error:
            return self._unanswerable(request, error.reason)
        except RequestDenied as error:
            told = answer(
                self.issuer, error.state, error=error.refusal.error, error_description=error.refusal.description
            )
            return answers.send(request, Answered(error.redirect_uri, error.mode, told), look)
        if isinstance(begun.outcome, Answered):
            return self.door.dress(request, answers.send(request, begun.outcome, look))
        return self.pages.ask(request, begun.handle, begun.outcome)

    def _unanswerable(self, request: Request, reason: str) -> Response:
        return render.page(request, "error.html", render.look_of(request), 400, reason=reason)
