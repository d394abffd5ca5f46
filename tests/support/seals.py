"""A seal and a stamping as values, for tests of rules and tables."""

from datetime import UTC, datetime, timedelta

from seal.model.seal import Seal, SealId
from seal.model.stamping import Stamping
from trust.values.credit_code import CreditCode

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
OWNER = CreditCode.parse("11440000006939748G")
SEAL = Seal(
    id=SealId.parse("44000000000001"),
    name="示例省示例局",
    owner=OWNER,
    owner_name="示例省示例局",
    kind=1,
    key="seal/44000000000001",
    width=42,
    height=42,
    made_at=AT,
    valid_from=AT,
    valid_to=AT + timedelta(days=365),
)
USABLE = SEAL.finished(b"certificate", b"data")
STAMPING = Stamping("0" * 32, "operator os:alice", "key", "c" * 64, SEAL.id, 2, "s001", "d" * 64, AT)
