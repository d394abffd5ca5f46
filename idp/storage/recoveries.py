"""Recoveries as one transaction sees them: each ends once, done or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.model.challenge import digest_of
from idp.model.recovery import Recovery, RecoveryState, Way
from idp.storage.tables_ties import recoveries as t

_WAITING = RecoveryState.WAITING.value
_OF_ACCOUNT = (
    select(t)
    .where(t.c.account == bindparam("of_account"), t.c.state == _WAITING, t.c.until > bindparam("now"))
    .order_by(t.c.at)
)
_BY_CANCEL = select(t).where(t.c.cancel == bindparam("of_word"))
_DUE = (
    select(t)
    .where(t.c.state == _WAITING, t.c.due_at <= bindparam("now"), t.c.until > bindparam("now"))
    .order_by(t.c.due_at)
    .limit(bindparam("most"))
)
_END = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.state == _WAITING)
    .values(state=bindparam("new_state"), ended_at=bindparam("now"), phone=None)
)


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Who waits to get back in."""

    db: Connection

    def add(self, recovery: Recovery, word: str, by: str) -> None:
        """Record a recovery that whoever has the word can cancel."""
        row = {
            "id": recovery.id,
            "account": recovery.account,
            "what": "phone",
            "way": recovery.way.value,
            "state": recovery.state.value,
            "phone": recovery.phone,
            "cancel": digest_of(word),
            "by": by,
            "at": recovery.at,
            "due_at": recovery.due_at,
            "until": recovery.until,
            "ended_at": None,
        }
        self.db.execute(insert(t), row)

    def of(self, account: str, at: datetime) -> Sequence[Recovery]:
        """Return what waits for an account."""
        return [_recovery(row) for row in self.db.execute(_OF_ACCOUNT, {"of_account": account, "now": at})]

    def find_by_word(self, word: str) -> Recovery | None:
        row = self.db.execute(_BY_CANCEL, {"of_word": digest_of(word)}).first()
        return None if row is None else _recovery(row)

    def due(self, at: datetime, most: int = 100) -> Sequence[Recovery]:
        """Return those whose delay has passed."""
        return [_recovery(row) for row in self.db.execute(_DUE, {"now": at, "most": most})]

    def end(self, recovery: str, state: RecoveryState, at: datetime) -> bool:
        """End one and forget the phone it kept; tells whether it was waiting."""
        return self.db.execute(_END, {"of_id": recovery, "new_state": state.value, "now": at}).rowcount == 1


def _recovery(row: Any) -> Recovery:
    return Recovery(
        id=row.id,
        account=row.account,
        way=Way(row.way),
        state=RecoveryState(row.state),
        at=row.at,
        due_at=row.due_at,
        until=row.until,
        phone=None if row.phone is None else bytes(row.phone),
    )
