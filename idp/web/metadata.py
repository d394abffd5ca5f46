"""The description of the provider and its keys: bytes that are made once and may be kept for a while."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

JWKS: Final = "/oauth/jwks"
JWKS_SM2: Final = "/oauth/jwks/sm2"
WELL_KNOWN: Final = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
KEPT_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class Metadata:
    """The routes.

    Args:
        described: the JSON of the description.
        jwks: the key set; with SM2 when its argument says so.
    """

    described: bytes = field(repr=False)
    jwks: Callable[[bool], bytes] = field(repr=False)

    def routes(self) -> list[BaseRoute]:
        return [
            *(Route(path, self.describe, methods=["GET"]) for path in WELL_KNOWN),
            Route(JWKS, self.keys, methods=["GET"]),
            Route(JWKS_SM2, self.sm2_keys, methods=["GET"]),
        ]

    async def describe(self, request: Request) -> Response:
        """Describe the provider."""
        return _kept(request, self.described)

    async def keys(self, request: Request) -> Response:
        """List the keys that sign tokens."""
        return _kept(request, self.jwks(False))

    async def sm2_keys(self, request: Request) -> Response:
        """List the keys that sign tokens with SM2, apart: common libraries stumble over the curve."""
        return _kept(request, self.jwks(True))


def encode(described: object) -> bytes:
    """Return the JSON of a description."""
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def _kept(request: Request, body: bytes) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={KEPT_SECONDS}", "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type="application/json")
