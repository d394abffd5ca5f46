"""Examine a licence file: the report on its seals, six verdicts, and one word; a bad file is a result, never an error."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from certs import certificate
from certs.errors import CertsError
from certs.sm import sm3
from licence import verdicts
from licence.errors import LicenceFileMalformed
from licence.formats import licence_file
from licence.formats.licence_file import LicenceFile
from licence.verdicts import Overall, SealedAt, Verdict
from seal import report_json
from seal import verification as seals
from seal.ofd.package import ENTRY
from seal.report import DocumentReport, Indication, Result, SignatureReport
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.values.credit_code import CreditCode

NAMES: Final = ("integrity", "signer", "seal", "authority", "status", "presentation")
_NO_SEAL: Final = Verdict(Result.NOT_APPLICABLE, None, "there is no seal to judge")
_BEST_FIRST: Final = (Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED)


@dataclass(frozen=True, slots=True)
class LicenceReport:
    """What a verifier found about one licence file.

    Attributes:
        stated: what the file says of itself, whatever that is worth; None when it is no licence.
        overall: the word for all of it.
        as_of: with ACCEPTED_AS_OF, the newest instant at which the licence is known to have been in force.
        verdicts: the six answers by name.
        report: the report on its seals.
    """

    stated: LicenceFile | None
    overall: Overall
    as_of: datetime | None
    verdicts: Mapping[str, Verdict]
    report: DocumentReport

    @property
    def identifier(self) -> str | None:
        """The licence identifier as the file states it."""
        return None if self.stated is None else self.stated.identifier.text

    def to_json(self) -> dict[str, Any]:
        return {
            "format": self.report.format,
            "digest": self.report.digest.hex(),
            "judged_at": report_json.instant(self.report.judged_at),
            "overall": self.overall.value,
            "as_of": None if self.as_of is None else report_json.instant(self.as_of),
            "identifier": self.identifier,
            "verdicts": {name: self.verdicts[name].to_json() for name in NAMES},
            "report": report_json.to_json(self.report),
        }


def examine(
    document: bytes, anchors: Anchors, evidence: Evidence, at: datetime, *, max_age: timedelta | None = None
) -> LicenceReport:
    """Judge a licence file, from what is handed over alone.

    Args:
        document: the file.
        anchors: whom we accept.
        evidence: proofs beside those that the file carries.
        at: the instant the judgement holds for.
        max_age: how old the newest proof that the licence was in force may be.
    """
    # 1. What the file says of itself; nothing of it is believed before its seal has been judged.
    stated, fault = _read(document)

    # 2. Only registries that speak about its area may vouch for the certificates behind it.
    near = anchors if stated is None else anchors.covering(stated.area)
    report = seals.examine(document, near if near.registries else anchors, evidence, at)

    # 3. Six answers about the seal of the issuing body, none of which waits for another.
    sealing = _sealing(report, stated)
    sealed = None if sealing is None else _sealed_at(sealing)
    answers = {
        "integrity": _integrity(report, sealing, fault),
        "signer": _NO_SEAL if sealing is None else _signer(sealing),
        "seal": _NO_SEAL if sealing is None else _seal(sealing),
        "authority": _authority(anchors, sealing, stated, sealed, at),
        "status": verdicts.status(None if stated is None else stated.valid_until, sealed, at),
        "presentation": verdicts.presentation(None if stated is None else stated.copy_expires_at, at),
    }

    # 4. One word.
    word = verdicts.overall(answers)
    as_of = sealed.at if word is Overall.ACCEPTED_AS_OF and sealed is not None else None
    if as_of is not None and (as_of > at or (max_age is not None and at - as_of > max_age)):
        word, as_of = Overall.INDETERMINATE, None
    return LicenceReport(stated, word, as_of, answers, report)


def _read(document: bytes) -> tuple[LicenceFile | None, str]:
    try:
        return licence_file.read(document), ""
    except LicenceFileMalformed as exc:
        return None, str(exc)


def _sealing(report: DocumentReport, stated: LicenceFile | None) -> SignatureReport | None:
    """The seal to judge: the issuing body's best one, and where that body has none, the first."""
    if not report.signatures:
        return None
    issuer = None if stated is None else stated.identifier.issuer
    own = [each for each in report.signatures if issuer is not None and issuer in _bodies(each)]
    return min(own, key=lambda each: _BEST_FIRST.index(each.indication), default=report.signatures[0])


def _bodies(sealing: SignatureReport) -> Iterator[CreditCode | None]:
    """The body of the sealer's certificate, then those of the certificates that the seal lists."""
    yield None if sealing.signer is None else verdicts.body_of(sealing.signer)
    if sealing.seal is not None:
        for listed in sealing.seal.info.properties.certificates:
            try:
                yield verdicts.body_of(certificate.read(listed))
            except CertsError:
                yield None


def _sealed_at(sealing: SignatureReport) -> SealedAt | None:
    if sealing.times.proven is not None:
        return SealedAt(sealing.times.proven.at, is_proven=True)
    return None if sealing.times.claimed is None else SealedAt(sealing.times.claimed, is_proven=False)


def _integrity(report: DocumentReport, sealing: SignatureReport | None, fault: str) -> Verdict:
    if report.failure is not None:
        indication, _, detail = report.failure
        if indication is Indication.INDETERMINATE:
            return Verdict(Result.INDETERMINATE, "unknown-form", detail)
        return Verdict(Result.FAILED, "malformed", detail)
    if sealing is None:
        return Verdict(Result.FAILED, "signature-missing", "the file has no seal")
    verdict = verdicts.integrity(
        sealing.findings,
        metadata_covered=ENTRY in sealing.covered,
        active_content="active-content" in report.remarks | sealing.remarks,
    )
    if fault and verdict.result is not Result.FAILED:
        return Verdict(Result.FAILED, "malformed", fault)
    return verdict


def _signer(sealing: SignatureReport) -> Verdict:
    evidence = {} if sealing.signer is None else {"certificate": sealing.signer.fingerprint.hex()}
    if sealing.times.proven is not None:
        evidence["time-stamp authority"] = sealing.times.proven.authority.fingerprint.hex()
    verdict = verdicts.from_findings([sealing.findings["certificate"], sealing.findings["time"]], evidence)
    if verdict.result is Result.PASSED and sealing.signer is None:
        return Verdict(Result.INDETERMINATE, "signer-unknown", "the file has no certificate of its signer")
    return verdict


def _seal(sealing: SignatureReport) -> Verdict:
    seal = sealing.seal
    evidence = {} if seal is None else {"seal": seal.info.seal_id, "maker": sm3.digest(seal.maker_certificate).hex()}
    return verdicts.from_findings([sealing.findings["seal"]], evidence)


def _authority(
    anchors: Anchors, sealing: SignatureReport | None, stated: LicenceFile | None, sealed: SealedAt | None, at: datetime
) -> Verdict:
    if sealing is None or sealed is None:
        return _NO_SEAL
    if stated is None:
        return Verdict(Result.INDETERMINATE, "issuer-unknown", "the file does not say who issued it")
    identifier = stated.identifier
    return verdicts.authority(
        anchors, identifier.issuer, _bodies(sealing), identifier.type.text, stated.area, sealed, at
    )
