"""Verify one sealed OFD, seal, chains, lists and time stamp included, beside the bare SM2 checks it cannot do without."""

from datetime import timedelta

from certs.signer import Signer
from seal.report import Indication
from seal.verification import examine
from tests.benchmarks.harness import Effort, Row, cpu_per_call, milliseconds
from tests.support.hierarchy import NOW
from tests.support.sealed import Sealer
from trust.recognition.evidence import Evidence

SIGNATURES = 3  # sealer, seal maker, time stamp: what no verifier can leave out; links of chains are remembered


def run(effort: Effort) -> list[Row]:
    """Measure warm: keys parsed and links of chains remembered, as in a service that verifies all day."""
    sealer = Sealer()
    document, anchors, at = sealer.stamp(), sealer.anchors, NOW + timedelta(days=1)
    signer: Signer = sealer.pki["sealer"].signer
    message, key = b"message", sealer.pki["sealer"].certificate.public_key
    value = signer.sign(message)

    def verify() -> None:
        assert examine(document, anchors, Evidence(), at).indication is Indication.TOTAL_PASSED

    def bare() -> None:
        for _ in range(SIGNATURES):
            key.verify(value, message, signer.algorithm)

    figures = cpu_per_call({"verify": verify, "bare": bare}, effort)
    size = f"{len(document) / 1024:.0f} KB"
    return [
        Row(
            f"one OFD of {size} verified",
            milliseconds(figures["verify"]),
            figures["verify"] / figures["bare"],
            f"{SIGNATURES} bare SM2 checks",
            "≤ 10 ms",
        ),
    ]
