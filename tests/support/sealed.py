"""Sealed documents made from declared parts: any of them can be given any defect, to see what the verifier says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from certs import oids, timestamp_issue
from certs.crl import CertificateList
from certs.sm import sm3
from certs.timestamp_issue import Statement
from certs.timestamp_request import MessageImprint, TimeStampRequest
from seal.model.placement import At, Placement, Protection
from seal.ofd.package import open_package
from seal.ofd.signatures_writer import Provider
from seal.ofd.signing import Picture as Painted
from seal.ofd.signing import embed, prepare
from seal.ses import writer
from seal.ses.seal_data import Picture
from seal.ses.writer import SealDraft
from tests.support import ofd
from tests.support.hierarchy import NOW, Hierarchy, crl_url, province
from trust.recognition import evidence
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082"
)
DRAFT = SealDraft(
    vendor="synthetic",
    seal_id="44000000000017",
    kind=1,
    name="示例省示例局",
    certificates=(),
    created_at=NOW - timedelta(days=30),
    valid_from=NOW - timedelta(days=30),
    valid_to=NOW + timedelta(days=300),
    picture=Picture("PNG", PNG, 40, 40),
)


def all_lists(pki: Hierarchy, at: datetime = NOW) -> tuple[CertificateList, ...]:
    """Return an empty list of every authority, fresh at an instant."""
    made = at - timedelta(hours=1)
    return tuple(pki.crl(name, url=crl_url(name), this_update=made) for name in ("root", "seal_ca", "service_ca"))


@dataclass(frozen=True)
class Sealer:
    """Makes sealed documents; every field left alone gives a good one."""

    pki: Hierarchy = field(default_factory=province)
    sealer: str = "sealer"
    maker: str = "maker"
    tsa: str | None = "tsa"
    listed: tuple[str, ...] = ("sealer",)
    draft: SealDraft = DRAFT
    at: datetime = NOW
    stamped_at: datetime | None = None
    lists: tuple[CertificateList, ...] | None = None  # carried; None: an empty fresh one of each authority
    flip_value: bool = False
    flip_maker_value: bool = False
    carried: bool = True

    @property
    def anchors(self) -> Anchors:
        """The root alone, for every purpose."""
        return Anchors.of_certificates([self.pki["root"].certificate])

    @property
    def evidence(self) -> Evidence:
        """The chains and lists as a document carries them."""
        lists = all_lists(self.pki, self.stamped_at or self.at) if self.lists is None else self.lists
        return Evidence(tuple(one.der for one in self.pki.certificates()), tuple(one.der for one in lists))

    def seal(self) -> bytes:
        """Return the seal."""
        draft = self.draft
        if not draft.certificates:
            draft = replace(draft, certificates=[self.pki[name].certificate.der for name in self.listed])
        info = writer.encode_seal_info(draft)
        value = self.pki[self.maker].signer.sign(info)
        return writer.encode_seal(info, self.pki[self.maker].certificate.der, _flipped(value, self.flip_maker_value))

    def stamp(
        self,
        document: bytes | None = None,
        *placements: Placement,
        protection: Protection = Protection.OPEN,
        changes: Mapping[str, bytes] | None = None,
    ) -> bytes:
        """Return a document with one more seal."""
        seal = self.seal()
        package = open_package(ofd.document(changes=changes) if document is None else document)
        prepared = prepare(
            package,
            Painted(seal, 40, 40),
            placements or [At(1, 100, 100)],
            at=self.at,
            provider=Provider("合成", "合成", "1"),
            protection=protection,
        )
        value = self.value(seal, prepared.data_hash, prepared.property_info)
        return embed(prepared, value, evidence.encode(self.evidence) if self.carried else None)

    def value(self, seal: bytes, data_hash: bytes, property_info: str) -> bytes:
        """Return the sealing over a digest."""
        to_sign = writer.encode_to_sign(seal, self.at, data_hash, property_info)
        signature = self.pki[self.sealer].signer.sign(to_sign)
        token = None if self.tsa is None else self.token(signature)
        certificate = self.pki[self.sealer].certificate.der
        return writer.encode_sealing(to_sign, certificate, _flipped(signature, self.flip_value), time_stamp=token)

    def token(self, stamped: bytes) -> bytes:
        """Return a time stamp over a value."""
        assert self.tsa is not None
        member = self.pki[self.tsa]
        request = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(stamped)))
        at = self.stamped_at or self.at
        statement = Statement(oids.TSA_POLICY, 1, at, timedelta(seconds=1))
        return timestamp_issue.build(request, statement, member.signer, member.certificate)


def _flipped(value: bytes, flip: bool) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1]) if flip else value
