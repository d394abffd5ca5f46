"""The endpoint for pushed authorization requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authlib.oauth2 import OAuth2Error
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.usecases.push_request import PushRequest
from idp.web import token

PATH: Final = "/oauth/par"


@dataclass(frozen=True, slots=True)
class ParEndpoint:
    """The route. Standard: RFC 9126, 2."""

    push: PushRequest

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self.endpoint, methods=["POST"])]

    async def endpoint(self, request: Request) -> Response:
        """Keep an authorization request for the browser to name."""
        try:
            pairs = await token.read_pairs(request)
            return await run_in_threadpool(self.answer, pairs, request.headers, request.headers.getlist("dpop"))
        except OAuth2Error as error:
            return token.refused(error)

    def answer(self, pairs: Sequence[tuple[str, str]], headers: Mapping[str, str], proofs: Sequence[str]) -> Response:
        """Return the name and how long it lives."""
        return token.encoded(201, self.push(pairs, headers, proofs))
