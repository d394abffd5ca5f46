"""Whom our own published registry recognises: what verifiers elsewhere will go by when they judge our licences."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from licence.errors import RegistryUnpublished
from trust.clock import Clock
from trust.recognition.anchors import Anchors
from trust.recognition.errors import RegistryExpired
from trust.recognition.root_file import Root
from trust.recognition.trusted_set import TrustedSet
from trust.storage.objects import ObjectStore
from trust.storage.registry import RegistryDrafts


@dataclass(slots=True)
class OwnRegistry:
    """The newest version of our registry, taken in as any verifier takes it in, and kept until there is a newer one."""

    reading: Callable[[], AbstractContextManager[Connection]]
    objects: ObjectStore
    clock: Clock
    root: Callable[[], Root]
    _adopted: tuple[str, TrustedSet] | None = field(default=None, init=False)

    def anchors(self, at: datetime) -> Anchors:
        """Whom we accept at an instant.

        Raises:
            RegistryUnpublished: there is no version yet.
            RegistryExpired: the newest one has run out; publish the next.
        """
        with self.reading() as db:
            newest = RegistryDrafts(db, self.clock).newest_version()
        if newest is None:
            raise RegistryUnpublished("our registry was never published; `trustctl registry publish` does it")
        kept = self._adopted
        try:
            if kept is None or kept[0] != newest.address:
                kept = newest.address, TrustedSet(self.root()).update(self.objects.get(newest.address), at)
                self._adopted = kept
            return kept[1].anchors(at)
        except RegistryExpired as expired:
            raise RegistryExpired(f"{expired}; `trustctl registry publish` makes the next version") from expired
