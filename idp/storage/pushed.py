"""Authorization requests that clients pushed, each taken out once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, update

from idp.storage.tables_grants import pushed as t

_ADD = insert(t)
_TAKE = (
    update(t)
    .where(
        t.c.digest == bindparam("of_digest"),
        t.c.client == bindparam("of_client"),
        t.c.used_at.is_(None),
        t.c.until > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(t.c.parameters)
)
_FORGET = delete(t).where(t.c.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class PushedRequests:
    """The requests."""

    db: Connection

    def add(self, digest: bytes, client: str, parameters: Mapping[str, str], at: datetime, until: datetime) -> None:
        """Keep a request under the digest of its name."""
        kept = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"))
        row = {"digest": digest, "client": client, "parameters": kept, "at": at, "until": until, "used_at": None}
        self.db.execute(_ADD, row)

    def take(self, digest: bytes, client: str, at: datetime) -> Mapping[str, str] | None:
        """Return the request to its client, the first time and in time; None else."""
        row = self.db.execute(_TAKE, {"of_digest": digest, "of_client": client, "now": at}).first()
        if row is None:
            return None
        kept: dict[str, str] = json.loads(row.parameters)
        return kept

    def forget(self, at: datetime) -> int:
        """Delete requests that ran out; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount
