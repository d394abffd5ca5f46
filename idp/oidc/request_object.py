"""Authorization requests as signed objects, by value or at an address that the client registered.

Only what the object says counts; parameters beside it are as if they were not there. An object without a signature is
refused, whatever the client registered.

Standard:
    RFC 9101, 4, 5 and 6; OpenID Connect Core 1.0, 6; FAPI 2.0 Message Signing, 5.3.1; RFC 9126, 3 pushed objects.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urldefrag

from idp.model.authorization import RequestRefused
from idp.model.client import Client, Profile
from idp.oidc import jose
from idp.oidc.client_keys import MAX_BYTES, ClientKeys, Fetcher, algorithms
from trust.errors import TrustError
from trust.web import jwt
from trust.web.jwt import Claims, TokenUnfit

MEMBER: Final = "request_object_signing_alg"
TYPES: Final = ("", "jwt", "oauth-authz-req+jwt")
LONGEST: Final = timedelta(minutes=60)  # from nbf to exp, and from nbf to now
MAX_PARAMETERS: Final = 64
MAX_NUMBER: Final = 10**12
_NAME: Final = re.compile(r"[A-Za-z0-9_.:#-]{1,100}", re.ASCII)  # others are unknown to everybody, and ignored
_OF_THE_TOKEN: Final = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})


@dataclass(frozen=True, slots=True)
class RequestObjects:
    """Reads request objects of clients.

    Args:
        issuer: of this provider.
        keys: of clients.
        fetch: fetches objects from registered addresses.
    """

    issuer: str
    keys: ClientKeys
    fetch: Fetcher

    def __call__(self, parameters: Mapping[str, str], client: Client, at: datetime) -> Mapping[str, str]:
        """Return the parameters of a request; call it with no transaction open, since it may call out.

        Args:
            parameters: as they came; a pushed `request_uri` has been redeemed before.
            client: whom they name.
            at: now.

        Raises:
            RequestRefused: `invalid_request_object`, `invalid_request_uri`, `request_not_supported` (unsigned), or
                `invalid_request`. Nothing in the object counts, so the answer goes where the registration says.
        """
        by_value, by_address = parameters.get("request"), parameters.get("request_uri")
        if by_value is None and by_address is None:
            if client.metadata.get("require_signed_request_object"):
                raise RequestRefused("invalid_request", "this client signs its requests")
            return parameters
        if by_value is not None and by_address is not None:
            raise RequestRefused("invalid_request", "request and request_uri together")
        text = self._fetched(by_address, client) if by_address is not None else by_value or ""
        try:
            return self._read(text, parameters, client, at)
        except TokenUnfit as error:
            raise RequestRefused("invalid_request_object", str(error)) from error

    def _fetched(self, uri: str, client: Client) -> str:
        """The object at an address; a digest behind `#` must be its own. Standard: OpenID Connect Core 1.0, 6.2."""
        registered = client.metadata.get("request_uris", ())
        bare, digest = urldefrag(uri)
        if not isinstance(registered, list | tuple) or uri not in registered:
            raise RequestRefused("invalid_request_uri", "the address is not registered")
        try:
            body = self.fetch.get(bare, most=MAX_BYTES).require().body
        except TrustError as error:
            raise RequestRefused("invalid_request_uri", "the address does not answer as it should") from error
        if digest and digest != jwt.base64url(hashlib.sha256(body).digest()):
            raise RequestRefused("invalid_request_uri", "the object is not the registered one")
        return str(body, "ascii", "replace").strip()

    def _read(self, text: str, outer: Mapping[str, str], client: Client, at: datetime) -> Mapping[str, str]:
        if _unsigned(text):
            raise RequestRefused("request_not_supported", "request objects are signed")
        allowed = algorithms(client, MEMBER)
        claims = jose.verify(text, self.keys.of(client), algorithms=allowed, types=TYPES)
        self._permit(claims, client, at)
        said = {
            name: value for name, value in claims.values.items() if name not in _OF_THE_TOKEN and _NAME.fullmatch(name)
        }
        if {"request", "request_uri"} & said.keys():
            raise TokenUnfit("an object inside the object")
        if said.get("client_id", client.id) != client.id or outer.get("client_id", client.id) != client.id:
            raise TokenUnfit("the object is for another client")
        if len(said) > MAX_PARAMETERS:
            raise TokenUnfit("too many parameters")
        return {"client_id": client.id, **{name: _text(claims, name) for name in said if said[name] is not None}}

    def _permit(self, claims: Claims, client: Client, at: datetime) -> None:
        """Whose object it is, for whom and when; members that profiles do not demand may be absent."""
        values, strict = claims.values, client.profile is Profile.FAPI2
        if (strict or "iss" in values) and claims.text("iss") != client.id:
            raise TokenUnfit("the object is another client's")
        if values.get("sub") == client.id:  # it could serve to authenticate as well. Standard: RFC 9101, 10.8
            raise TokenUnfit("the object is about the client")
        if (strict or "aud" in values) and self.issuer not in claims.audience():
            raise TokenUnfit("the object is for somebody else")
        begins = claims.instant("nbf") if strict or "nbf" in values else None
        if begins is not None and begins > at + jose.LEEWAY:
            raise TokenUnfit("the object is not valid yet")
        ends = claims.instant("exp") if strict or "exp" in values else None
        if ends is not None and ends <= at:
            raise TokenUnfit("the object is over")
        if strict and begins is not None and ends is not None and (at - begins > LONGEST or ends - begins > LONGEST):
            raise TokenUnfit("the object lives too long")


def _unsigned(text: str) -> bool:
    head = text.partition(".")[0]
    if len(text) > jwt.MAX_TOKEN_CHARACTERS:
        raise TokenUnfit("too long")
    try:
        header = json.loads(jwt.from_base64url(head))
    except (ValueError, RecursionError):
        return False
    alg = header.get("alg") if isinstance(header, dict) else None
    return isinstance(alg, str) and alg.lower() == "none"


def _text(claims: Claims, name: str) -> str:
    """A member as the parameter it stands for: texts as they are, numbers and objects as JSON."""
    value: Any = claims.values[name]
    if isinstance(value, str):
        return claims.text(name, jwt.MAX_TOKEN_CHARACTERS) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and 0 <= value < MAX_NUMBER:
        return str(value)
    if name in ("claims", "authorization_details") and isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=True)
    if name == "resource" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return " ".join(value)
    raise TokenUnfit("a parameter of a form that none has")
