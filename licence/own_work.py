"""Our own licences before they leave: judged by the public verifier, against our own published registry."""

from collections.abc import Mapping
from datetime import datetime

from licence.errors import OwnLicenceRefused
from licence.formats.metadata import Metadata
from licence.verdicts import Overall
from licence.verification import examine
from seal.report import Result
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence


def require_accepted(
    document: bytes, anchors: Anchors, stated: Metadata, shown: Mapping[str, str], at: datetime
) -> datetime:
    """The instant at which a licence was sealed, if it is accepted by the proofs it carries and says what was ordered.

    Args:
        document: the sealed file.
        anchors: whom our registry recognises.
        stated: what the file must say of itself.
        shown: what its page must show for each item.
        at: now.

    Raises:
        OwnLicenceRefused: it is not accepted, or says or shows something else.
    """
    report = examine(document, anchors, Evidence(), at)
    if report.overall not in (Overall.ACCEPTED, Overall.ACCEPTED_AS_OF):
        wrong = [
            f"{name} {verdict.code}: {verdict.detail}"
            for name, verdict in report.verdicts.items()
            if verdict.result in (Result.FAILED, Result.INDETERMINATE)
        ]
        raise OwnLicenceRefused(f"{stated.identifier} does not pass: {'; '.join(wrong)}")
    found = report.stated
    if found is None or found.metadata != stated or dict(found.shown) != dict(shown):
        raise OwnLicenceRefused(f"{stated.identifier} does not say what was ordered")
    return report.as_of or at
