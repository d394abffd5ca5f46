"""What is shown when somebody signs in, and what is known about whoever does."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """One factor shown in a session, such as ``password`` or ``passkey``."""

    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was proved about an account, by whom, and until when that holds."""

    kind: str
    at: datetime
    expires_at: datetime | None
    source: str
    txn: str = ""
    carries_number: bool = False
