"""Challenges as one transaction sees them: asked of one browser, taken once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, update

from idp.model.challenge import Challenge, ChallengeKind, digest_of
from idp.storage.tables_devices import challenges as t

_TAKE = (
    update(t)
    .where(
        t.c.digest == bindparam("of_digest"),
        t.c.kind == bindparam("of_kind"),
        t.c.browser == bindparam("of_browser"),
        t.c.used_at.is_(None),
        t.c.until > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(t.c.account, t.c.client, t.c.at, t.c.until)
)
_FORGET = delete(t).where(t.c.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Challenges:
    """What was asked."""

    db: Connection

    def ask(self, challenge: Challenge, browser: bytes) -> None:
        """Remember a challenge for the browser whose cookie has this digest."""
        row = {
            "digest": challenge.digest,
            "kind": challenge.kind.value,
            "browser": browser,
            "account": challenge.account,
            "client": challenge.client,
            "at": challenge.at,
            "until": challenge.until,
            "used_at": None,
        }
        self.db.execute(insert(t), row)

    def take(self, kind: ChallengeKind, nonce: str, browser: bytes, at: datetime) -> Challenge | None:
        """Return the challenge to the first who answers it in its browser and time; None to everybody else."""
        told = {"of_digest": digest_of(nonce), "of_kind": kind.value, "of_browser": browser, "now": at}
        row = self.db.execute(_TAKE, told).first()
        return None if row is None else Challenge(kind, nonce, row.account, row.client, row.at, row.until)

    def forget(self, at: datetime) -> int:
        """Delete what nobody can answer any more; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount
