"""The authorities and stampers of this home, read once a second however often they are asked for."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pki.errors import AuthorityMissing
from pki.model.authority import CertificateAuthority, TimeStampAuthority
from pki.storage.authorities import Authorities
from trust.storage.database import Database

FRESH_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Seen:
    until: float
    authorities: Mapping[str, CertificateAuthority]
    stampers: tuple[TimeStampAuthority, ...]


@dataclass(slots=True)
class Directory:
    """Who issues and who stamps here."""

    database: Database
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seen: _Seen | None = field(default=None, repr=False)

    def authorities(self) -> Mapping[str, CertificateAuthority]:
        """Return every authority by name, those above before those below."""
        return self._look().authorities

    def stampers(self) -> tuple[TimeStampAuthority, ...]:
        """Return every stamper, the oldest first."""
        return self._look().stampers

    def authority(self, name: str) -> CertificateAuthority:
        """Return the authority of this name; raises AuthorityMissing."""
        found = self.authorities().get(name)
        if found is None:
            raise AuthorityMissing(f"there is no authority {name!r}")
        return found

    def stamper(self) -> TimeStampAuthority:
        """Return the newest stamper; raises AuthorityMissing."""
        found = self.stampers()
        if not found:
            raise AuthorityMissing("there is no time-stamp authority; hold the ceremony first")
        return found[-1]

    def forget(self) -> None:
        """Look anew at the next question, after this process changed something."""
        self._seen = None

    def _look(self) -> _Seen:
        seen = self._seen
        if seen is not None and time.monotonic() < seen.until:
            return seen
        with self._lock, self.database.reading() as db:
            authorities = Authorities(db)
            by_name = MappingProxyType({one.name: one for one in authorities.all()})
            until = time.monotonic() + (FRESH_SECONDS if by_name else 0.0)
            self._seen = _Seen(until, by_name, authorities.stampers())
            return self._seen
