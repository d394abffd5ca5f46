"""The repository of issuances: what was intended, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from licence.errors import IssuanceAbandoned, IssuanceInProgress
from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.model.issuance import Issuance, IssuanceState
from licence.storage.tables import issuances as t
from trust.storage.intents import beginning_again, ending
from trust.storage.upsert import insert_for
from trust.values.credit_code import CreditCode

_BY_NUMBER = select(t).where(
    t.c.by == bindparam("of_by"), t.c.business_number.in_(bindparam("of_numbers", expanding=True))
)
_BY_ID = select(t).where(t.c.id.in_(bindparam("of_ids", expanding=True)))
_END = ending(t)
_AGAIN = beginning_again(t)


@dataclass(frozen=True, slots=True)
class Issuances:
    """Issuances as one transaction sees them."""

    db: Connection

    def find(self, by: str, business_numbers: Iterable[str]) -> dict[str, Issuance]:
        """Return the issuances this orderer ever began under these business numbers, by number."""
        rows = self.db.execute(_BY_NUMBER, {"of_by": by, "of_numbers": list(business_numbers)})
        return {row.business_number: _issuance(row) for row in rows}

    def get(self, ids: Iterable[str]) -> Sequence[Issuance]:
        """Return the issuances with these ids."""
        return [_issuance(row) for row in self.db.execute(_BY_ID, {"of_ids": list(ids)})]

    def intend(self, issuances: Sequence[Issuance]) -> None:
        """Record intents: first attempts, and further ones at what was abandoned.

        Raises:
            IssuanceInProgress: somebody else recorded the same intent at the same time.
        """
        fresh = [{**_row(one), "id": one.id} for one in issuances if one.attempt == 1]
        if fresh:
            # Two requests with one number: the second waits for the first, and then finds its own id missing.
            statement = insert_for(self.db, t).on_conflict_do_nothing(index_elements=[t.c.by, t.c.business_number])
            self.db.execute(statement, fresh)
            ids = [row["id"] for row in fresh]
            if len(self.get(ids)) != len(ids):
                raise IssuanceInProgress("the same order is being carried out")
        for one in issuances:
            told = {**_row(one), "of_id": one.id, "of_attempt": one.attempt - 1}
            if one.attempt > 1 and self.db.execute(_AGAIN, told).rowcount != 1:
                raise IssuanceInProgress(f"issuance {one.id} was begun again by somebody else")

    def end(self, issuance: Issuance) -> None:
        """Record how an attempt ended, if it still stands as intended.

        Raises:
            IssuanceAbandoned: it was ended before, by the job that resolves what was interrupted.
        """
        told = {
            "of_id": issuance.id,
            "of_attempt": issuance.attempt,
            "to_state": issuance.state.value,
            "at": issuance.ended_at,
            "to_address": issuance.address,
            "why": issuance.reason,
        }
        if self.db.execute(_END, told).rowcount != 1:
            raise IssuanceAbandoned(f"issuance {issuance.id} was abandoned before it ended")


def _row(issuance: Issuance) -> dict[str, Any]:
    identifier = issuance.identifier
    return {
        "by": issuance.by,
        "business_number": issuance.business_number,
        "order_digest": issuance.order,
        "type": identifier.type.text,
        "type_version": issuance.type_version,
        "issuer": identifier.issuer.text,
        "serial": identifier.serial,
        "version": identifier.version,
        "attempt": issuance.attempt,
        "state": issuance.state.value,
        "intended_at": issuance.intended_at,
        "ended_at": issuance.ended_at,
        "address": issuance.address,
        "reason": issuance.reason,
    }


def _issuance(row: Any) -> Issuance:
    return Issuance(
        id=row.id,
        by=row.by,
        business_number=row.business_number,
        order=row.order_digest,
        identifier=LicenceIdentifier(LicenceTypeCode.parse(row.type), CreditCode(row.issuer), row.serial, row.version),
        type_version=row.type_version,
        intended_at=row.intended_at,
        attempt=row.attempt,
        state=IssuanceState(row.state),
        ended_at=row.ended_at,
        address=row.address,
        reason=row.reason,
    )
