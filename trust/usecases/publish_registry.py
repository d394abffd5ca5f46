"""Sign what was proposed into the next version of the region's registry, and put it where verifiers fetch it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certs.keys import PublicKey
from certs.sm import sm3
from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.keys.ring import KeyRing
from trust.recognition import registry_file, registry_json, root_file, succession
from trust.recognition.registry import Entry, Registry
from trust.recognition.root_file import Root, RootKey
from trust.recognition.trusted_set import Adopted, TrustedSet
from trust.storage.objects import ObjectStore
from trust.storage.registry import Version
from trust.storage.registry_folder import RegistryFolder
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal
from trust.values.region import Area

KEY_NAME: Final = "registry"
LIFE: Final = timedelta(days=7)


class RegistryMoved(TrustError):
    """Somebody else published a version meanwhile; nothing was lost, publish again."""

    kind, code = Kind.CONFLICT, "registry-moved"


@dataclass(frozen=True, slots=True)
class Publication:
    """What verifiers find now.

    Attributes:
        version: the newest version, as it is recorded.
        entries: how many entries it has.
        is_new: whether this call made it.
    """

    version: Version
    entries: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class PublishRegistry:
    """Publish the registry of one region; where nothing waits it is signed anew once half of its life is over."""

    region: Area
    new_work: NewWork
    keys: KeyRing
    objects: ObjectStore
    folder: RegistryFolder
    clock: Clock
    life: timedelta = LIFE

    def __call__(self, by: Principal) -> Publication:
        """Publish what waits.

        Raises:
            RegistryHistoryRewritten: a draft takes back what was published.
            RegistryMoved: another publication came first.
        """
        at = self.clock.now()

        # 1. Read what is known and what waits, then compose; no key is used yet.
        with self.new_work() as work:
            newest, waiting = work.registry.newest_version(), work.registry.waiting()
        return self._publish(newest, waiting, at, by)

    def renew(self, by: Principal) -> Publication | None:
        """Sign the newest version anew when half of its life is over; what waits goes on waiting for an operator.

        Raises:
            RegistryMoved: another publication came first.
        """
        with self.new_work() as work:
            newest = work.registry.newest_version()
        return None if newest is None else self._publish(newest, (), self.clock.now(), by)

    def _publish(self, newest: Version | None, waiting: Sequence[Entry], at: datetime, by: Principal) -> Publication:
        known = self._known(newest)
        if newest is not None and known is not None and not waiting and at < newest.issued_at + self.life / 2:
            self._place(self.objects.get(newest.address))
            return Publication(newest, len(known.registry.entries), is_new=False)
        registry = self._next(known, waiting, at)

        # 2. Sign with no transaction open.
        signer = self.keys.signer(KEY_NAME)
        file = registry_file.sign(registry, kid_of(self.region, signer.public_key), signer)

        # 3. What verifiers would refuse never gets out.
        self._trusted(known).update(file, at)

        # 4. Keep the file, record it, then show it; a version recorded meanwhile stops this one.
        version = Version(registry.version, self.objects.put(file), registry.issued_at, registry.next_update)
        with self.new_work() as work:
            if work.registry.newest_version() != newest:
                raise RegistryMoved(f"version {registry.version} was published meanwhile")
            work.registry.mark_published(waiting, version)
            work.journal.append(
                "registry-published",
                f"registry {self.region}",
                str(by),
                {"version": str(version.version), "address": version.address, "entries": str(len(waiting))},
            )
        self._place(file)
        return Publication(version, len(registry.entries), is_new=True)

    def root(self) -> Root:
        """The root that pins the key of this region."""
        key = self.keys.public(KEY_NAME)
        return Root(f"registry of {self.region}", (RootKey(kid_of(self.region, key), self.region, key),))

    def _known(self, newest: Version | None) -> Adopted | None:
        if newest is None:
            return None
        file = registry_file.read_file(self.objects.get(newest.address))
        return Adopted(registry_json.decode(file.signed.payload), file.digest)

    def _next(self, known: Adopted | None, waiting: Sequence[Entry], at: datetime) -> Registry:
        if known is None:
            return succession.first(self.region, waiting, at, self.life)
        return succession.following(known, waiting, at, self.life)

    def _trusted(self, known: Adopted | None) -> TrustedSet:
        return TrustedSet(self.root(), {} if known is None else {self.region: known})

    def _place(self, file: bytes) -> None:
        self.folder.place_registry(self.region, file)
        self.folder.place_root(root_file.encode(self.root()))


def kid_of(region: Area, key: PublicKey) -> str:
    """The name of a region's key: the region, and the head of the key's SM3."""
    return f"{region}-{sm3.digest(key.spki).hex()[:16]}"
