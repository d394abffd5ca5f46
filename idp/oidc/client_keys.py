"""The public keys of clients, out of their registration or from where it says they are.

A key set at an address is fetched through the guarded way out, kept for five minutes, and fetched again sooner only for a
name that is not in it, once a minute at most: invented names cost nothing, and nobody makes us call on and on.

Standard:
    RFC 7591, 2: `jwks`, `jwks_uri`; RFC 7517, 5; OpenID Connect Core 1.0, 10.1.1.
"""

import base64
import binascii
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from idp.model.client import Client, Profile
from idp.model.signing_key import SM2_SM3
from idp.oidc import jwk
from idp.oidc.jwk import VerifyingKey
from trust.clock import Clock
from trust.errors import TrustError
from trust.net.client import Answer
from trust.web.jwt import TokenUnfit

KEEP: Final = timedelta(minutes=5)
KEEP_AT_MOST: Final = timedelta(hours=1)  # when the client does not answer
PAUSE: Final = timedelta(minutes=1)  # between two questions because of a name that is not in the set
AGAIN: Final = timedelta(seconds=10)  # after a question that failed
MAX_BYTES: Final = 64 << 10
MAX_KEYS: Final = 32
MAX_TRIED: Final = 4  # when neither side names its keys
MAX_CLIENTS: Final = 2_000
STANDARD: Final = ("ES256", "PS256", "RS256", "EdDSA")
STRONG: Final = ("ES256", "PS256", "EdDSA")  # FAPI 2.0 Security Profile, 5.4.1


class Fetcher(Protocol):
    """Whoever fetches over HTTP within limits."""

    def get(self, url: str, *, most: int) -> Answer:
        """Return the answer; raises OutboundRefused, OutboundFailed."""
        ...


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One row of a client's key set."""

    kid: str | None
    alg: str | None
    key: VerifyingKey
    certificate: bytes | None  # the first of `x5c`


@dataclass(slots=True)
class _Entry:
    """What is known of one client's keys."""

    source: object  # the address, or the set itself
    keys: Sequence[ClientKey] = ()
    at: datetime | None = None  # when the keys were fetched
    asked: datetime | None = None
    sought: datetime | None = None  # when they were asked for because of a name
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class ClientKeys:
    """The keys of all clients; share one among all threads. Never ask it with a transaction open: it may call out."""

    fetch: Fetcher
    clock: Clock
    _entries: OrderedDict[str, _Entry] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of(self, client: Client) -> "KeysOfClient":
        """Return whoever knows one client's keys."""
        return KeysOfClient(self, client)

    def rows(self, client: Client, missing: str | None = None) -> Sequence[ClientKey]:
        """Return the keys of a client.

        Args:
            client: registered.
            missing: a name that was not among them a moment ago.

        Raises:
            TokenUnfit: there are none, or they cannot be had now.
        """
        uri = client.metadata.get("jwks_uri")
        if isinstance(uri, str) and uri:
            return self._fetched(self._entry(client, uri), uri, missing)
        source = client.metadata.get("jwks")
        entry = self._entry(client, source)
        if not entry.keys:
            entry.keys = read_set(source)
        return entry.keys

    def _entry(self, client: Client, source: object) -> _Entry:
        with self._lock:
            entry = self._entries.get(client.id)
            if entry is None or entry.source != source:
                entry = self._entries[client.id] = _Entry(source)
            self._entries.move_to_end(client.id)
            if len(self._entries) > MAX_CLIENTS:
                self._entries.popitem(last=False)
            return entry

    def _fetched(self, entry: _Entry, uri: str, missing: str | None) -> Sequence[ClientKey]:
        # One thread calls out. Others wait for what it brings only where they cannot do with what is known.
        if not entry.lock.acquire(blocking=entry.at is None or missing is not None):
            return entry.keys
        try:
            now = self.clock.now()
            old = (entry.at is None or now - entry.at > KEEP) and _since(entry.asked, now) >= AGAIN
            unknown = missing is not None and all(one.kid != missing for one in entry.keys)
            sought = unknown and _since(entry.sought, now) >= PAUSE
            if old or sought:
                entry.asked = now
                if sought:
                    entry.sought = now
                with suppress(TrustError):  # what was known a while ago is better than nobody signing in
                    entry.keys = read_set(self.fetch.get(uri, most=MAX_BYTES).require().json())
                    entry.at = now
            if entry.at is None or now - entry.at > KEEP_AT_MOST:
                raise TokenUnfit("the key set of the client cannot be fetched")
            return entry.keys
        finally:
            entry.lock.release()


@dataclass(frozen=True, slots=True)
class KeysOfClient:
    """The keys of one client, as `jose.verify` asks for them."""

    all: ClientKeys
    client: Client

    def find(self, kid: str | None, alg: str) -> Sequence[VerifyingKey]:
        """Return the keys that may have signed, at most four.

        Raises:
            TokenUnfit: the client has no keys, or they cannot be had now.
        """
        found = _fitting(self.all.rows(self.client), kid, alg)
        if not found and kid is not None:
            found = _fitting(self.all.rows(self.client, missing=kid), kid, alg)
        return found


def algorithms(client: Client, member: str) -> tuple[str, ...]:
    """Return the algorithms by which a client may sign.

    Args:
        client: registered.
        member: of its metadata, such as `token_endpoint_auth_signing_alg`; where it is absent, all of its profile count.
    """
    allowed = STRONG if client.profile is Profile.FAPI2 else STANDARD
    if client.profile is Profile.GUOMI:
        allowed = (*allowed, SM2_SM3)
    registered = client.metadata.get(member)
    return allowed if registered is None else tuple(one for one in allowed if one == registered)


def read_set(raw: object) -> Sequence[ClientKey]:
    """Read a key set; rows that are not for signing, or of kinds we do not know, are passed over.

    Raises:
        TokenUnfit: not a key set, or one with more than 32 keys.
    """
    rows = raw.get("keys") if isinstance(raw, dict) else None
    if not isinstance(rows, list) or len(rows) > MAX_KEYS:
        raise TokenUnfit("the client has no usable key set")
    return tuple(key for row in rows if isinstance(row, dict) and (key := _row(row)) is not None)


def _since(instant: datetime | None, now: datetime) -> timedelta:
    return timedelta.max if instant is None else now - instant


def _row(row: Mapping[str, Any]) -> ClientKey | None:
    kid, alg, operations = row.get("kid"), row.get("alg"), row.get("key_ops", ["verify"])
    if row.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    if not isinstance(kid, str | None) or not isinstance(alg, str | None):
        return None
    try:
        return ClientKey(kid, alg, jwk.read(row), _certificate(row.get("x5c")))
    except TokenUnfit:
        return None


def _certificate(chain: object) -> bytes | None:
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        return None
    try:
        return base64.b64decode(chain[0], validate=True)
    except (binascii.Error, ValueError):
        return None


def _fitting(keys: Sequence[ClientKey], kid: str | None, alg: str) -> Sequence[VerifyingKey]:
    found = [
        one.key
        for one in keys
        if (kid is None or one.kid in (None, kid)) and one.alg in (None, alg) and jwk.fits(one.key, alg)
    ]
    return found[:MAX_TRIED]
