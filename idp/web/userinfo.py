"""The UserInfo endpoint: a plain route, for it is asked all day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authlib.oauth2 import OAuth2Error
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.oidc.dpop import DpopProofs, DpopRefused
from idp.oidc.mtls import ClientCertificates
from idp.oidc.userinfo import TokenRefused, UserInfo
from idp.web.token import NO_STORE, read_form

PATH: Final = "/oauth/userinfo"
MAX_TOKEN: Final = 4_096
_STATUS: Final = {"invalid_token": 401, "insufficient_scope": 403, "invalid_request": 400, "invalid_dpop_proof": 401,
                  "use_dpop_nonce": 401}  # fmt: skip


@dataclass(frozen=True, slots=True)
class UserInfoEndpoint:
    """The route; a token in the address is no token.

    Standard:
        RFC 6750, 2.1, 2.2 and 3; RFC 9449, 7.1.
    """

    userinfo: UserInfo
    proofs: DpopProofs
    certificates: ClientCertificates
    url: str

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self.endpoint, methods=["GET", "POST"])]

    async def endpoint(self, request: Request) -> Response:
        """Say what may be known of the user of an access token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        scheme = scheme.lower()
        try:
            form = await read_form(request) if request.method == "POST" else {}
        except OAuth2Error:
            return _challenge("invalid_request", "bearer")
        if "access_token" in form:
            if token:
                return _challenge("invalid_request", "bearer")
            scheme, token = "bearer", form["access_token"]
        if not token or len(token) > MAX_TOKEN or scheme not in ("bearer", "dpop"):
            return _challenge("", "bearer")
        return await run_in_threadpool(self._answer, request.method, request.headers, scheme, token.strip())

    def _answer(self, method: str, headers: Mapping[str, str], scheme: str, token: str) -> Response:
        try:
            key = None
            if scheme == "dpop":
                at = self.userinfo.clock.now()
                proofs = [headers["dpop"]] if "dpop" in headers else []
                key = self.proofs(proofs, method=method, url=self.url, at=at, access_token=token)
            elif (certificate := self.certificates.thumbprint(headers)) is not None:
                key, scheme = certificate, "mtls"
            said = self.userinfo(token, key, scheme)
        except TokenRefused as refusal:
            return _challenge(refusal.error, scheme)
        except DpopRefused as refusal:
            nonce = {"DPoP-Nonce": refusal.nonce} if hasattr(refusal, "nonce") else {}
            return _challenge(refusal.error, "dpop", nonce)
        return Response(json.dumps(said, ensure_ascii=False), 200, NO_STORE, media_type="application/json")


def _challenge(error: str, scheme: str, more: Mapping[str, str] | None = None) -> Response:
    name = "DPoP" if scheme == "dpop" else "Bearer"
    told = f'{name} realm="userinfo"' + (f', error="{error}"' if error else "")
    if name == "DPoP":
        told += ', algs="ES256"'
    return Response(status_code=_STATUS.get(error, 401), headers={**NO_STORE, **(more or {}), "WWW-Authenticate": told})
