"""Sessions as one transaction sees them: found by the digest of the cookie, ended for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.model.session import Session, decode_proofs, encode_proofs
from idp.storage.tables import sessions as t
from idp.storage.tables import visits as v
from trust.storage.upsert import insert_for
from trust.values.assurance import Rank

_BY_DIGEST = select(t).where(t.c.digest == bindparam("of_digest"))
_BY_SID = select(t).where(t.c.sid == bindparam("of_sid"))
_OF_ACCOUNT = (
    select(t).where(t.c.account == bindparam("of_account"), t.c.ended_at.is_(None)).order_by(t.c.seen_at.desc())
)
_END = (
    update(t)
    .where(t.c.sid == bindparam("of_sid"), t.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"), why=bindparam("because"))
)
_RUN_OUT = (
    select(t)
    .where(t.c.ended_at.is_(None), t.c.ends_at <= bindparam("at"))
    .order_by(t.c.ends_at)
    .limit(bindparam("most"))
)
_VISITS = select(v).where(v.c.sid == bindparam("of_sid")).order_by(v.c.first_at)
_SAVE = (
    update(t)
    .where(t.c.sid == bindparam("of_sid"), t.c.ended_at.is_(None))
    .values(
        proofs=bindparam("new_proofs"),
        acting=bindparam("new_acting"),
        cap=bindparam("new_cap"),
        seen_at=bindparam("new_seen"),
        ends_at=bindparam("new_ends"),
        stops_at=bindparam("new_stops"),
    )
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A client that a session signed in to, and as whom."""

    sid: str
    client: str
    sub: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """Who is signed in."""

    db: Connection

    def start(self, session: Session, digest: bytes) -> None:
        """Record a new session under the digest of its cookie."""
        row = {
            "sid": session.sid,
            "digest": digest,
            "account": session.account,
            "proofs": encode_proofs(session.proofs),
            "acting": session.acting,
            "cap": session.cap.value,
            "device": session.device,
            "network": session.network,
            "started_at": session.started_at,
            "seen_at": session.seen_at,
            "ends_at": session.ends_at,
            "stops_at": session.stops_at,
            "ended_at": None,
            "why": "",
        }
        self.db.execute(insert(t), row)

    def find(self, digest: bytes) -> Session | None:
        """Return the session of a cookie, live or not."""
        row = self.db.execute(_BY_DIGEST, {"of_digest": digest}).mappings().first()
        return None if row is None else _session(row)

    def find_by_sid(self, sid: str) -> Session | None:
        row = self.db.execute(_BY_SID, {"of_sid": sid}).mappings().first()
        return None if row is None else _session(row)

    def of_account(self, account: str, at: datetime) -> Sequence[Session]:
        """Return the live sessions of an account, the last seen first."""
        rows = self.db.execute(_OF_ACCOUNT, {"of_account": account}).mappings()
        return [one for one in map(_session, rows) if one.live(at)]

    def save(self, session: Session) -> bool:
        """Write factors, mandate, cap and ends back; tells whether the session still lived."""
        told = {
            "of_sid": session.sid,
            "new_proofs": encode_proofs(session.proofs),
            "new_acting": session.acting,
            "new_cap": session.cap.value,
            "new_seen": session.seen_at,
            "new_ends": session.ends_at,
            "new_stops": session.stops_at,
        }
        return self.db.execute(_SAVE, told).rowcount == 1

    def rekey(self, sid: str, digest: bytes) -> None:
        """Put the session under another cookie: an identifier known before signing in is worth nothing after."""
        self.db.execute(update(t).where(t.c.sid == sid).values(digest=digest))

    def end(self, sid: str, at: datetime, why: str) -> bool:
        """End a session because of ``logout``, ``expired`` or the like; tells whether it was this call that did."""
        return self.db.execute(_END, {"of_sid": sid, "at": at, "because": why}).rowcount == 1

    def run_out(self, at: datetime, most: int = 100) -> Sequence[Session]:
        """Return sessions whose time is over and that nobody ended yet."""
        return [_session(row) for row in self.db.execute(_RUN_OUT, {"at": at, "most": most}).mappings()]

    def visit(self, sid: str, client: str, sub: str, at: datetime) -> None:
        """Note that the session signed in to a client."""
        statement = insert_for(self.db, v)
        said = statement.on_conflict_do_update(
            index_elements=[v.c.sid, v.c.client], set_={"last_at": at, "sub": statement.excluded.sub}
        )
        self.db.execute(said, {"sid": sid, "client": client, "sub": sub, "first_at": at, "last_at": at})

    def visits(self, sid: str) -> Sequence[Visit]:
        """Return the clients a session signed in to."""
        return [
            Visit(row.sid, row.client, row.sub, row.first_at, row.last_at)
            for row in self.db.execute(_VISITS, {"of_sid": sid})
        ]

    def forget_ended(self, before: datetime, most: int = 500) -> int:
        """Delete sessions that ended long ago, and where they had been; returns how many."""
        old = select(t.c.sid).where(t.c.ended_at < before).order_by(t.c.ended_at).limit(most)
        sids = list(self.db.execute(old).scalars())
        if sids:
            self.db.execute(delete(v).where(v.c.sid.in_(sids)))
            self.db.execute(delete(t).where(t.c.sid.in_(sids)))
        return len(sids)


def _session(row: Mapping[Any, Any]) -> Session:
    return Session(
        sid=row["sid"],
        account=row["account"],
        proofs=decode_proofs(row["proofs"]),
        started_at=row["started_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        stops_at=row["stops_at"],
        acting=row["acting"],
        cap=Rank(row["cap"]),
        device=row["device"],
        network=row["network"],
        ended_at=row["ended_at"],
        why=row["why"],
    )
