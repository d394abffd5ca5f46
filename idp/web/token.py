"""The endpoints of tokens: token, introspection, revocation. Plain routes, for they are asked all day."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.oidc.introspection import Introspection
from idp.usecases.issue_tokens import IssueTokens
from idp.usecases.revoke_token import RevokeToken

TOKEN: Final = "/oauth/token"  # noqa: S105 - a path
INTROSPECT: Final = "/oauth/introspect"
REVOKE: Final = "/oauth/revoke"
MAX_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 40
NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Work = Callable[[Mapping[str, str], Mapping[str, str]], Response]


@dataclass(frozen=True, slots=True)
class TokenEndpoints:
    """The routes.

    Standard:
        RFC 6749, 3.2 and 5; RFC 7662; RFC 7009.
    """

    issue: IssueTokens
    introspection: Introspection
    revocation: RevokeToken

    def routes(self) -> list[BaseRoute]:
        return [
            Route(TOKEN, _endpoint(self.token), methods=["POST"]),
            Route(INTROSPECT, _endpoint(self.introspect), methods=["POST"]),
            Route(REVOKE, _endpoint(self.revoke), methods=["POST"]),
        ]

    def token(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """Exchange a code, a refresh token or a client's credentials for tokens."""
        status, body, more = self.issue(form, headers)
        return encoded(status, body, dict(more))

    def introspect(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """Tell a resource server what a token is worth."""
        return encoded(200, self.introspection(form, headers))

    def revoke(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """Take a token back."""
        self.revocation(form, headers)
        return Response(status_code=200, headers=NO_STORE)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form.

    Raises:
        InvalidRequestError: not a form, too large, or a field that is there twice.
    Standard:
        RFC 6749, 3.2: parameters without a value are left out, none stands twice.
    """
    pairs = await read_pairs(request)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequestError("a parameter is there twice")
    return {name: value for name, value in fields.items() if value}


async def read_pairs(request: Request) -> list[tuple[str, str]]:
    """Return names and values of a form as they came.

    Raises:
        InvalidRequestError: not a form, or too large.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise InvalidRequestError("the request is too large")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise InvalidRequestError("the body is not a form") from None
    if any("\0" in value for _, value in pairs):
        raise InvalidRequestError("a parameter with a character that no text has")
    return pairs


def refused(error: OAuth2Error) -> Response:
    """Return the answer to a request that is refused; a client that used Basic is challenged in kind."""
    status, body, headers = error()
    more = dict(headers)
    if getattr(error, "challenge", False):
        more["WWW-Authenticate"] = 'Basic realm="clients", charset="UTF-8"'
    return encoded(status, dict(body), more)


def _endpoint(work: Work) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request)
            return await run_in_threadpool(work, form, request.headers)
        except OAuth2Error as error:
            return refused(error)

    endpoint.__doc__ = work.__doc__
    return endpoint


def encoded(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that nobody keeps."""
    kept = {name: value for name, value in (headers or {}).items() if name.lower() != "content-type"}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, {**kept, **NO_STORE}, media_type="application/json")
