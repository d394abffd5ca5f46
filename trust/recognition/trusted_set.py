"""The registries a verifier holds: adopted in order or not at all, and answered from as a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Self

from trust.recognition import registry_file, registry_json, root_file
from trust.recognition.anchors import Anchors
from trust.recognition.errors import (
    RegistryExpired,
    RegistryForeign,
    RegistryForked,
    RegistryHistoryRewritten,
    RegistryKeyUnknown,
    RegistryNotYetIssued,
    RegistryRolledBack,
)
from trust.recognition.registry import Registry, contradictions
from trust.recognition.root_file import Root
from trust.values.region import Area

GRACE: Final = timedelta(days=1)  # after `next_update`, before a registry counts for nothing
SKEW: Final = timedelta(minutes=10)  # by which two honest clocks may differ


@dataclass(frozen=True, slots=True)
class Adopted:
    """A registry that was believed, and the digest of the file it came in."""

    registry: Registry
    digest: bytes


@dataclass(frozen=True, slots=True)
class TrustedSet:
    """A pinned root and the newest registry of each region; every update makes a new set.

    Attributes:
        root: the pinned keys.
        adopted: by region.
        grace: how long a registry counts after its `next_update`.
    """

    root: Root
    adopted: Mapping[Area, Adopted] = field(default_factory=lambda: MappingProxyType({}))
    grace: timedelta = GRACE

    @classmethod
    def load(cls, pinned_root: bytes, grace: timedelta = GRACE) -> Self:
        """A set that holds no registry yet.

        Raises:
            RootMalformed: the root file cannot be read.
        """
        return cls(root_file.decode(pinned_root), grace=grace)

    def update(self, unverified: bytes, at: datetime, read_at: datetime | None = None) -> Self:
        """The set with one registry more, or a newer version of one; the set itself when nothing is new.

        Args:
            unverified: the file.
            at: the instant that will be judged; the registry must not have run out before it.
            read_at: now, where an earlier instant is judged. A newer registry judges the past by its history.

        Raises:
            RegistryMalformed, RegistryTooLarge: not a registry.
            RegistryKeyUnknown, RegistrySignatureWrong, RegistryForeign: not signed by a key pinned for its region.
            RegistryNotYetIssued, RegistryExpired: not of this time.
            RegistryRolledBack, RegistryForked, RegistryHistoryRewritten: it does not continue what is known.
        """
        # 1. Who signed: nothing is read from the payload before a pinned key answers for it.
        file = registry_file.read_file(unverified)
        key = self.root.find(file.signed.kid)
        if key is None:
            raise RegistryKeyUnknown(f"the root {self.root.id} holds no key {file.signed.kid!r}")
        registry = registry_json.decode(file.signed.verify(key.key, registry_file.TYPE))
        if registry.region != key.region:
            raise RegistryForeign(f"the key of {key.region} signed for {registry.region}")

        # 2. Order: never back, never aside, and nothing unsaid.
        digest = file.digest
        known = self.adopted.get(registry.region)
        if known is not None and not _continues(known, registry, digest):
            return self

        # 3. Time.
        if registry.issued_at > max(at, read_at or at) + SKEW:
            raise RegistryNotYetIssued(f"issued at {registry.issued_at:%Y-%m-%dT%H:%M:%SZ}, which is yet to come")
        if self._is_over(registry, at):
            raise RegistryExpired(
                f"the registry of {registry.region} was due again {registry.next_update:%Y-%m-%d %H:%MZ}"
            )
        return replace(self, adopted=MappingProxyType({**self.adopted, registry.region: Adopted(registry, digest)}))

    def anchors(self, at: datetime) -> Anchors:
        """What counts at an instant; a registry that has run out meanwhile counts for nothing."""
        return Anchors(tuple(each.registry for each in self.adopted.values() if not self._is_over(each.registry, at)))

    def _is_over(self, registry: Registry, at: datetime) -> bool:
        return registry.next_update + self.grace < at


def _continues(known: Adopted, registry: Registry, digest: bytes) -> bool:
    """Whether a registry of a known region says something new; raises where it takes something back."""
    before = known.registry
    if digest == known.digest:
        return False
    if registry.version < before.version:
        raise RegistryRolledBack(f"version {registry.version}, while {before.version} is known")
    if registry.version == before.version:
        raise RegistryForked(f"two registries of version {registry.version}")
    if registry.version == before.version + 1 and registry.previous != known.digest:
        raise RegistryForked(f"version {registry.version} follows another version {before.version}")
    if registry.issued_at < before.issued_at:
        raise RegistryRolledBack(f"version {registry.version} was issued before version {before.version}")
    taken_back = next(contradictions(before, registry), None)
    if taken_back is not None:
        raise RegistryHistoryRewritten(taken_back)
    return True
