"""What this home publishes under an address of its own: which object it is now, told by the package that publishes.

An authority in the same home says here where its newest list is, in the transaction that records the list, so that
whoever asks for a status reads the object instead of calling this home over the network.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, bindparam, select

from trust.storage.tables import UtcDateTime, metadata
from trust.storage.upsert import insert_for

published = Table(
    "trust_published",
    metadata,
    Column("url", String(500), primary_key=True),
    Column("address", String(64), nullable=False),  # in the object store
    Column("this_update", UtcDateTime, nullable=False),
)

t = published.c
_FIND = select(t.address).where(t.url == bindparam("of_url"))


@dataclass(frozen=True, slots=True)
class PublishedLists:
    """The published lists as one transaction sees them."""

    db: Connection

    def say(self, url: str, address: str, this_update: datetime) -> None:
        """Say that this object is what the address shows now; an older one never takes the place of a newer."""
        statement = insert_for(self.db, published).values(url=url, address=address, this_update=this_update)
        self.db.execute(
            statement.on_conflict_do_update(
                index_elements=[t.url],
                set_={"address": address, "this_update": this_update},
                where=t.this_update < this_update,
            )
        )

    def find(self, url: str) -> str | None:
        """The object that an address of this home shows now."""
        found: str | None = self.db.execute(_FIND, {"of_url": url}).scalar()
        return found
