"""Regions that sign registries: keys, certificates to list, and files of any version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from certs import certificate, oids
from certs import der_writer as write
from certs.certificate import Certificate
from certs.keys import PrivateKey
from certs.signer import SoftwareSigner
from certs.sm import sm3
from certs.sm.sm2 import Sm2PrivateKey
from trust.recognition import registry_file, root_file
from trust.recognition.registry import Entitlement, Entry, EntryType, Purpose, Registry, Standing, Status
from trust.recognition.root_file import Root, RootKey
from trust.values.credit_code import CreditCode
from trust.values.region import Area

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
BODY = CreditCode.parse("11440000MB9X00015F")
OTHER_BODY = CreditCode.parse("11330000MB9X00023F")
BUSINESS_LICENCE = "11100000MB0143028R001"


def software_signer() -> SoftwareSigner:
    return SoftwareSigner(PrivateKey(Sm2PrivateKey.generate()))


@dataclass
class Region:
    """A region with a key of its own, that signs what it is told."""

    code: str
    signer: SoftwareSigner = field(default_factory=software_signer)

    @property
    def area(self) -> Area:
        return Area(self.code)

    @property
    def kid(self) -> str:
        return f"key-{self.code}"

    @property
    def root_key(self) -> RootKey:
        return RootKey(self.kid, self.area, self.signer.public_key)

    def registry(self, entries: Iterable[Entry] = (), **changes: Any) -> Registry:
        given: dict[str, Any] = {
            "region": self.area,
            "version": 1,
            "issued_at": AT,
            "next_update": AT + timedelta(days=7),
            "previous": None,
            "entries": tuple(sorted(entries, key=lambda entry: entry.id)),
        }
        return Registry(**{**given, **changes})

    def file(self, registry: Registry) -> bytes:
        return registry_file.sign(registry, self.kid, self.signer)

    def first(self, *entries: Entry, **changes: Any) -> bytes:
        return self.file(self.registry(entries, **changes))

    def next(self, before: bytes, version: int, *entries: Entry, **changes: Any) -> bytes:
        return self.file(self.registry(entries, version=version, previous=sm3.digest(before), **changes))


def root(*regions: Region) -> bytes:
    return root_file.encode(Root("the pinned root", tuple(region.root_key for region in regions)))


def listed_certificate(name: str, signer: SoftwareSigner | None = None) -> Certificate:
    """A certificate to put into an entry; it signs itself and has no extensions."""
    signer = signer or software_signer()
    common_name = write.sequence(write.set_of([write.sequence(write.oid("2.5.4.3"), write.tlv(0x0C, name.encode()))]))
    algorithm = write.sequence(write.oid(oids.SM2_WITH_SM3))
    life = write.sequence(write.tlv(0x17, b"250101000000Z"), write.tlv(0x17, b"351231235959Z"))
    tbs = write.sequence(
        write.explicit(0, write.integer(2)),
        write.integer(1 << 64),
        algorithm,
        common_name,
        life,
        common_name,
        signer.public_key.spki,
    )
    return certificate.read(write.sequence(tbs, algorithm, write.bit_string(signer.sign(tbs))))


def granted(since: datetime = BEGIN) -> tuple[Standing, ...]:
    return (Standing(Status.GRANTED, since),)


def issuer(
    *entitlements: Entitlement,
    body: CreditCode = BODY,
    standings: tuple[Standing, ...] | None = None,
    name: str = "amr",
) -> Entry:
    """An issuer of licences."""
    return Entry(
        f"issuer.{name}",
        EntryType.LICENCE_ISSUER,
        "示例省市场监督管理局",
        standings or granted(),
        frozenset({Purpose.LICENCE_ISSUING}),
        "示例〔2026〕1号",
        body=body,
        entitlements=entitlements,
    )


def entitlement(
    area: str = "440000", start: datetime = BEGIN, end: datetime | None = None, licence_type: str = BUSINESS_LICENCE
) -> Entitlement:
    return Entitlement(licence_type, Area(area), start, end)


def authority(name: str, of: Certificate, *purposes: Purpose, standings: tuple[Standing, ...] | None = None) -> Entry:
    """A certificate authority."""
    return Entry(
        f"ca.{name}",
        EntryType.CA,
        name,
        standings or granted(),
        frozenset(purposes),
        "示例〔2026〕2号",
        certificate=of.der,
    )
