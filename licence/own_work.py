"""Our own licences before they leave: judged by the public verifier, against our own published registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from licence.errors import OwnLicenceRefused
from licence.formats import licence_file
from licence.formats.metadata import Metadata
from licence.own_registry import OwnRegistry
from licence.verdicts import Overall
from licence.verification import examine
from seal.report import Result
from trust.recognition.evidence import Evidence


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Judge what we made."""

    registry: OwnRegistry

    def require_accepted(self, document: bytes, stated: Metadata, shown: Mapping[str, str], at: datetime) -> datetime:
        """Insist that a licence is accepted by the proofs it carries, and says and shows what was ordered.

        Returns the instant at which it was sealed.

        Raises:
            OwnLicenceRefused: it is not, or does not.
        """
        report = examine(document, self.registry.anchors(at), Evidence(), at)
        if report.overall not in (Overall.ACCEPTED, Overall.ACCEPTED_AS_OF):
            wrong = [
                f"{name} {verdict.code}: {verdict.detail}"
                for name, verdict in report.verdicts.items()
                if verdict.result in (Result.FAILED, Result.INDETERMINATE)
            ]
            raise OwnLicenceRefused(f"{stated.identifier} does not pass: {'; '.join(wrong)}")
        found = licence_file.read(document)
        if found.metadata != stated or dict(found.shown) != dict(shown):
            raise OwnLicenceRefused(f"{stated.identifier} does not say what was ordered")
        return report.as_of or at
