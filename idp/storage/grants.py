"""Grants, codes, access and refresh tokens as one transaction sees them; single use is decided by the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.model.grant import Context, Grant
from idp.storage.tables import accesses as a
from idp.storage.tables import grants as g
from idp.storage.tables import refreshes as r

_GRANT_COLUMNS = (
    g.c.id, g.c.client, g.c.account, g.c.sid, g.c.sub, g.c.scopes, g.c.context, g.c.offline, g.c.at, g.c.revoked_at,
    g.c.code_until, g.c.code_used_at,
)  # fmt: skip
_ADD = insert(g).inline()
_GET = select(*_GRANT_COLUMNS).where(g.c.id == bindparam("of_id"))
_BY_CODE = select(*_GRANT_COLUMNS).where(g.c.code == bindparam("of_code"))
_USE_CODE = (
    update(g)
    .where(g.c.id == bindparam("of_id"), g.c.code_used_at.is_(None), g.c.revoked_at.is_(None))
    .values(code_used_at=bindparam("now"))
)
_REVOKE = update(g).where(g.c.id == bindparam("of_id"), g.c.revoked_at.is_(None)).values(revoked_at=bindparam("now"))
_REVOKE_OF_SESSION = (
    update(g)
    .where(g.c.sid == bindparam("of_sid"), g.c.offline.is_(False), g.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_ADD_ACCESS = insert(a).inline()
_ACCESS = (
    select(
        a.c.grant, a.c.client, a.c.scopes, a.c.audience, a.c.key, a.c.actor, a.c.at, a.c.until, a.c.revoked_at,
        g.c.revoked_at.label("grant_revoked_at"), g.c.account, g.c.sid, g.c.sub, g.c.context,
    )
    .select_from(a.outerjoin(g, a.c.grant == g.c.id))
    .where(a.c.digest == bindparam("of_digest"))
)  # fmt: skip
_ADD_REFRESH = insert(r).inline()
_REFRESH = select(r).where(r.c.digest == bindparam("of_digest"))
_USE_REFRESH = (
    update(r).where(r.c.digest == bindparam("of_digest"), r.c.used_at.is_(None)).values(used_at=bindparam("now"))
)
_USE_REFRESH_AGAIN = (
    update(r)
    .where(r.c.digest == bindparam("of_digest"), r.c.used_at > bindparam("since"), r.c.again < bindparam("most"))
    .values(again=r.c.again + 1)
)


@dataclass(frozen=True, slots=True)
class Access:
    """An access token that was presented, and the grant it comes from."""

    client: str
    scopes: tuple[str, ...]
    audience: tuple[str, ...]
    key: str
    actor: str
    at: datetime
    until: datetime
    revoked: bool
    grant: str
    account: str
    sid: str
    sub: str
    context: str  # JSON of the grant's context, decoded by whoever needs it

    def live(self, at: datetime) -> bool:
        return not self.revoked and at < self.until


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token that was presented."""

    digest: bytes
    grant: str
    scopes: tuple[str, ...]
    key: str
    until: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything that was granted."""

    db: Connection

    def add(self, grant: Grant, code: bytes | None = None) -> None:
        """Record a grant, with the digest of its code when there is one."""
        self.db.execute(
            _ADD,
            {
                "id": grant.id,
                "client": grant.client,
                "account": grant.account,
                "sid": grant.sid,
                "sub": grant.sub,
                "scopes": " ".join(grant.scopes),
                "context": grant.context.encode(),
                "offline": grant.offline,
                "code": code,
                "code_until": grant.code_until,
                "code_used_at": None,
                "at": grant.at,
                "revoked_at": None,
            },
        )

    def find(self, grant: str) -> Grant | None:
        row = self.db.execute(_GET, {"of_id": grant}).mappings().first()
        return None if row is None else _grant(row)

    def find_by_code(self, digest: bytes) -> Grant | None:
        """Return whose code this is, used or not."""
        row = self.db.execute(_BY_CODE, {"of_code": digest}).mappings().first()
        return None if row is None else _grant(row)

    def use_code(self, grant: str, at: datetime) -> bool:
        """Redeem a grant's code; of any number of callers one hears yes."""
        return self.db.execute(_USE_CODE, {"of_id": grant, "now": at}).rowcount == 1

    def revoke(self, grant: str, at: datetime) -> bool:
        """Revoke a grant and with it every token that came from it."""
        return self.db.execute(_REVOKE, {"of_id": grant, "now": at}).rowcount == 1

    def revoke_of_session(self, sid: str, at: datetime) -> int:
        """Revoke what a session granted, but for what outlives sessions."""
        return self.db.execute(_REVOKE_OF_SESSION, {"of_sid": sid, "now": at}).rowcount

    def revoke_of(self, account: str, client: str | None, at: datetime) -> int:
        """Revoke everything an account granted, to one client or to all."""
        statement = update(g).where(g.c.account == account, g.c.revoked_at.is_(None))
        if client is not None:
            statement = statement.where(g.c.client == client)
        return self.db.execute(statement.values(revoked_at=at)).rowcount

    def add_access(self, digest: bytes, grant: Grant | None, client: str, scopes: tuple[str, ...], at: datetime,
                   until: datetime, *, audience: tuple[str, ...] = (), key: str = "", actor: str = "") -> None:  # fmt: skip
        """Record an access token; without a grant it is the client's own."""
        self.db.execute(
            _ADD_ACCESS,
            {
                "digest": digest,
                "grant": grant.id if grant is not None else "",
                "client": client,
                "scopes": " ".join(scopes),
                "audience": " ".join(audience),
                "key": key,
                "actor": actor,
                "at": at,
                "until": until,
                "revoked_at": None,
            },
        )

    def find_access(self, digest: bytes) -> Access | None:
        """Return an access token, live or not."""
        row = self.db.execute(_ACCESS, {"of_digest": digest}).first()
        if row is None:
            return None
        return Access(
            client=row.client,
            scopes=tuple(row.scopes.split()),
            audience=tuple(row.audience.split()),
            key=row.key,
            actor=row.actor,
            at=row.at,
            until=row.until,
            revoked=row.revoked_at is not None or row.grant_revoked_at is not None,
            grant=row.grant,
            account=row.account or "",
            sid=row.sid or "",
            sub=row.sub or "",
            context=row.context or "{}",
        )

    def revoke_access(self, digest: bytes, at: datetime) -> bool:
        """Revoke one access token."""
        statement = update(a).where(a.c.digest == digest, a.c.revoked_at.is_(None)).values(revoked_at=at)
        return self.db.execute(statement).rowcount == 1

    def add_refresh(self, digest: bytes, grant: str, scopes: tuple[str, ...], key: str, at: datetime,
                    until: datetime) -> None:  # fmt: skip
        """Record a refresh token."""
        row = {"digest": digest, "grant": grant, "scopes": " ".join(scopes), "key": key, "at": at, "until": until,
               "used_at": None, "again": 0}  # fmt: skip
        self.db.execute(_ADD_REFRESH, row)

    def find_refresh(self, digest: bytes) -> Refresh | None:
        """Return a refresh token, used or not."""
        row = self.db.execute(_REFRESH, {"of_digest": digest}).first()
        if row is None:
            return None
        return Refresh(digest, row.grant, tuple(row.scopes.split()), row.key, row.until, row.used_at)

    def use_refresh(self, digest: bytes, at: datetime) -> bool:
        """Use a refresh token up; of any number of callers one hears yes."""
        return self.db.execute(_USE_REFRESH, {"of_digest": digest, "now": at}).rowcount == 1

    def use_refresh_again(self, digest: bytes, at: datetime, grace: timedelta, most: int) -> bool:
        """Use a refresh token again shortly after its use, a counted number of times: its answer may have been lost."""
        told = {"of_digest": digest, "since": at - grace, "most": most}
        return self.db.execute(_USE_REFRESH_AGAIN, told).rowcount == 1

    def forget_expired(self, before: datetime, most: int = 1_000) -> int:
        """Delete tokens that expired long ago, a group at a time; returns how many."""
        gone = 0
        for table in (a, r):
            old = select(table.c.digest).where(table.c.until < before).order_by(table.c.until).limit(most)
            gone += self.db.execute(delete(table).where(table.c.digest.in_(old))).rowcount
        return gone


def _grant(row: Mapping[Any, Any]) -> Grant:
    return Grant(
        id=row["id"],
        client=row["client"],
        account=row["account"],
        sid=row["sid"],
        sub=row["sub"],
        scopes=tuple(row["scopes"].split()),
        context=Context.decode(row["context"]),
        offline=row["offline"],
        at=row["at"],
        revoked_at=row["revoked_at"],
        code_until=row["code_until"],
        code_used_at=row["code_used_at"],
    )
