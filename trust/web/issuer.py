"""The issuer whose tokens this home believes: its description and its keys, fetched when needed and kept for a while.

A key that is unknown is asked for once, then not again for a few seconds, so that invented names cost nothing. Keys
that the issuer announces before it uses them, and keeps after, make a rotation unnoticed.

Standard:
    OpenID Connect Discovery 1.0, 4; RFC 8414, 3; RFC 7517, 5 JWK sets; OpenID Connect Core 1.0, 10.1.1 rotation.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from trust.clock import Clock
from trust.errors import TrustError
from trust.net.client import Answer
from trust.net.errors import OutboundFailed
from trust.web import jwt
from trust.web.jwt import Key

DISCOVERY: Final = "/.well-known/openid-configuration"
KEEP: Final = timedelta(minutes=10)
KEEP_AT_MOST: Final = timedelta(hours=1)  # when the issuer does not answer
PAUSE: Final = timedelta(seconds=10)  # between two questions
MAX_KEYS: Final = 32


class Fetcher(Protocol):
    """Whoever fetches over HTTP within limits."""

    def get(self, url: str) -> Answer:
        """Return the answer; raises OutboundRefused, OutboundFailed."""
        ...


class IssuerUnfit(OutboundFailed):
    """What the issuer publishes about itself is not usable."""

    code = "issuer-unfit"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an issuer says about itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    par_endpoint: str | None
    names_itself: bool  # `iss` in every authorization response


@dataclass(frozen=True, slots=True)
class _Known:
    metadata: Metadata
    keys: Mapping[str, Key]
    at: datetime


@dataclass(slots=True)
class Issuer:
    """One configured issuer; share it among all threads."""

    url: str  # exactly as in `iss`
    fetch: Fetcher
    clock: Clock
    _known: _Known | None = None
    _asked: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self) -> Metadata:
        """The issuer's description.

        Raises:
            OutboundFailed: it was never reached, or not for an hour.
        """
        return self._current().metadata

    def find_key(self, kid: str) -> Key | None:
        """The ES256 key of this name, None where the issuer has none.

        Raises:
            OutboundFailed: the issuer was never reached, or not for an hour.
        """
        known = self._current()
        if kid not in known.keys:
            known = self._refresh(known, wait=True) or known
        return known.keys.get(kid)

    def _current(self) -> _Known:
        known, now = self._known, self.clock.now()
        if known is not None and now - known.at <= KEEP:
            return known
        failure: TrustError | None = None
        try:
            # While another thread asks, what is known is good enough; only without anything do we wait.
            fresh = self._refresh(known, wait=known is None)
        except TrustError as error:
            fresh, failure = None, error
        if fresh is not None:
            return fresh
        if known is not None and now - known.at <= KEEP_AT_MOST:
            return known
        raise failure or OutboundFailed("the issuer did not answer a moment ago")

    def _refresh(self, before: _Known | None, *, wait: bool) -> _Known | None:
        """What a new question brings; None when one was asked a moment ago, or is being asked and we do not wait."""
        if not self._lock.acquire(blocking=wait):
            return None
        try:
            if self._known is not before:
                return self._known  # another thread asked while we waited
            now = self.clock.now()
            if self._asked is not None and now - self._asked < PAUSE:
                return None
            self._asked = now
            metadata = _metadata(self.url, self.fetch.get(self.url.rstrip("/") + DISCOVERY).require().json())
            self._known = _Known(metadata, keys_of(self.fetch.get(metadata.jwks_uri).require().json()), now)
            return self._known
        finally:
            self._lock.release()


def keys_of(jwks: Any) -> dict[str, Key]:
    """The ES256 keys of a key set by name; others are passed over.

    Raises:
        IssuerUnfit: not a key set.
    """
    rows = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(rows, list) or len(rows) > MAX_KEYS:
        raise IssuerUnfit("the issuer publishes no key set")
    found: dict[str, Key] = {}
    for row in rows:
        if not isinstance(row, dict) or row.get("use", "sig") != "sig" or row.get("alg", "ES256") != "ES256":
            continue
        kid = row.get("kid")
        if not isinstance(kid, str) or not kid or row.get("kty") != "EC" or "d" in row:
            continue
        try:
            key = ECKey.import_key({name: row[name] for name in ("kty", "crv", "x", "y")})
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if jwt.fits(key, "ES256"):
            found[kid] = key
    return found


def _metadata(url: str, raw: Any) -> Metadata:
    if not isinstance(raw, dict) or raw.get("issuer") != url:
        raise IssuerUnfit("the description at the issuer's address is of another issuer")
    return Metadata(
        _endpoint(raw, "authorization_endpoint", url),
        _endpoint(raw, "token_endpoint", url),
        _endpoint(raw, "jwks_uri", url),
        _endpoint(raw, "end_session_endpoint", url) if "end_session_endpoint" in raw else None,
        _endpoint(raw, "pushed_authorization_request_endpoint", url)
        if "pushed_authorization_request_endpoint" in raw
        else None,
        raw.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(raw: Mapping[str, Any], name: str, url: str) -> str:
    """An address of the issuer, which must be as safe as the issuer's own."""
    found = raw.get(name)
    if not isinstance(found, str) or urlsplit(found).scheme not in ("https", urlsplit(url).scheme):
        raise IssuerUnfit(f"the issuer has no usable {name}")
    return found
