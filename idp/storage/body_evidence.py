"""What is proved about a body: the checks of the register that were recorded for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from idp.model.assurance import Evidence
from idp.storage.evidence import EvidenceRecords


def body_evidence(db: Connection, body: str, at: datetime) -> Sequence[Evidence]:
    """Return what holds now; of a body that nobody checked, nothing."""
    return EvidenceRecords(db).of(body, at)
