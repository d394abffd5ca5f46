"""Our own work before it leaves: judged by the public verifier, as anyone would judge it from what it carries alone."""

from dataclasses import dataclass
from datetime import datetime

from pki.api import Authority
from seal.errors import MadeSealRefused
from seal.report import DocumentReport, Indication, Profile, Result, SignatureReport
from seal.verification import examine
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Judge what we made by the strict profile, against our own roots."""

    authority: Authority

    def require_sealed(self, document: bytes, signature_id: str, at: datetime) -> None:
        """Insist that the signature we added is good by the proofs the document carries.

        What earlier signatures of others are worth is not ours to say.

        Raises:
            MadeSealRefused: it is not.
        """
        report = examine(document, self._anchors(), Evidence(), at, Profile.STRICT)
        _require(report, [one for one in report.signatures if one.id == signature_id])

    def require_seal(self, seal: bytes, evidence: Evidence, at: datetime) -> None:
        """Insist that a seal we made is good.

        Raises:
            MadeSealRefused: it is not.
        """
        report = examine(seal, self._anchors(), evidence, at, Profile.STRICT)
        _require(report, list(report.signatures))

    def _anchors(self) -> Anchors:
        return Anchors.of_certificates(each for each in self.authority.authorities() if each.is_self_issued)


def _require(report: DocumentReport, own: list[SignatureReport]) -> None:
    if len(own) != 1:
        raise MadeSealRefused(f"our work is not found in what we made: {report.failure or len(own)}")
    if own[0].indication is not Indication.TOTAL_PASSED:
        wrong = [
            f"{name} {found.code}: {found.detail}"
            for name, found in own[0].findings.items()
            if found.result in (Result.FAILED, Result.INDETERMINATE)
        ]
        raise MadeSealRefused(f"our work does not pass: {'; '.join(wrong)}")
