"""A region that seals OFD documents: authorities, a maker's seal of one body, time stamps, and the registry behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from certs import name, oids, profile, timestamp_issue
from certs.certificate import Certificate
from certs.crl import Revocation
from certs.sm import sm3
from certs.timestamp_issue import Statement
from certs.timestamp_request import MessageImprint, TimeStampRequest
from seal.model.placement import At
from seal.ofd import signing
from seal.ofd.package import open_package
from seal.ofd.signatures_writer import Provider
from seal.ofd.signing import Picture
from seal.ses import seal_data, writer
from tests.support import hierarchy, signatures
from tests.support.hierarchy import Hierarchy, authority, leaf
from tests.support.ofd import zipped
from tests.support.registries import AT, BEGIN, BODY, Region, granted, root
from trust.recognition import evidence
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.recognition.registry import Entry, EntryType, Purpose, Standing
from trust.recognition.trusted_set import TrustedSet
from trust.values.credit_code import CreditCode

SEAL_CODE = "44000000000017"
PICTURE = b"\x89PNG synthetic picture"


@dataclass
class SealingRegion:
    """Everything one region needs to seal, and what it tells verifiers."""

    code: str = "440000"
    body: CreditCode = BODY
    owner: CreditCode | None = None  # whom the seal lists, if not the sealer
    revoked: tuple[str, ...] = ()
    region: Region = field(init=False)

    def __post_init__(self) -> None:
        self.region = Region(self.code)

    @cached_property
    def pki(self) -> Hierarchy:
        prefix = f"{self.code} {self.body}"
        return hierarchy.declare(
            root=authority(path_length=2, key=f"{prefix} root"),
            seal_ca=authority("root", path_length=0, key=f"{prefix} seal ca"),
            service_ca=authority("root", path_length=0, key=f"{prefix} service ca"),
            maker=leaf("seal_ca", profile.SEAL_MAKER, key=f"{prefix} maker"),
            sealer=leaf("seal_ca", profile.SEALER, key=f"{prefix} sealer", subject=_subject(self.body)),
            other=leaf("seal_ca", profile.SEALER, key=f"{prefix} other", subject=_subject(self.owner or self.body)),
            tsa=leaf("service_ca", profile.TIME_STAMP_AUTHORITY, key=f"{prefix} tsa"),
        )

    @cached_property
    def seal(self) -> bytes:
        """The body's seal, signed by the maker; it lists the sealer, and another owner where there is one."""
        listed = ["sealer"] if self.owner is None else ["sealer", "other"]
        info = writer.encode_seal_info(
            writer.SealDraft(
                vendor="TEST",
                seal_id=SEAL_CODE,
                kind=1,
                name="示例省市场监督管理局",
                certificates=[self.pki[each].certificate.der for each in listed],
                created_at=BEGIN,
                valid_from=BEGIN,
                valid_to=BEGIN + timedelta(days=365),
                picture=seal_data.Picture("PNG", PICTURE, 42, 42),
            )
        )
        maker = self.pki["maker"]
        return writer.encode_seal(info, maker.certificate.der, maker.signer.sign(info))

    def evidence(self, at: datetime = AT) -> Evidence:
        """The chains, and lists that were new an hour before the instant."""
        lists = []
        for issuer in ("root", "seal_ca", "service_ca"):
            gone = [
                Revocation(self.pki[each].certificate.serial, at - timedelta(days=1))
                for each in self.revoked
                if hierarchy_issuer(each) == issuer
            ]
            lists.append(self.pki.crl(issuer, gone, this_update=at - timedelta(hours=1)).der)
        return Evidence(tuple(each.der for each in self.pki.certificates()), tuple(lists))

    def stamp_time(self, message: bytes, at: datetime) -> bytes:
        """A time-stamp token over a message."""
        request = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(message)), certificate_wanted=True)
        tsa = self.pki["tsa"]
        statement = Statement("1.2.3.4", 1, at, timedelta(seconds=1))
        return timestamp_issue.build(request, statement, tsa.signer, tsa.certificate)

    def value(self, original: bytes, property_info: str, at: datetime, *, stamped: bool = True) -> bytes:
        """The sealing of a Signature.xml."""
        sealer = self.pki["sealer"]
        to_sign = writer.encode_to_sign(self.seal, at, sm3.digest(original), property_info)
        signature = sealer.signer.sign(to_sign)
        token = self.stamp_time(signature, at) if stamped else None
        return writer.encode_sealing(to_sign, sealer.certificate.der, signature, time_stamp=token)

    def sealed(self, document: bytes, at: datetime = AT, *, stamped: bool = True, bundle: bool = True) -> bytes:
        """A document with this seal on its first page, and the evidence of the sealing inside."""
        prepared = signing.prepare(
            open_package(document),
            Picture(self.seal, 42, 42),
            [At(1, 100, 200)],
            at=at,
            provider=Provider("test", "test", "1"),
        )
        value = self.value(prepared.original, prepared.property_info, at, stamped=stamped)
        return signing.embed(prepared, value, evidence.encode(self.evidence(at)) if bundle else None)

    def sealed_without(self, members: Mapping[str, bytes], *left_out: str, at: datetime = AT) -> bytes:
        """A document of these members whose seal leaves some of them out."""
        pointer = f"</ofd:DocRoot><ofd:Signatures>{signatures.LIST}</ofd:Signatures>".encode()
        changes = {**members, "/OFD.xml": members["/OFD.xml"].replace(b"</ofd:DocRoot>", pointer)}
        made = signatures.signed_members(
            leave_out=(*left_out, signatures.SEAL), changes={**changes, signatures.SEAL: self.seal}
        )
        return zipped(made | {signatures.VALUE: self.value(made[signatures.SIGNATURE], signatures.SIGNATURE, at)})

    def entries(self, standings: tuple[Standing, ...] | None = None) -> tuple[Entry, ...]:
        """The entries that recognise the seal authority, the maker and the time-stamp authority."""
        return (
            self._entry("ca.seal", EntryType.CA, Purpose.SEAL_SIGNING, self.pki["seal_ca"].certificate, standings),
            self._entry("maker", EntryType.SEAL_MAKER, Purpose.SEAL_MAKING, self.pki["maker"].certificate, standings),
            self._entry(
                "tsa", EntryType.TIME_STAMP_AUTHORITY, Purpose.TIME_STAMPING, self.pki["tsa"].certificate, standings
            ),
        )

    def anchors(self, *entries: Entry, at: datetime = AT) -> Anchors:
        """What a verifier accepts who pinned this region's key and fetched a registry with further entries."""
        known = TrustedSet.load(root(self.region))
        return known.update(self.region.first(*self.entries(), *entries, issued_at=at), at).anchors(at)

    @staticmethod
    def _entry(
        own_id: str, kind: EntryType, purpose: Purpose, of: Certificate, standings: tuple[Standing, ...] | None
    ) -> Entry:
        basis = "示例〔2026〕2号"
        return Entry(own_id, kind, own_id, standings or granted(), frozenset({purpose}), basis, certificate=of.der)


def hierarchy_issuer(member: str) -> str:
    """Who issued a member."""
    return {"seal_ca": "root", "service_ca": "root", "tsa": "service_ca"}.get(member, "seal_ca")


def _subject(body: CreditCode) -> name.Name:
    pairs: Iterable[tuple[str, str]] = [
        (oids.COUNTRY, "CN"),
        (oids.ORGANISATION, f"{body}示例省市场监督管理局"),
        (oids.COMMON_NAME, SEAL_CODE),
    ]
    return name.build(pairs)
