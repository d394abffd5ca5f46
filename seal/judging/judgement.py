"""What the judgement of one signature value yields, before the document around it adds its share."""

from dataclasses import dataclass, field

from certs.certificate import Certificate
from seal.report import FINDINGS, NOT_APPLICABLE, Finding, Result, SignatureReport, Times, conclude
from seal.ses.seal_data import Seal

Reasons = list[tuple[str, str]]


@dataclass(slots=True)
class Judgement:
    """Findings in the making: reasons by finding; a finding that is not listed has nothing to judge.

    Attributes:
        reasons: for each finding that applies, its reasons; an empty list means passed.
        holds: whether the value verifies, for the chain of protection.
    """

    form: str = "unknown"
    reasons: dict[str, Reasons] = field(default_factory=dict)
    fixed: dict[str, Finding] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    signer: Certificate | None = None
    seal: Seal | None = None
    times: Times = field(default_factory=Times)
    remarks: set[str] = field(default_factory=set)
    scope: str | None = None  # the protected scope as the value states it
    method_family: str | None = None  # kind of key of the signer, to compare with what Signature.xml says

    def add(self, finding: str, *reasons: tuple[str, str]) -> None:
        """Say that a finding applies, and give reasons against it, if any."""
        self.reasons.setdefault(finding, []).extend(reasons)

    @property
    def holds(self) -> bool:
        """Whether digests and value are good: what the chain of protection builds on."""
        return all(name in self.reasons and not self.reasons[name] for name in ("integrity", "value"))

    def finding(self, name: str) -> Finding:
        """Conclude one finding."""
        if name in self.fixed:
            return self.fixed[name]
        if name not in self.reasons:
            return NOT_APPLICABLE
        return conclude(name, self.reasons[name], self.checks if name == "seal" else None)

    def report(
        self,
        identifier: str = "",
        *,
        covered: tuple[str, ...] = (),
        uncovered: tuple[str, ...] = (),
        modified: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> SignatureReport:
        """Conclude everything."""
        return SignatureReport(
            id=identifier,
            form=self.form,
            findings={name: self.finding(name) for name in FINDINGS},
            covered=covered,
            uncovered=uncovered,
            modified=modified,
            missing=missing,
            signer=self.signer,
            seal=self.seal,
            times=self.times,
            remarks=frozenset(self.remarks),
        )

    @property
    def integrity_failed(self) -> bool:
        """Whether the finding `integrity` has failed."""
        return self.finding("integrity").result is Result.FAILED
