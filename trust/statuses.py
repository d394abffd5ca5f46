"""Whether a certificate is revoked, from the newest list under each address that it names.

A list of this home comes out of its object store; any other is fetched through the guard and kept for a few minutes.
Whatever brings the list, `certs.revocation` decides whether it speaks for the certificate.

Standard:
    RFC 5280, 6.3 CRL validation; decision 0018.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

from certs import crl, revocation
from certs.certificate import Certificate
from certs.crl import CertificateList
from certs.errors import CertsError
from certs.revocation import Good, Revoked, Status, Unknown
from certs.validation import ValidatedPath
from trust.clock import Clock
from trust.errors import TrustError
from trust.net.client import Answer
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.published import PublishedLists

__all__ = ["Good", "Revoked", "Standing", "Status", "StatusSource", "Unknown"]

MAX_LIST_BYTES: Final = 16 << 20
MAX_ADDRESSES: Final = 4  # of one certificate
MAX_KEPT: Final = 64
SECONDS: Final = 5.0
KEEP: Final = timedelta(minutes=5)
KEEP_FAILURE: Final = timedelta(seconds=30)


class Fetcher(Protocol):
    """Whoever fetches over HTTP within limits."""

    def get(self, url: str, *, seconds: float, most: int) -> Answer:
        """Return the answer; raises OutboundRefused, OutboundFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer, and the times of the newest list that was looked at."""

    status: Status | None  # None: no certificate of a path says where to ask
    this_update: datetime | None = None
    next_update: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    found: CertificateList | None
    until: datetime


@dataclass(frozen=True, slots=True)
class StatusSource:
    """Knows the newest lists; share one in a process."""

    database: Database
    objects: ObjectStore
    fetch: Fetcher
    clock: Clock
    _kept: dict[str, _Kept] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def standing(self, certificate: Certificate, issuer: Certificate, at: datetime | None = None) -> Standing:
        """Whether a certificate was revoked at an instant, now if none is said."""
        at = at or self.clock.now()
        lists = tuple(self._lists(certificate))
        return _standing(revocation.status_at(certificate, issuer, lists, at), lists)

    def standing_of_path(self, path: ValidatedPath, at: datetime | None = None) -> Standing:
        """The worst answer on a path, its anchor aside."""
        at = at or self.clock.now()
        lists = tuple(each for one in path.chain[:-1] for each in self._lists(one))
        return _standing(revocation.status_of_path(path, lists, at), lists)

    def _lists(self, certificate: Certificate) -> Iterator[CertificateList]:
        for url in certificate.crl_urls[:MAX_ADDRESSES]:
            found = self._own(url)
            if found is None or _over(found, self.clock.now()):
                # Both may name a certificate; the newer one counts, since a hold can have been taken back.
                found = _newer(found, self._foreign(url))
            if found is not None:
                yield found

    def _own(self, url: str) -> CertificateList | None:
        with self.database.reading() as db:
            address = PublishedLists(db).find(url)
        if address is None:
            return None
        try:
            return _stored(self.objects, address)
        except (TrustError, CertsError):  # lost or altered: then it is fetched like another's
            return None

    def _foreign(self, url: str) -> CertificateList | None:
        now = self.clock.now()
        kept = self._kept.get(url)
        if kept is not None and now < kept.until:
            return kept.found
        found = self._fetched(url)
        until = now + (KEEP_FAILURE if found is None else KEEP)
        if found is None and kept is not None and not _over(kept.found, now):
            found = kept.found  # an authority that is out of reach for a moment; its list still holds
        with self._lock:
            if len(self._kept) >= MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[url] = _Kept(found, until)
        return found

    def _fetched(self, url: str) -> CertificateList | None:
        try:
            return crl.read(self.fetch.get(url, seconds=SECONDS, most=MAX_LIST_BYTES).require().body)
        except (TrustError, CertsError):
            return None


def _standing(status: Status | None, lists: Iterable[CertificateList]) -> Standing:
    newest = max(lists, key=lambda each: each.this_update, default=None)
    return Standing(status) if newest is None else Standing(status, newest.this_update, newest.next_update)


def _newer(one: CertificateList | None, other: CertificateList | None) -> CertificateList | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda each: each.this_update)


def _over(one: CertificateList | None, at: datetime) -> bool:
    return one is None or one.next_update is None or one.next_update < at


@lru_cache(maxsize=MAX_KEPT)
def _stored(objects: ObjectStore, address: str) -> CertificateList:
    return crl.read(objects.get(address))  # an address names its bytes for ever
