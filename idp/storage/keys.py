"""The repository of keys that sign tokens."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exc, insert, select, update

from idp.errors import SigningKeysChanged
from idp.model.signing_key import KeyRecord, Standing
from idp.storage.tables_keys import keys as t

_ALL = select(t).order_by(t.c.alg, t.c.number)
_MOVE = (
    update(t)
    .where(t.c.kid == bindparam("of_kid"), t.c.standing == bindparam("before"))
    .values(standing=bindparam("after"), since=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class KeyRecords:
    """The keys as one transaction sees them."""

    db: Connection

    def all(self) -> Sequence[KeyRecord]:
        """Return every key that ever was, by algorithm and number."""
        return [
            KeyRecord(row.kid, row.alg, row.number, Standing(row.standing), json.loads(row.public), row.since)
            for row in self.db.execute(_ALL)
        ]

    def move(self, key: KeyRecord, standing: Standing, at: datetime) -> None:
        """Let a key stand elsewhere from now on.

        Raises:
            SigningKeysChanged: it stands elsewhere already, or another key took its place.
        """
        told = {"of_kid": key.kid, "before": key.standing.value, "after": standing.value, "at": at}
        try:
            moved = self.db.execute(_MOVE, told).rowcount
        except exc.IntegrityError as error:
            raise SigningKeysChanged(f"another {standing.value} key of {key.alg} came first") from error
        if moved != 1:
            raise SigningKeysChanged(f"the key {key.kid} is not {key.standing.value} any more")

    def add(self, key: KeyRecord) -> None:
        """Record a new key.

        Raises:
            SigningKeysChanged: somebody else made one at the same moment.
        """
        row = {
            "kid": key.kid,
            "alg": key.alg,
            "number": key.number,
            "standing": key.standing.value,
            "public": json.dumps(dict(key.public)),
            "since": key.since,
        }
        try:
            self.db.execute(insert(t), row)
        except exc.IntegrityError as error:
            raise SigningKeysChanged(f"somebody else made key {key.number} of {key.alg}") from error
