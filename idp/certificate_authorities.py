"""Who may certify persons: the authorities an operator named, and those that our own registry recognises for signers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from certs.certificate import Certificate
from trust.clock import Clock
from trust.recognition.errors import RegistryExpired
from trust.recognition.registry import Purpose
from trust.recognition.root_file import Root
from trust.recognition.trusted_set import TrustedSet
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.registry import RegistryDrafts


@dataclass(slots=True)
class CertificateAuthorities:
    """The authorities at an instant; a registry is read once and kept until there is a newer one.

    What a certificate below them may be used for is told by the certificate, see `idp/factors/certificate.py`.
    """

    named: Sequence[Certificate]
    database: Database
    objects: ObjectStore
    clock: Clock
    root: Callable[[], Root] | None  # None: this home has no region, and so no registry
    _adopted: tuple[str, TrustedSet] | None = field(default=None, init=False)

    def __call__(self, at: datetime) -> tuple[Certificate, ...]:
        """Return whom we accept at an instant."""
        return tuple(dict.fromkeys((*self.named, *self._recognised(at))))

    def _recognised(self, at: datetime) -> tuple[Certificate, ...]:
        if self.root is None:
            return ()
        with self.database.reading() as db:
            newest = RegistryDrafts(db, self.clock).newest_version()
        if newest is None:
            return ()
        kept = self._adopted
        try:
            if kept is None or kept[0] != newest.address:
                kept = newest.address, TrustedSet(self.root()).update(self.objects.get(newest.address), at)
                self._adopted = kept
        except RegistryExpired:  # one that has run out vouches for nobody
            return ()
        return kept[1].anchors(at).certificates(Purpose.SEAL_SIGNING, at)
