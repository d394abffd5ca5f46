"""A seal service in memory's reach: real tables, keys and verifier, an authority that a test can break."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from certs import name, oids
from certs.signer import Signer
from seal.api import StampOrder
from seal.local import LocalStamper
from seal.model.placement import At, Placement, Protection
from seal.model.seal import Seal
from seal.ofd.signatures_writer import Provider
from seal.own_work import OwnWork
from seal.ses.seal_data import Picture
from seal.usecases.change_seal import ChangeSeal
from seal.usecases.make_seal import MakeOrder, MakeSeal
from seal.usecases.resolve_stampings import ResolveStampings
from seal.usecases.sign_claims import SignClaims
from seal.usecases.stamp_documents import StampDocuments
from tests.support.clock import SettableClock
from tests.support.memory_authority import MemoryAuthority
from tests.support.ofd import document
from trust.keys.files import FileKeyRing
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.unit_of_work import NewWork
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal
from trust.values.region import Area

# One pixel, red: what a seal shows is not what these tests ask.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000201"
    "5dd0a5ba0000000049454e44ae426082"
)


@dataclass
class WatchedKeys:
    """A key ring that tells what it signed, and calls back right after it did."""

    ring: FileKeyRing
    signed: list[str] = field(default_factory=list)
    afterwards: Callable[[], None] | None = None

    def __getattr__(self, attribute: str) -> object:
        return getattr(self.ring, attribute)

    def signer(self, key: str) -> Signer:
        self.signed.append(key)
        if key.startswith("seal/") and self.afterwards is not None:
            self.afterwards()
        return self.ring.signer(key)


@dataclass
class House:
    """The seal service of one test."""

    clock: SettableClock
    database: Database
    new_work: NewWork
    keys: WatchedKeys
    authority: MemoryAuthority
    objects: ObjectStore
    make_seal: MakeSeal
    stamp: StampDocuments
    change: ChangeSeal
    resolve: ResolveStampings
    stamper: LocalStamper
    by: Principal

    def seal(self, key: str = "first", **changes: object) -> Seal:
        return self.make_seal(make_order(key, **changes), self.by)

    def order(
        self,
        seal: Seal,
        key: str = "order",
        data: bytes | None = None,
        places: Sequence[Placement] = (At(1, 100, 100),),
        protection: Protection = Protection.OPEN,
    ) -> StampOrder:
        return StampOrder(key, document(2) if data is None else data, seal.id, tuple(places), protection)

    def events(self) -> list[str]:
        with self.database.reading() as db:
            return [row.event for row in db.exec_driver_sql("SELECT event FROM trust_journal_entry ORDER BY id")]


def make_order(key: str = "first", **changes: object) -> MakeOrder:
    wanted: dict[str, object] = {
        "division": Area.parse("440000"),
        "owner": CreditCode.parse("11440000006939748G"),
        "owner_name": "示例省示例局",
        "name": "示例省示例局",
        "picture": Picture("PNG", PICTURE, 42, 42),
        "life": timedelta(days=365),
    }
    return MakeOrder(key, **{**wanted, **changes})  # type: ignore[arg-type]


def build(database: Database, new_work: NewWork, clock: SettableClock, folder: Path) -> House:
    """Put a house together on this database; keys and objects lie in the folder."""
    keys = WatchedKeys(FileKeyRing.open(folder / "keys"))
    keys.ring.create_secret("person-index", 32, exist_ok=True)
    authority = MemoryAuthority(clock)
    objects = ObjectStore(folder / "objects")
    own_work = OwnWork(authority)
    maker = name.build([(oids.COUNTRY, "CN"), (oids.ORGANISATION, "示例省"), (oids.COMMON_NAME, "制章系统")])
    stamp = StampDocuments(
        database.reading,
        new_work,
        keys,  # type: ignore[arg-type]
        authority,
        objects,
        clock,
        Provider("test", "test", "1"),
        own_work,
    )
    return House(
        clock,
        database,
        new_work,
        keys,
        authority,
        objects,
        MakeSeal(database.reading, new_work, keys, authority, clock, own_work, "TEST", maker),  # type: ignore[arg-type]
        stamp,
        ChangeSeal(new_work),
        ResolveStampings(new_work, clock),
        LocalStamper(database.reading, stamp, SignClaims(database.reading, new_work, keys, clock)),  # type: ignore[arg-type]
        Principal.operator("alice", clock.now()),
    )


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock, tmp_path: Path) -> House:
    """The seal service of one test."""
    return build(database, new_work, clock, tmp_path)
