"""Logout tokens on their way, as one transaction sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.storage.tables_logout import deliveries as t
from trust.storage.unit_of_work import UnitOfWork

KIND = "idp-logout"  # of the jobs that carry them
_GET = select(t).where(t.c.id == bindparam("of_id"))
_NEWEST = select(t).order_by(t.c.at.desc(), t.c.id).limit(bindparam("most"))
_TRIED = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.state == "waiting")
    .values(state=bindparam("now_state"), tries=t.c.tries + 1, done_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A token for one client; without `sid` it is about every session of the subject."""

    id: str
    client: str
    sid: str
    sub: str
    tries: int
    state: str
    at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Logouts:
    """Delivery records."""

    db: Connection

    def find(self, delivery: str) -> Delivery | None:
        row = self.db.execute(_GET, {"of_id": delivery}).first()
        return None if row is None else Delivery(*row)

    def newest(self, most: int = 100) -> Sequence[Delivery]:
        """Return the records that were made last."""
        return [Delivery(*row) for row in self.db.execute(_NEWEST, {"most": most})]

    def tried(self, delivery: str, state: str, at: datetime) -> None:
        """Count a try and say what came of it."""
        self.db.execute(_TRIED, {"of_id": delivery, "now_state": state, "now": None if state == "waiting" else at})


def announce(work: UnitOfWork, delivery: str, client: str, sid: str, sub: str, at: datetime) -> None:
    """Record that a client has to be told, and put the job that does it, in one transaction with the reason."""
    row = {"id": delivery, "client": client, "sid": sid, "sub": sub, "tries": 0, "state": "waiting", "at": at}
    work.db.execute(insert(t), {**row, "done_at": None})
    work.jobs.put(KIND, f"{delivery}/0", {"delivery": delivery})
