"""The six verdicts on a licence: what its seal shows, what the registries grant, and what the licence says of itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final

from certs import oids
from certs.certificate import Certificate
from certs.errors import CertsError
from seal.report import HARMLESS, Finding, Result
from trust.errors import TrustError
from trust.recognition.anchors import Anchors
from trust.recognition.entitlement import Entitled, NotEntitled, Refusal, entitled
from trust.values.credit_code import CreditCode
from trust.values.region import Area

_CREDIT_CODE: Final = 18  # characters


class Overall(Enum):
    """The word for the whole licence."""

    ACCEPTED = "ACCEPTED"
    ACCEPTED_AS_OF = "ACCEPTED_AS_OF"
    INDETERMINATE = "INDETERMINATE"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the six answers.

    Attributes:
        result: passed, failed, indeterminate or not applicable.
        code: the reason; None when passed.
        detail: for people.
        evidence: what the answer rests on.
    """

    result: Result
    code: str | None = None
    detail: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"result": self.result.value, "code": self.code, "detail": self.detail, "evidence": dict(self.evidence)}


@dataclass(frozen=True, slots=True)
class SealedAt:
    """When the licence was sealed, as far as that is known.

    Attributes:
        at: the proven instant, else the one the sealer claims.
        is_proven: whether a time stamp says so.
    """

    at: datetime
    is_proven: bool


def from_findings(findings: Iterable[Finding], evidence: Mapping[str, str] | None = None) -> Verdict:
    """The first failed finding, else the first open one, else passed; without anything to judge, not applicable."""
    asked = list(findings)
    for result in (Result.FAILED, Result.INDETERMINATE):
        for finding in asked:
            if finding.result is result and finding.code not in HARMLESS:
                return Verdict(result, finding.code, finding.detail, evidence or {})
    if all(finding.result is Result.NOT_APPLICABLE for finding in asked):
        return Verdict(Result.NOT_APPLICABLE, None, "nothing to judge", evidence or {})
    return Verdict(Result.PASSED, evidence=evidence or {})


def integrity(findings: Mapping[str, Finding], *, metadata_covered: bool, active_content: bool) -> Verdict:
    """Are these the bytes that were sealed, the metadata among them?

    A signature list that is left open does no harm; OFD.xml must be covered, because it holds the metadata.
    """
    verdict = from_findings(findings[name] for name in ("structure", "integrity", "coverage", "value", "changes"))
    if verdict.result is Result.FAILED:
        return verdict
    if not metadata_covered:
        return Verdict(Result.FAILED, "metadata-not-covered", "the seal leaves out OFD.xml, which holds the metadata")
    if active_content:
        return Verdict(Result.FAILED, "active-content", "the document acts by itself")
    return verdict


def authority(
    anchors: Anchors, issuer: CreditCode, bodies: Iterable[CreditCode | None], licence_type: str, area: Area,
    sealed: SealedAt, at: datetime,
) -> Verdict:  # fmt: skip
    """Did the body that the identifier names seal it, and might that body issue this type for this area then?

    Where no time stamp proves when it was sealed, the body must be entitled at the judged instant too; else a body
    whose time is over could still date a licence back.

    Args:
        anchors: whom we accept.
        issuer: the body in the licence's identifier.
        bodies: the body of the sealer's certificate, and of each certificate the seal lists.
        licence_type: the type in the identifier.
        area: the area in the metadata.
        sealed: when it was sealed.
        at: the judged instant.
    """
    others = [body for body in bodies if body != issuer]
    if others:
        said = ", ".join(str(body or "no body") for body in others)
        return Verdict(Result.FAILED, "issuer-differs", f"issued by {issuer}, sealed by {said}")
    answer = entitled(anchors, issuer, licence_type, area, sealed.at)
    if isinstance(answer, NotEntitled):
        open_ = answer.reason is Refusal.ISSUER_UNKNOWN
        said = f"{issuer}, {licence_type}, {area}, {sealed.at:%Y-%m-%d %H:%M:%SZ}"
        return Verdict(Result.INDETERMINATE if open_ else Result.FAILED, answer.reason.value, said, _entry(answer))
    if not sealed.is_proven:
        now = entitled(anchors, issuer, licence_type, area, at)
        if isinstance(now, NotEntitled):
            return Verdict(Result.INDETERMINATE, now.reason.value, "no longer, and nothing proves the time of sealing")
    return Verdict(Result.PASSED, evidence=_entry(answer))


def body_of(certificate: Certificate) -> CreditCode | None:
    """The body a certificate was issued to: its credit code stands before the name in the only O.

    Standard:
        National convention for seal certificates; e.g. `11440000MB9X00015F示例省市场监督管理局`.
    """
    try:
        organisations = [value for oid, value in certificate.subject.attributes if oid == oids.ORGANISATION]
        if len(organisations) != 1 or len(organisations[0]) <= _CREDIT_CODE:
            return None
        return CreditCode.parse(organisations[0][:_CREDIT_CODE])
    except (CertsError, TrustError):  # a name that cannot be read names nobody
        return None


def _entry(answer: Entitled | NotEntitled) -> Mapping[str, str]:
    if isinstance(answer, NotEntitled):
        return {} if answer.entry is None else {"entry": answer.entry.id, "basis": answer.entry.basis}
    registry, granted = answer.registry, answer.entitlement
    return {
        "registry": f"{registry.region} version {registry.version}",
        "entry": answer.entry.id,
        "basis": answer.entry.basis,
        "area": granted.area.code,
        "from": f"{granted.start:%Y-%m-%dT%H:%M:%SZ}",
    }


def status(valid_until: datetime | None, sealed: SealedAt | None, at: datetime) -> Verdict:
    """Was it in force: what its own dates say; whether it was ended since cannot be known without a status list."""
    if valid_until is not None and at >= valid_until:
        return Verdict(Result.FAILED, "expired", f"its time was over on {valid_until:%Y-%m-%d %H:%MZ}")
    if sealed is None:
        return Verdict(Result.INDETERMINATE, "not-known-since", "nothing says when it was in force")
    how = "time stamp" if sealed.is_proven else "claimed time"
    said = f"in force when it was sealed; nothing here says more about the time after {sealed.at:%Y-%m-%d %H:%M:%SZ}"
    return Verdict(Result.INDETERMINATE, "not-known-since", said, {how: f"{sealed.at:%Y-%m-%dT%H:%M:%SZ}"})


def presentation(copy_expires_at: datetime | None, at: datetime) -> Verdict:
    """Is it the original, or a copy within its time?"""
    if copy_expires_at is not None and at >= copy_expires_at:
        return Verdict(Result.FAILED, "copy-expired", f"the copy was for use until {copy_expires_at:%Y-%m-%d %H:%MZ}")
    return Verdict(Result.PASSED, detail="original" if copy_expires_at is None else "copy")


def overall(verdicts: Mapping[str, Verdict]) -> Overall:
    """One word for six verdicts."""
    if any(verdict.result is Result.FAILED for verdict in verdicts.values()):
        return Overall.REJECTED
    open_ = {name: verdict for name, verdict in verdicts.items() if verdict.result is not Result.PASSED}
    if not open_:
        return Overall.ACCEPTED
    if open_.keys() == {"status"} and open_["status"].code == "not-known-since":
        return Overall.ACCEPTED_AS_OF
    return Overall.INDETERMINATE
