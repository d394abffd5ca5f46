"""The keys with which this provider signs, as one process holds them: loaded once, followed as they are rotated.

The table says where each key stands, and is looked at once a second at most: one read of a handful of rows. Whoever is a
second behind signs with a key that is still published, and knows the next one already, so nothing is lost in between.
The key set is bytes that were made when a key last moved.

Standard:
    OpenID Connect Core 1.0, 10.1.1 rotation of asymmetric signing keys; RFC 7517, 5.
"""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from certs.signer import Signer
from idp.errors import SigningKeyMissing
from idp.model.signing_key import PUBLISHED, SM2_SM3, KeyRecord, Standing
from idp.oidc import jwk
from idp.oidc.jose import SigningKey
from idp.oidc.jwk import VerifyingKey
from idp.storage.keys import KeyRecords
from trust.errors import TrustError
from trust.keys.ring import KeyRing

LOOK_SECONDS: Final = 1.0
MAX_ARCHIVED: Final = 3  # of each algorithm
_log = logging.getLogger(__name__)
_ORDER: Final = (Standing.CURRENT, Standing.NEXT, Standing.RETIRED)


@dataclass(frozen=True, slots=True)
class _Held:
    """The keys as they stood when they were last looked at."""

    stands: frozenset[tuple[str, Standing]]
    signing: Mapping[str, SigningKey]  # by algorithm
    verifying: Mapping[str, tuple[str, VerifyingKey]]  # by kid: its algorithm and the key
    sets: Mapping[bool, bytes]  # by whether SM2 is in it


@dataclass(slots=True)
class SigningKeys:
    """Signing and verifying keys of ours; share one among all threads of a process.

    Args:
        reading: opens a transaction that reads.
        ring: holds the private halves.
        make: makes the first keys; called where an algorithm has none.
        seconds: a monotonic clock.
    """

    reading: Callable[[], AbstractContextManager[Connection]] = field(repr=False)
    ring: KeyRing = field(repr=False)
    make: Callable[[], object] = field(repr=False)
    seconds: Callable[[], float] = field(default=time.monotonic, repr=False)
    _held: _Held | None = field(default=None, repr=False)
    _looked: float = field(default=0.0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def load(self) -> None:
        """Load the keys, and make the first ones where there are none; call it with no transaction open."""
        with self._lock:
            self._look()

    def current(self, alg: str) -> SigningKey:
        """Return the key that signs with an algorithm now.

        Raises:
            SigningKeyMissing: none signs with it.
        """
        found = self._now().signing.get(alg)
        if found is None:
            raise SigningKeyMissing(f"no key of this provider signs with {alg[:20]}")
        return found

    def find(self, kid: str | None, alg: str) -> Sequence[VerifyingKey]:
        """Return the key of ours by which a token of ours is verified; none without a `kid`, which all of ours carry."""
        known = self._now().verifying.get(kid or "")
        return (known[1],) if known is not None and known[0] == alg else ()

    def jwks(self, *, sm2: bool = False) -> bytes:
        """Return the key set.

        Args:
            sm2: with the SM2 keys, for clients that are registered for them; others may fail at an unknown curve.
        """
        return self._now().sets[sm2]

    def _now(self) -> _Held:
        held = self._held
        if held is not None and self.seconds() - self._looked < LOOK_SECONDS:
            return held
        # One thread looks while the others go on with what is known; only without anything do they wait.
        if self._lock.acquire(blocking=held is None):
            try:
                if self._held is None or self.seconds() - self._looked >= LOOK_SECONDS:
                    return self._look()
            except TrustError as error:
                if held is None:
                    raise
                self._looked = self.seconds()  # what is known goes on serving while the database is away
                _log.warning("signing keys: %s", error.code)
            finally:
                self._lock.release()
        assert self._held is not None
        return self._held

    def _look(self) -> _Held:
        looked = self.seconds()
        records = self._records()
        if not any(one.standing is Standing.CURRENT for one in records):
            self.make()
            records = self._records()
        stands = frozenset((one.kid, one.standing) for one in records)
        if self._held is None or self._held.stands != stands:
            self._held = self._hold(records)
        self._looked = looked
        return self._held

    def _records(self) -> Sequence[KeyRecord]:
        """The keys that count; of the archived ones the last few of each algorithm, as no hint is older."""
        with self.reading() as db:
            found = KeyRecords(db).all()
        archived: Counter[str] = Counter()
        kept = []
        for one in reversed(found):
            if one.standing is Standing.ARCHIVED:
                archived[one.alg] += 1
                if archived[one.alg] > MAX_ARCHIVED:
                    continue
            if one.standing is not Standing.WITHDRAWN:
                kept.append(one)
        return kept[::-1]

    def _hold(self, records: Sequence[KeyRecord]) -> _Held:
        held: list[KeyRecord] = []
        signing: dict[str, SigningKey] = {}
        for one in records:
            signer = self._signer(one)
            if signer is not None:
                held.append(one)
                if one.standing is Standing.CURRENT:
                    signing[one.alg] = SigningKey(one.kid, one.alg, signer, one.public)
        stands = frozenset((one.kid, one.standing) for one in held)  # what is missing is looked for again
        said = [one for one in held if one.standing in PUBLISHED]
        verifying = {one.kid: (one.alg, jwk.read(one.public)) for one in held}
        return _Held(stands, signing, verifying, {sm2: _key_set(said, sm2=sm2) for sm2 in (False, True)})

    def _signer(self, key: KeyRecord) -> Signer | None:
        """The key in the ring, when it is the one in the table: who writes into the table gives us no keys."""
        try:
            signer = self.ring.signer(key.ring_name)
        except TrustError as error:
            _log.warning("signing keys: %s: %s", key.ring_name, error.code)
            return None
        if jwk.published(key.alg, signer.public_key) != dict(key.public) or key.public["kid"] != key.kid:
            _log.warning("signing keys: %s in the table is not the one in the ring", key.ring_name)
            return None
        return signer


def _key_set(records: Sequence[KeyRecord], *, sm2: bool) -> bytes:
    """Current keys first: who looks for any key of a kind takes the one that signs."""
    said = [one for one in records if sm2 or one.alg != SM2_SM3]
    said.sort(key=lambda one: _ORDER.index(one.standing))
    return json.dumps({"keys": [dict(one.public) for one in said]}, separators=(",", ":")).encode()
