"""Tickets that carry a sign-in from an app into a page once, as one transaction sees them."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, update

from idp.model.assurance import Proof
from idp.model.challenge import digest_of
from idp.model.session import decode_proofs, encode_proofs
from idp.storage.tables_ties import tickets as t
from trust.values.assurance import Rank

_TAKE = (
    update(t)
    .where(
        t.c.digest == bindparam("of_digest"),
        t.c.client == bindparam("of_client"),
        t.c.key == bindparam("of_key"),
        t.c.used_at.is_(None),
        t.c.until > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(t.c.account, t.c.sid, t.c.proofs, t.c.cap)
)
_FORGET = delete(t).where(t.c.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class WebTicket:
    """What a ticket carries: the factors with their own instants, and the cap of the way they came."""

    account: str
    sid: str  # of the session in which the app got its token
    proofs: tuple[Proof, ...] = field(repr=False)
    cap: Rank


@dataclass(frozen=True, slots=True)
class WebTickets:
    """The tickets."""

    db: Connection

    def add(self, ticket: str, carried: WebTicket, client: str, key: str, at: datetime, until: datetime) -> None:
        """Record a ticket by its digest, for one client and the holder of one key."""
        row = {
            "digest": digest_of(ticket),
            "account": carried.account,
            "sid": carried.sid,
            "client": client,
            "key": key,
            "proofs": encode_proofs(carried.proofs),
            "cap": carried.cap.value,
            "at": at,
            "until": until,
            "used_at": None,
        }
        self.db.execute(insert(t), row)

    def take(self, ticket: str, client: str, key: str, at: datetime) -> WebTicket | None:
        """Return what a ticket carries to the first right one who brings it; None to everybody else."""
        if "\0" in client + key:  # which PostgreSQL takes in no text
            return None
        told = {"of_digest": digest_of(ticket), "of_client": client, "of_key": key, "now": at}
        row = self.db.execute(_TAKE, told).first()
        return None if row is None else WebTicket(row.account, row.sid, decode_proofs(row.proofs), Rank(row.cap))

    def forget(self, at: datetime) -> int:
        """Delete tickets that ran out; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount
