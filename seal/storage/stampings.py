"""The repository of stampings: what was intended, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from seal.errors import StampingAbandoned, StampingInProgress
from seal.model.seal import SealId
from seal.model.stamping import Stamping, StampingState
from seal.storage.tables import stampings as t
from trust.storage.intents import beginning_again, ending
from trust.storage.upsert import insert_for

_BY_KEY = select(t).where(t.c.by == bindparam("of_by"), t.c.key.in_(bindparam("of_keys", expanding=True)))
_BY_ID = select(t).where(t.c.id.in_(bindparam("of_ids", expanding=True)))
_OF_SEAL = select(t).where(t.c.seal == bindparam("of_seal")).order_by(t.c.intended_at.desc()).limit(bindparam("most"))
_END = ending(t)
_AGAIN = beginning_again(t)


@dataclass(frozen=True, slots=True)
class Stampings:
    """Stampings as one transaction sees them."""

    db: Connection

    def find(self, by: str, keys: Iterable[str]) -> dict[str, Stamping]:
        """Return the stampings this orderer ever began under these idempotency keys, by key."""
        rows = self.db.execute(_BY_KEY, {"of_by": by, "of_keys": list(keys)})
        return {row.key: _stamping(row) for row in rows}

    def get(self, ids: Iterable[str]) -> Sequence[Stamping]:
        """Return the stampings with these ids."""
        return [_stamping(row) for row in self.db.execute(_BY_ID, {"of_ids": list(ids)})]

    def of_seal(self, seal: SealId, most: int = 100) -> Sequence[Stamping]:
        """Return the latest stampings with a seal, newest first."""
        return [_stamping(row) for row in self.db.execute(_OF_SEAL, {"of_seal": seal.text, "most": most})]

    def intend(self, stampings: Sequence[Stamping]) -> None:
        """Record intents: first attempts, and further ones at what was abandoned.

        Raises:
            StampingInProgress: somebody else recorded the same intent at the same time.
        """
        fresh = [{**_row(one), "id": one.id} for one in stampings if one.attempt == 1]
        if fresh:
            # Two orderers with one key: the second waits for the first, and then finds its own id missing.
            self.db.execute(insert_for(self.db, t).on_conflict_do_nothing(index_elements=[t.c.by, t.c.key]), fresh)
            ids = [row["id"] for row in fresh]
            if len(self.get(ids)) != len(ids):
                raise StampingInProgress("the same order is being carried out")
        for one in stampings:
            told = {**_row(one), "of_id": one.id, "of_attempt": one.attempt - 1}
            if one.attempt > 1 and self.db.execute(_AGAIN, told).rowcount != 1:
                raise StampingInProgress(f"stamping {one.id} was begun again by somebody else")

    def end(self, stamping: Stamping) -> None:
        """Record how an attempt ended, if it still stands as intended.

        Raises:
            StampingAbandoned: it was ended before, by the job that resolves what was interrupted.
        """
        told = {
            "of_id": stamping.id,
            "of_attempt": stamping.attempt,
            "to_state": stamping.state.value,
            "at": stamping.ended_at,
            "to_address": stamping.address,
            "why": stamping.reason,
        }
        if self.db.execute(_END, told).rowcount != 1:
            raise StampingAbandoned(f"stamping {stamping.id} was abandoned before it ended")


def _row(stamping: Stamping) -> dict[str, Any]:
    return {
        "by": stamping.by,
        "key": stamping.key,
        "order_digest": stamping.order,
        "seal": stamping.seal.text,
        "seal_revision": stamping.revision,
        "signature_id": stamping.signature_id,
        "data_hash": stamping.data_hash,
        "attempt": stamping.attempt,
        "state": stamping.state.value,
        "intended_at": stamping.intended_at,
        "ended_at": stamping.ended_at,
        "address": stamping.address,
        "reason": stamping.reason,
    }


def _stamping(row: Any) -> Stamping:
    return Stamping(
        id=row.id,
        by=row.by,
        key=row.key,
        order=row.order_digest,
        seal=SealId(row.seal),
        revision=row.seal_revision,
        signature_id=row.signature_id,
        data_hash=row.data_hash,
        intended_at=row.intended_at,
        attempt=row.attempt,
        state=StampingState(row.state),
        ended_at=row.ended_at,
        address=row.address,
        reason=row.reason,
    )
