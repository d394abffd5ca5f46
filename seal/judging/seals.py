"""How a seal stands: its maker's value and certificate, its dates, and whether it lets this signer use it.

Standard:
    GB/T 38540-2020 sections 6.3 and 7.3; GM/T 0031-2025 (the maker's certificate is judged when the seal was created).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from certs import certificate as certificates
from certs.certificate import Certificate
from certs.errors import CertsError, ChainFault
from seal.judging.case import Case
from seal.judging.judgement import Reasons
from seal.judging.signing_time import SigningTime, judge_token
from seal.judging.values import algorithm_for, verifies
from seal.ses.seal_data import Seal
from trust.recognition.registry import Purpose


@dataclass(frozen=True, slots=True)
class SealJudgement:
    """What is to be said of a seal.

    Attributes:
        structure: reasons that belong to the finding `structure`.
        seal: reasons of the finding `seal`.
        time: reasons of the finding `time`, from the seal's own time stamp.
        checks: single answers.
        maker: the maker's certificate, if it can be read.
    """

    structure: tuple[tuple[str, str], ...]
    seal: tuple[tuple[str, str], ...]
    time: tuple[tuple[str, str], ...]
    checks: dict[str, str]
    maker: Certificate | None


def judge_seal(seal: Seal, time: SigningTime, signer: bytes | None, remarks: set[str]) -> SealJudgement:
    """Judge a seal at the instant that decides.

    Args:
        seal: as received.
        time: the instant, and whether it is proven.
        signer: DER of the certificate that used the seal; None for a seal alone.
        remarks: receives deviation codes.
    """
    case = time.case
    structure: Reasons = []
    reasons: Reasons = []
    stamped: Reasons = []
    try:
        maker: Certificate | None = certificates.read(seal.maker_certificate)
    except CertsError as wrong:
        maker = None
        reasons.append(("maker-certificate", f"the maker's certificate cannot be read: {wrong}"))
    holds = False
    if maker is not None:
        remarks |= maker.remarks
        case = case.with_proofs((maker,))
        try:
            key = maker.public_key
            algorithm = algorithm_for(seal.algorithm, key, remarks, strict=case.strict)
            holds = verifies(key, seal.signature, seal.signed, algorithm, remarks, strict=case.strict)
            if algorithm.weak:
                structure.append(("weak-algorithm", "the seal is signed with a weak algorithm"))
        except CertsError as wrong:  # a key or an algorithm of no kind we verify with
            structure.append(("algorithm-mismatch", str(wrong)))
        reasons.extend(_maker_reasons(case, seal, maker, time.decides, remarks))
    if not holds:
        reasons.append(("maker-value-wrong", "the maker's value does not verify over the seal"))
    listed = "not_applicable"
    if signer is not None:
        listed = "yes" if seal.info.properties.lists(signer) else "no"
        if listed == "no":
            reasons.append(("signer-not-listed", "the signer's certificate is not in the seal's list"))
    reasons.extend(_dates(seal, time))
    structure.extend(_extensions(seal, case, remarks))
    if seal.time_stamp is not None:
        token = judge_token(case, seal.time_stamp, seal.signature)
        stamped.extend(reason for reason in token.reasons if reason[0] != "claimed-only")
        if token.proven is not None and seal.info.properties.created_at > token.proven.at + token.proven.accuracy:
            stamped.append(("timestamp-invalid", "the seal was created after it was stamped"))
    checks = {
        "maker_value": "passed" if holds else "failed:maker-value-wrong",
        "listed": listed,
        "seal_dates": _inside(time.decides, seal.info.properties.valid_from, seal.info.properties.valid_to),
        "maker_dates": "not_applicable"
        if maker is None
        else _inside(seal.info.properties.created_at, maker.not_before, maker.not_after),
    }
    return SealJudgement(tuple(structure), tuple(reasons), tuple(stamped), checks, maker)


def _dates(seal: Seal, time: SigningTime) -> Iterator[tuple[str, str]]:
    properties = seal.info.properties
    if not properties.valid_from <= time.decides.replace(microsecond=0) <= properties.valid_to:
        yield "seal-expired-at-signing", "used outside the seal's dates"
    elif not time.proven and time.case.at.replace(microsecond=0) > properties.valid_to:
        yield "seal-expired-since-signing", "the seal has ended since the time claimed"


def _maker_reasons(
    case: Case, seal: Seal, maker: Certificate, decides: datetime, remarks: set[str]
) -> Iterator[tuple[str, str]]:
    """Judge the maker's certificate at the instant it made the seal; a mere end since then is a remark."""
    created = seal.info.properties.created_at
    at_creation = maker.not_before <= created.replace(microsecond=0) <= maker.not_after
    at_use = maker.not_before <= decides.replace(microsecond=0) <= maker.not_after
    if at_creation != at_use:
        remarks.add("maker-dates")
    if not at_creation and (case.strict or not at_use):
        yield "maker-certificate", "the seal was made outside the dates of its maker's certificate"
    standing = case.standing(maker, Purpose.SEAL_MAKING, created if at_creation or not at_use else decides)
    faults = [fault for fault in standing.faults if fault not in (ChainFault.EXPIRED, ChainFault.NOT_YET_VALID)]
    if ChainFault.CHAIN_BROKEN in faults or ChainFault.USAGE in faults:
        yield "maker-certificate", standing.detail
    elif faults:
        yield "maker-no-anchor", "no chain from the seal maker to an accepted authority"
    elif standing.revoked_since is not None:
        yield "maker-certificate", "the maker's certificate was revoked when the seal was made"


def _extensions(seal: Seal, case: Case, remarks: set[str]) -> Iterator[tuple[str, str]]:
    if any(one.critical for one in seal.info.extensions):
        remarks.add("critical-extension-unknown")
        if case.strict:
            yield "unknown-critical-extension", "the seal carries a critical extension that is not known"


def _inside(at: datetime, start: datetime, end: datetime) -> str:
    return "inside" if start <= at.replace(microsecond=0) <= end else "outside"
