"""How a client proves that it is the one asking: exactly one way, the one it registered."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError

from idp.model.client import Client

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_SECRET: Final = 200


@dataclass(frozen=True, slots=True)
class ClientAuthenticator:
    """Finds the client of a request and insists on its own method.

    Args:
        find: a client by its id.
        verify_assertion: checks a signed assertion for a client; raises InvalidClientError (RFC 7523, 3).
        verify_certificate: tells whether the certificate that the proxy vouches for is the client's (RFC 8705).
    """

    find: Callable[[str], Client | None] = field(repr=False)
    verify_assertion: Callable[[str, Client, datetime], None] | None = field(default=None, repr=False)
    verify_certificate: Callable[[Mapping[str, str], Client], bool] | None = field(default=None, repr=False)

    def __call__(self, form: Mapping[str, str], headers: Mapping[str, str], at: datetime) -> Client:
        """Return the client that sent a request.

        Raises:
            InvalidClientError: unknown, or the proof is wrong, missing, or not of the registered kind.
            InvalidRequestError: more than one proof.
        Standard:
            RFC 6749, 2.3; RFC 7523, 2.2; RFC 8705, 2.
        """
        header = headers.get("authorization", "")
        basic = header[:6].lower() == "basic "
        ways = [basic, "client_secret" in form, "client_assertion" in form or "client_assertion_type" in form]
        if sum(ways) > 1:
            raise InvalidRequestError("a client authenticates in one way at a time")
        if basic:
            name, secret = _basic(header)
            if form.get("client_id", name) != name:
                raise _refused(challenge=True)
            return self._by_secret(name, secret, "client_secret_basic", at, challenge=True)
        if ways[1]:
            return self._by_secret(form.get("client_id", ""), form["client_secret"], "client_secret_post", at)
        if ways[2]:
            return self._by_assertion(form, at)
        client = self._find(form.get("client_id", ""))
        if client.auth_method in ("tls_client_auth", "self_signed_tls_client_auth"):
            if self.verify_certificate is not None and self.verify_certificate(headers, client):
                return client
            raise _refused()
        if client.auth_method != "none":
            raise _refused(challenge=client.auth_method == "client_secret_basic")
        return client

    def _by_secret(self, name: str, secret: str, method: str, at: datetime, *, challenge: bool = False) -> Client:
        client = self.find(name) if name else None
        digest = hashlib.sha256(secret[:MAX_SECRET].encode()).digest()
        kept = (client.secret if client else None) or bytes(32)
        right = hmac.compare_digest(digest, kept) and client is not None and client.secret is not None
        if client is not None and not right and client.old_secret is not None and client.old_secret_until is not None:
            right = at < client.old_secret_until and hmac.compare_digest(digest, client.old_secret)
        if client is None or not right or client.auth_method != method:
            raise _refused(challenge=challenge)
        return client

    def _by_assertion(self, form: Mapping[str, str], at: datetime) -> Client:
        assertion = form.get("client_assertion", "")
        if form.get("client_assertion_type") != ASSERTION_TYPE or self.verify_assertion is None:
            raise _refused()
        client = self._find(form.get("client_id") or _unverified_issuer(assertion))
        if client.auth_method != "private_key_jwt":
            raise _refused()
        self.verify_assertion(assertion, client, at)
        return client

    def _find(self, name: str) -> Client:
        client = self.find(name) if name else None
        if client is None:
            raise _refused()
        return client


def _basic(header: str) -> tuple[str, str]:
    """The two halves of Basic credentials, each form-decoded. Standard: RFC 6749, 2.3.1."""
    try:
        text = base64.b64decode(header[6:].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _refused(challenge=True) from None
    name, _, secret = text.partition(":")
    return unquote_plus(name), unquote_plus(secret)


def _unverified_issuer(assertion: str) -> str:
    """Whose assertion it says it is; what it says is checked with that client's keys afterwards."""
    try:
        body = assertion.split(".")[1]
        read = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return str(read.get("sub", "")) if isinstance(read, dict) else ""
    except (IndexError, ValueError, RecursionError):
        return ""


def _refused(*, challenge: bool = False) -> InvalidClientError:
    error = InvalidClientError(description="client authentication failed", status_code=401)
    error.challenge = challenge
    return error
