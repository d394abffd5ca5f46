"""A licence service in memory's reach: real tables, seals, registry and verifier; a test can break what it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from certs.certificate import Certificate
from licence.formats.identifier import LicenceTypeCode
from licence.making import MakeLicences
from licence.model.issuance import IssuanceState
from licence.model.order import LicenceOrder
from licence.own_registry import OwnRegistry
from licence.storage.licences import Secrets
from licence.usecases.entitle_issuer import EntitleIssuer, EntitleOrder
from licence.usecases.issue_licences import RESOLVE, Issued, IssueLicences
from licence.usecases.register_type import RegisterType
from licence.usecases.resolve_issuances import ResolveIssuances
from seal.api import SealId, Stamped, StampOrder
from seal.local import LocalStamper
from tests.support.licences import TYPE_FILE
from tests.support.seal_house import House
from trust.jobs.queue import JobQueue
from trust.recognition.registry import PURPOSES, Entry, EntryType, Purpose, Standing, Status
from trust.storage.registry_folder import RegistryFolder
from trust.usecases.publish_registry import PublishRegistry
from trust.values.credit_code import check_character
from trust.values.organisation_code import check_digit
from trust.values.principal import Principal
from trust.values.region import Area

TYPE = LicenceTypeCode.parse("11100000MB0143028R001")
ITEMS = {
    "companyName": "海晏市㛃䶮𬱖𠅤信息科技有限公司",
    "companyType": "有限责任公司（自然人投资或控股）",
    "legalRepresentative": "𠅤㛃䶮𬱖",
    "businessScope": "软件开发；信息系统集成服务（依法须经批准的项目除外）。",
    "registeredCapital": "壹仟万元人民币",
    "establishedOn": "2026-03-01",
    "premises": 'A & B <座> "18" 号 3 幢 A-1201 室',
}


class Killed(BaseException):
    """The process ended here: nothing after it runs, not even what tidies up."""


def firm(number: int) -> str:
    """The credit code of the n-th made-up firm."""
    organisation = f"MA9{number:05}"
    code = f"91440300{organisation}{check_digit(organisation)}"
    return code + check_character(code)


@dataclass
class WatchedStamper:
    """The seals' front door, which ends the process where a test wants it."""

    stamper: LocalStamper
    kill_before: bool = False
    kill_after: bool = False
    keys: tuple[str, ...] = ()  # of everything that was sealed

    def __getattr__(self, attribute: str) -> object:
        return getattr(self.stamper, attribute)

    def stamp(self, orders: Sequence[StampOrder], by: Principal) -> Sequence[Stamped]:
        if self.kill_before:
            raise Killed
        stamped = self.stamper.stamp(orders, by)
        self.keys += tuple(order.key for order in orders)
        if self.kill_after:
            raise Killed
        return stamped


@dataclass
class LicenceHouse:
    """The licence service of one test, above a seal service."""

    below: House
    seal: SealId
    stamper: WatchedStamper
    issue: IssueLicences
    resolve: ResolveIssuances
    register: RegisterType
    entitle: EntitleIssuer
    publish: PublishRegistry
    registry: OwnRegistry
    secrets: Secrets
    by: Principal

    def order(self, number: int = 1, *, business_number: str = "", **changes: object) -> LicenceOrder:
        items = {"creditCode": firm(number), **ITEMS}
        made = LicenceOrder(business_number or f"matter {number}", TYPE, self.seal, Area.parse("440300"), items)
        return replace(made, **changes)  # type: ignore[arg-type]

    def one(self, number: int = 1, **changes: object) -> Issued:
        (issued,) = self.issue([self.order(number, **changes)], self.by)  # type: ignore[arg-type]
        return issued

    def killed(self, *orders: LicenceOrder) -> None:
        """Order, and end the process as the stamper was told to: nothing tidies up."""
        dying = replace(self.issue)
        object.__setattr__(dying, "new_work", _first_only(self.issue.new_work))
        with pytest.raises(Killed):
            dying(orders, self.by)

    def states(self) -> list[IssuanceState]:
        with self.below.database.reading() as db:
            rows = db.exec_driver_sql("SELECT state FROM licence_issuance ORDER BY intended_at, business_number")
            return [IssuanceState(row.state) for row in rows]

    def events(self) -> list[str]:
        return [each for each in self.below.events() if each.startswith("licence")]

    def run_due(self) -> int:
        """What the worker does: resolve what is due; returns how many were abandoned."""
        with self.below.new_work() as work:
            group = JobQueue(work.db, self.below.clock).claim(RESOLVE, timedelta(seconds=30))
        return 0 if group is None else self.resolve(group)


def _first_only(new_work: object) -> object:
    calls: list[int] = []

    def once() -> object:
        if calls:
            raise Killed
        calls.append(1)
        return new_work()  # type: ignore[operator]

    return once


def authority_entry(kind: EntryType, name: str, of: Certificate, purposes: frozenset[Purpose]) -> Entry:
    granted = (Standing(Status.GRANTED, of.not_before),)
    return Entry(f"{name}.1", kind, name, granted, purposes, "示例〔2026〕2号", certificate=of.der)


@pytest.fixture
def licence_house(house: House, tmp_path: Path) -> LicenceHouse:
    """The licence service of one test."""
    return build(house, tmp_path)


def build(house: House, folder: Path) -> LicenceHouse:
    """A house with a seal, the business licence registered, its body entitled for 440000, everything published."""
    house.keys.ring.create_secret("person-field", 16)
    house.keys.ring.create_secret("person-index", 32, exist_ok=True)
    house.keys.ring.create("registry")
    seal = house.seal()
    publish = PublishRegistry(
        Area.parse("440000"),
        house.new_work,
        house.keys,  # type: ignore[arg-type]
        house.objects,
        RegistryFolder(folder / "registry"),
        house.clock,
    )
    registry = OwnRegistry(house.database.reading, house.objects, house.clock, publish.root)
    register, entitle = RegisterType(house.new_work, house.clock), EntitleIssuer(house.new_work, house.clock)
    with house.new_work() as work:
        for kind, name, member in (
            (EntryType.CA, "seal-ca", "seal_ca"),
            (EntryType.TIME_STAMP_AUTHORITY, "tsa", "tsa"),
        ):
            of = house.authority.members[member].certificate
            work.registry.propose(authority_entry(kind, name, of, PURPOSES[kind]))
    by = Principal.operator("alice", house.clock.now())
    register(TYPE_FILE.read_bytes(), by)
    entitle(EntitleOrder(seal.owner, seal.owner_name, TYPE, Area.parse("440000"), "示例〔2026〕1号"), by)
    publish(by)
    secrets = Secrets.of(house.keys)  # type: ignore[arg-type]
    stamper = WatchedStamper(house.stamper)
    issue = IssueLicences(
        house.database.reading,
        house.new_work,
        MakeLicences(stamper, registry, house.clock),  # type: ignore[arg-type]
        house.objects,
        house.clock,
        secrets,
    )
    return LicenceHouse(
        house,
        seal.id,
        stamper,
        issue,
        ResolveIssuances(house.new_work, house.clock),
        register,
        entitle,
        publish,
        registry,
        secrets,
        by,
    )
