"""Authorization requests that wait for their user, and the answers users gave to questions about release."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.storage.tables import consents as c
from idp.storage.tables import interactions as t
from idp.storage.tables import releases as l

_GET = select(t).where(t.c.digest == bindparam("of_digest"))
_PROGRESS = (
    update(t).where(t.c.digest == bindparam("of_digest"), t.c.done_at.is_(None)).values(progress=bindparam("new"))
)
_DONE = update(t).where(t.c.digest == bindparam("of_digest"), t.c.done_at.is_(None)).values(done_at=bindparam("now"))
_CONSENT = (
    select(c)
    .where(
        c.c.account == bindparam("of_account"),
        c.c.client == bindparam("of_client"),
        c.c.body == bindparam("for_body"),
        c.c.withdrawn_at.is_(None),
        c.c.until > bindparam("now"),
    )
    .order_by(c.c.at.desc())
    .limit(1)
)
_CONSENTS = select(c).where(
    c.c.account == bindparam("of_account"), c.c.withdrawn_at.is_(None), c.c.until > bindparam("now")
)
_RELEASE = insert(l).inline()
_RELEASES = select(l).where(l.c.account == bindparam("of_account")).order_by(l.c.id.desc()).limit(bindparam("most"))


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request that waits; `progress` holds what the user settled on the way."""

    digest: bytes
    browser: bytes
    client: str
    parameters: Mapping[str, str] = field(repr=False)
    progress: Mapping[str, Any]
    at: datetime
    until: datetime
    done_at: datetime | None = None

    def open(self, at: datetime) -> bool:
        return self.done_at is None and at < self.until

    def with_progress(self, **more: Any) -> "Interaction":
        return replace(self, progress={**self.progress, **more})


@dataclass(frozen=True, slots=True)
class Consent:
    """A receipt: who let whom have what, for which purpose, until when."""

    id: str
    account: str
    client: str
    body: str
    scopes: frozenset[str]
    claims: frozenset[str]
    purpose: str
    at: datetime
    until: datetime

    def covers(self, scopes: frozenset[str], claims: frozenset[str]) -> bool:
        return scopes <= self.scopes and claims <= self.claims


@dataclass(frozen=True, slots=True)
class Release:
    """A line of a user's own history."""

    client: str
    kind: str
    detail: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Interactions:
    """Requests on their way through the pages."""

    db: Connection

    def add(self, one: Interaction) -> None:
        self.db.execute(
            insert(t),
            {
                "digest": one.digest,
                "browser": one.browser,
                "client": one.client,
                "request": json.dumps(one.parameters, ensure_ascii=False, separators=(",", ":")),
                "progress": json.dumps(one.progress, separators=(",", ":")),
                "at": one.at,
                "until": one.until,
                "done_at": None,
            },
        )

    def find(self, digest: bytes) -> Interaction | None:
        row = self.db.execute(_GET, {"of_digest": digest}).first()
        if row is None:
            return None
        return Interaction(
            row.digest, row.browser, row.client, json.loads(row.request), json.loads(row.progress), row.at, row.until,
            row.done_at,
        )  # fmt: skip

    def save(self, one: Interaction) -> None:
        self.db.execute(_PROGRESS, {"of_digest": one.digest, "new": json.dumps(one.progress, separators=(",", ":"))})

    def finish(self, digest: bytes, at: datetime) -> bool:
        """End an interaction; of any number of callers one hears yes."""
        return self.db.execute(_DONE, {"of_digest": digest, "now": at}).rowcount == 1

    def forget_expired(self, before: datetime, most: int = 1_000) -> int:
        """Delete interactions whose time is over; returns how many."""
        old = select(t.c.digest).where(t.c.until < before).order_by(t.c.until).limit(most)
        return self.db.execute(delete(t).where(t.c.digest.in_(old))).rowcount


@dataclass(frozen=True, slots=True)
class Consents:
    """What users agreed to, and what was released."""

    db: Connection

    def find(self, account: str, client: str, body: str, at: datetime) -> Consent | None:
        """Return the consent in force."""
        told = {"of_account": account, "of_client": client, "for_body": body, "now": at}
        row = self.db.execute(_CONSENT, told).first()
        return None if row is None else _consent(row)

    def of(self, account: str, at: datetime) -> Sequence[Consent]:
        """Return every consent in force of an account."""
        return [_consent(row) for row in self.db.execute(_CONSENTS, {"of_account": account, "now": at})]

    def give(self, account: str, client: str, body: str, scopes: frozenset[str], claims: frozenset[str], purpose: str,
             at: datetime, until: datetime) -> Consent:  # fmt: skip
        """Record a consent; one before it for the same client and body ends."""
        self.withdraw(account, client, at, body)
        given = Consent(secrets.token_hex(16), account, client, body, scopes, claims, purpose, at, until)
        self.db.execute(
            insert(c),
            {
                "id": given.id,
                "account": account,
                "client": client,
                "body": body,
                "scopes": " ".join(sorted(scopes)),
                "claims": " ".join(sorted(claims)),
                "purpose": purpose,
                "at": at,
                "until": until,
                "withdrawn_at": None,
            },
        )
        return given

    def withdraw(self, account: str, client: str, at: datetime, body: str | None = None) -> int:
        """Take back what a client was allowed; returns how many consents ended."""
        statement = update(c).where(c.c.account == account, c.c.client == client, c.c.withdrawn_at.is_(None))
        if body is not None:
            statement = statement.where(c.c.body == body)
        return self.db.execute(statement.values(withdrawn_at=at)).rowcount

    def release(self, account: str, client: str, kind: str, sid: str, detail: Mapping[str, Any], at: datetime) -> None:
        """Write a line into the user's history: names of what was released, never a value."""
        told = json.dumps(detail, separators=(",", ":"))
        row = {"account": account, "client": client, "kind": kind, "sid": sid, "detail": told, "at": at}
        self.db.execute(_RELEASE, row)

    def history(self, account: str, most: int = 100) -> Sequence[Release]:
        """Return the newest lines of a user's history."""
        rows = self.db.execute(_RELEASES, {"of_account": account, "most": most})
        return [Release(row.client, row.kind, json.loads(row.detail), row.at) for row in rows]


def _consent(row: Any) -> Consent:
    return Consent(
        row.id, row.account, row.client, row.body, frozenset(row.scopes.split()), frozenset(row.claims.split()),
        row.purpose, row.at, row.until,
    )  # fmt: skip
