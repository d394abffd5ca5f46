"""Browsers on their way to a provider and back, as one transaction sees them: each comes back once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, update

from idp.model.challenge import digest_of
from idp.model.link import Leg, Purpose
from idp.storage.tables_ties import legs as t

_TAKE = (
    update(t)
    .where(
        t.c.digest == bindparam("of_digest"),
        t.c.browser == bindparam("of_browser"),
        t.c.provider == bindparam("of_provider"),
        t.c.purpose == bindparam("of_purpose"),
        t.c.used_at.is_(None),
        t.c.until > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(t.c.account, t.c.back, t.c.at, t.c.until)
)
_FORGET = delete(t).where(t.c.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Legs:
    """Who went where."""

    db: Connection

    def start(self, leg: Leg, state: str, browser: bytes) -> None:
        """Remember a browser, by the digest of its cookie, that leaves with this state."""
        row = {
            "digest": digest_of(state),
            "browser": browser,
            "provider": leg.provider,
            "purpose": leg.purpose.value,
            "account": leg.account,
            "back": leg.back,
            "at": leg.at,
            "until": leg.until,
            "used_at": None,
        }
        self.db.execute(insert(t), row)

    def take(self, provider: str, purpose: Purpose, state: str, browser: bytes, at: datetime) -> Leg | None:
        """Return the leg to the first who comes back with its state in its browser and time; None to everybody else."""
        told = {
            "of_digest": digest_of(state),
            "of_browser": browser,
            "of_provider": provider,
            "of_purpose": purpose.value,
            "now": at,
        }
        row = self.db.execute(_TAKE, told).first()
        return None if row is None else Leg(provider, purpose, row.account, row.back, row.at, row.until)

    def forget(self, at: datetime) -> int:
        """Delete legs that ran out; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount
