"""The report of a verification: one shape for every kind of document, every question answered whatever the others say.

Codes and field names are stable; details are words for people.

Standard:
    ETSI EN 319 102-1 section 5 (indications and sub-indications); GB/T 38540-2020 section 7.3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from certs.certificate import Certificate
from certs.timestamp import ProvenTime
from seal.ses.seal_data import Seal
from trust.errors import Kind, TrustError


class Profile(Enum):
    """How deviations are met: STRICT refuses what the standard refuses, INTEROP accepts and remarks on what is known."""

    STRICT = "strict"
    INTEROP = "interop"


class Result(Enum):
    """The answer to one question."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not_applicable"


class Indication(Enum):
    """The overall word, the worst of its parts."""

    TOTAL_PASSED = "TOTAL_PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL_FAILED"
    NO_SIGNATURE_FOUND = "NO_SIGNATURE_FOUND"


# Finding → its codes in the order in which they give the headline: failed ones, then open ones.
CODES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "structure": (
        ("malformed", "signature-missing", "version-mismatch", "algorithm-mismatch", "value-shared", "limit-exceeded"),
        ("weak-algorithm", "encrypted", "unknown-form", "unknown-critical-extension"),
    ),
    "integrity": (("content-modified", "member-missing", "data-hash-wrong"), ()),
    "coverage": (("shown-but-unsigned",), ("covered-later", "entry-not-covered")),
    "value": (("value-wrong", "wrong-bytes-signed"), ("signer-unknown",)),
    "certificate": (
        ("not-yet-valid", "expired-at-signing", "revoked", "usage", "chain-broken"),
        ("no-anchor", "expired-since-signing", "revoked-unknown-order", "no-revocation-information"),
    ),
    "seal": (
        (
            "maker-value-wrong",
            "signer-not-listed",
            "seal-expired-at-signing",
            "seal-differs",
            "maker-certificate",
            "not-usable",
        ),
        ("maker-no-anchor", "seal-expired-since-signing"),
    ),
    "time": (("timestamp-invalid", "time-order"), ("claimed-only",)),
    "changes": (("visible-change", "forbidden-change", "not-a-revision"), ()),
}
FINDINGS: Final = tuple(CODES)
HARMLESS: Final = frozenset({"covered-later", "entry-not-covered", "claimed-only"})

_BY_CODE: Final = {
    "weak-algorithm": "CRYPTO_CONSTRAINTS_FAILURE",
    "encrypted": "POLICY_PROCESSING_ERROR",
    "unknown-form": "POLICY_PROCESSING_ERROR",
    "unknown-critical-extension": "POLICY_PROCESSING_ERROR",
    "signer-unknown": "NO_SIGNING_CERTIFICATE_FOUND",
    "expired-at-signing": "EXPIRED",
    "not-yet-valid": "NOT_YET_VALID",
    "revoked": "REVOKED",
    "usage": "CHAIN_CONSTRAINTS_FAILURE",
    "chain-broken": "CHAIN_CONSTRAINTS_FAILURE",
    "no-anchor": "NO_CERTIFICATE_CHAIN_FOUND",
    "maker-no-anchor": "NO_CERTIFICATE_CHAIN_FOUND",
    "no-revocation-information": "TRY_LATER",
    "revoked-unknown-order": "REVOKED_NO_POE",
    "expired-since-signing": "OUT_OF_BOUNDS_NO_POE",
    "seal-expired-since-signing": "OUT_OF_BOUNDS_NO_POE",
}
_BY_FINDING: Final = {
    "structure": "FORMAT_FAILURE",
    "integrity": "HASH_FAILURE",
    "coverage": "FORMAT_FAILURE",
    "value": "SIG_CRYPTO_FAILURE",
    "certificate": "CHAIN_CONSTRAINTS_FAILURE",
    "seal": "SIG_CONSTRAINTS_FAILURE",
    "time": "TIMESTAMP_ORDER_FAILURE",
    "changes": "FORMAT_FAILURE",
}
_BADNESS: Final = {Indication.TOTAL_PASSED: 0, Indication.INDETERMINATE: 1, Indication.TOTAL_FAILED: 2}


class NotValid(TrustError):
    """A document that does not pass, told to a caller that needs a yes."""

    kind, code = Kind.CONFLICT, "document-not-valid"


@dataclass(frozen=True, slots=True)
class Finding:
    """One question answered.

    Attributes:
        checks: single answers behind the finding, for a seal or a value examined alone.
    """

    result: Result
    code: str | None = None
    detail: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)


PASSED: Final = Finding(Result.PASSED)
NOT_APPLICABLE: Final = Finding(Result.NOT_APPLICABLE)


def conclude(finding: str, reasons: Iterable[tuple[str, str]], checks: Mapping[str, str] | None = None) -> Finding:
    """Make a finding of the reasons met: failed before open, then in the order of the table; none means passed.

    Args:
        finding: which of the eight.
        reasons: code and detail of each reason.
        checks: single answers to keep beside it.
    """
    failed, open_ = CODES[finding]
    order = {code: place for place, code in enumerate((*failed, *open_))}
    found = min(reasons, key=lambda reason: order[reason[0]], default=None)
    if found is None:
        return Finding(Result.PASSED, checks=checks or {})
    result = Result.FAILED if found[0] in failed else Result.INDETERMINATE
    return Finding(result, found[0], found[1], checks or {})


@dataclass(frozen=True, slots=True)
class Times:
    """When: what the signer claims, and what a time-stamp authority proves."""

    claimed: datetime | None = None
    proven: ProvenTime | None = None


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature, judged by itself.

    Attributes:
        id: the signature's own id, or empty for a value examined alone.
        form: `ses-v1`, `ses-v4`, `ses-v5`, `gbt35275`, `sm2-bare` or `unknown`.
        findings: the eight answers by name, in the order of `FINDINGS`.
        uncovered: members a reader shows although the signature does not protect them.
        signer: the certificate whose key made the value.
        seal: the seal inside the value.
        remarks: deviation codes.
    """

    id: str
    form: str
    findings: Mapping[str, Finding]
    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    signer: Certificate | None = None
    seal: Seal | None = None
    times: Times = field(default_factory=Times)
    remarks: frozenset[str] = frozenset()

    @property
    def indication(self) -> Indication:
        """The worst of the findings, the harmless codes aside."""
        if any(one.result is Result.FAILED for one in self.findings.values()):
            return Indication.TOTAL_FAILED
        if any(one.result is Result.INDETERMINATE and one.code not in HARMLESS for one in self.findings.values()):
            return Indication.INDETERMINATE
        return Indication.TOTAL_PASSED

    @property
    def sub_indication(self) -> str | None:
        """The word for the first failed finding in the order of the table, else for the first open one."""
        for result in (Result.FAILED, Result.INDETERMINATE):
            for name in FINDINGS:
                found = self.findings[name]
                if found.result is result and found.code is not None and found.code not in HARMLESS:
                    return _BY_CODE.get(found.code, _BY_FINDING[name])
        return None


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """What is to be said of a whole file.

    Attributes:
        format: `ofd`, `pdf`, `seal`, `seal-value`, `signed-data` or `unknown`.
        digest: SM3 of the file.
        judged_at: the instant the judgement holds for.
        failure: why the file as a whole fails or stays open, with its word; overrides the signatures.
        remarks: deviation codes of the whole file.
    """

    format: str
    digest: bytes
    judged_at: datetime
    signatures: tuple[SignatureReport, ...] = ()
    failure: tuple[Indication, str, str] | None = None
    remarks: frozenset[str] = frozenset()

    @property
    def indication(self) -> Indication:
        """The worst of the signatures'."""
        if self.failure is not None:
            return self.failure[0]
        if not self.signatures:
            return Indication.NO_SIGNATURE_FOUND
        return max((one.indication for one in self.signatures), key=_BADNESS.__getitem__)

    @property
    def sub_indication(self) -> str | None:
        """That of the first signature with the document's indication."""
        if self.failure is not None:
            return self.failure[1]
        indication = self.indication
        return next((one.sub_indication for one in self.signatures if one.indication is indication), None)

    def require_valid(self) -> None:
        """Raise unless every signature passes and there is one.

        Raises:
            NotValid: with the two words of the report.
        """
        if self.indication is not Indication.TOTAL_PASSED:
            raise NotValid(f"{self.indication.value} {self.sub_indication or ''}".strip())
