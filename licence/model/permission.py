"""May this body issue this type of licence, for this area, now: as our own registry stands."""

from datetime import datetime

from licence.errors import IssuerNotEntitled
from licence.formats.identifier import LicenceTypeCode
from trust.recognition.anchors import Anchors
from trust.recognition.entitlement import NotEntitled, entitled
from trust.values.credit_code import CreditCode
from trust.values.region import Area


def permit(anchors: Anchors, issuer: CreditCode, licence_type: LicenceTypeCode, area: Area, at: datetime) -> None:
    """Insist on the entitlement that every verifier will look for.

    Raises:
        IssuerNotEntitled: the message says why, in the words of the verification report.
    """
    answer = entitled(anchors, issuer, licence_type.text, area, at)
    if isinstance(answer, NotEntitled):
        raise IssuerNotEntitled(f"{issuer} may not issue {licence_type} for {area}: {answer.reason.value}")
