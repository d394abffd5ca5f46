"""Registered clients; what is read often is remembered for a second, so that a change bites everywhere at once."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.errors import ClientChanged, ClientMissing
from idp.model.client import Client, ClientState, Profile
from idp.storage.tables import clients as t
from trust.storage.database import Database

REMEMBERED_SECONDS: Final = 1.0
MAX_REMEMBERED: Final = 10_000
_GET = select(t).where(t.c.id == bindparam("of_id"))
_ALL = select(t).order_by(t.c.id)


@dataclass(frozen=True, slots=True)
class Clients:
    """Clients as one transaction sees them."""

    db: Connection

    def add(self, client: Client) -> None:
        self.db.execute(insert(t), _row(client))

    def find(self, client: str) -> Client | None:
        row = self.db.execute(_GET, {"of_id": client}).mappings().first()
        return None if row is None else _client(row)

    def get(self, client: str) -> Client:
        """Return the client; raises ClientMissing."""
        found = self.find(client)
        if found is None:
            raise ClientMissing("there is no such client")
        return found

    def all(self) -> Sequence[Client]:
        return [_client(row) for row in self.db.execute(_ALL).mappings()]

    def replace(self, before: Client, after: Client) -> None:
        """Write a changed client, whose revision follows that of the one it was made from.

        Raises:
            ClientChanged: somebody else changed it meanwhile.
        """
        row = _row(after) | {"revision": before.revision + 1}
        del row["id"]
        statement = update(t).where(t.c.id == before.id, t.c.revision == before.revision).values(**row)
        if self.db.execute(statement).rowcount != 1:
            raise ClientChanged("the client was changed by somebody else just now")


@dataclass(frozen=True, slots=True)
class KnownClients:
    """The clients of this process's requests, read again after a second."""

    database: Database
    _known: dict[str, tuple[float, Client | None]] = field(default_factory=dict, repr=False)
    _guard: Lock = field(default_factory=Lock, repr=False)

    def find(self, client: str) -> Client | None:
        """Return the client that is in use under this id."""
        now = time.monotonic()
        held = self._known.get(client)
        if held is not None and now - held[0] < REMEMBERED_SECONDS:
            return held[1]
        with self.database.reading() as db:
            found = Clients(db).find(client)
        if found is not None and not found.usable:
            found = None
        with self._guard:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            self._known[client] = now, found
        return found

    def forget(self, client: str) -> None:
        """Read it again at the next request of this process."""
        with self._guard:
            self._known.pop(client, None)


def _client(row: Mapping[Any, Any]) -> Client:
    return Client(
        id=row["id"],
        state=ClientState(row["state"]),
        profile=Profile(row["profile"]),
        first_party=row["first_party"],
        metadata=json.loads(row["metadata"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        revision=row["revision"],
        secret=row["secret"],
        old_secret=row["old_secret"],
        old_secret_until=row["old_secret_until"],
        registration=row["registration"],
    )


def _row(client: Client) -> dict[str, Any]:
    return {
        "id": client.id,
        "state": client.state.value,
        "profile": client.profile.value,
        "first_party": client.first_party,
        "metadata": client.encode_metadata(),
        "secret": client.secret,
        "old_secret": client.old_secret,
        "old_secret_until": client.old_secret_until,
        "registration": client.registration,
        "revision": client.revision,
        "created_by": client.created_by,
        "created_at": client.created_at,
        "changed_at": client.changed_at,
    }
