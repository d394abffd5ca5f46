"""Browsers that are signed in at the pages of this home: who, and until when that need not be asked again.

The table holds digests of what a browser brings, never that itself. The issuer's tokens are sealed under a key that
only the browser's cookie gives, so whoever has the table alone can neither use them nor be anybody.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from sqlalchemy import Column, Connection, Index, LargeBinary, String, Table, Text, bindparam, delete, select, update

from certs.sm import sm3, sm4
from trust.storage.tables import UtcDateTime, metadata
from trust.values.assurance import Rank
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal, PrincipalKind
from trust.values.region import Area

sign_ins = Table(
    "trust_sign_in",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the cookie
    Column("sid", String(255), nullable=False),  # the issuer's name of its session
    Column("subject", String(255), nullable=False),
    Column("principal", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("fresh_until", UtcDateTime, nullable=False),
    Column("renewing_until", UtcDateTime),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
Index("ix_trust_sign_in_sid", sign_ins.c.sid)
Index("ix_trust_sign_in_subject", sign_ins.c.subject)
Index("ix_trust_sign_in_ends_at", sign_ins.c.ends_at)

t = sign_ins.c
_MINE = t.digest == bindparam("of_digest")
_LIVE = t.ended_at.is_(None)
_FIND = select(sign_ins).where(_MINE, _LIVE, t.ends_at > bindparam("now"))
_END = update(sign_ins).where(_MINE, _LIVE).values(ended_at=bindparam("now"), sealed=b"")
_END_SID = update(sign_ins).where(t.sid == bindparam("of_sid"), _LIVE).values(ended_at=bindparam("now"), sealed=b"")
_END_SUBJECT = (
    update(sign_ins).where(t.subject == bindparam("of_subject"), _LIVE).values(ended_at=bindparam("now"), sealed=b"")
)
_CLAIM = (
    update(sign_ins)
    .where(
        _MINE,
        _LIVE,
        t.fresh_until == bindparam("seen_fresh"),
        t.renewing_until.is_(None) | (t.renewing_until <= bindparam("now")),
    )
    .values(renewing_until=bindparam("lease"))
)
_KEEP = (
    update(sign_ins)
    .where(_MINE, _LIVE, t.renewing_until == bindparam("lease"))
    .values(
        principal=bindparam("new_principal"),
        sealed=bindparam("new_sealed"),
        fresh_until=bindparam("new_fresh"),
        renewing_until=None,
    )
)
_RELEASE = update(sign_ins).where(_MINE, t.renewing_until == bindparam("lease")).values(renewing_until=None)
_FORGET = delete(sign_ins).where(t.ends_at <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a browser brings: 256 random bits, from which everything else about its session is derived."""

    text: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        return cls(secrets.token_urlsafe(32))

    @property
    def digest(self) -> bytes:
        """What the table knows."""
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def name(self) -> str:
        """What the journal calls this session."""
        return f"sign-in:{self.digest.hex()[:32]}"

    @property
    def csrf(self) -> str:
        """What forms of this browser carry."""
        return sm3.hmac(self.text.encode(), b"csrf").hex()

    def seal(self, tokens: Mapping[str, str]) -> bytes:
        """Tokens for the table."""
        nonce = secrets.token_bytes(sm4.NONCE_SIZE)
        return nonce + sm4.gcm_encrypt(self._key, nonce, json.dumps(dict(tokens)).encode(), self.digest)

    def open(self, sealed: bytes) -> dict[str, str]:
        """The tokens again."""
        nonce, rest = sealed[: sm4.NONCE_SIZE], sealed[sm4.NONCE_SIZE :]
        found: dict[str, str] = json.loads(sm4.gcm_decrypt(self._key, nonce, rest, self.digest))
        return found

    @property
    def _key(self) -> bytes:
        return sm3.hmac(self.text.encode(), b"seal")[: sm4.KEY_SIZE]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser that is signed in."""

    sid: str
    principal: Principal
    sealed: bytes = field(repr=False)
    began_at: datetime
    fresh_until: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignIns:
    """The signed-in browsers as one transaction sees them."""

    db: Connection

    def add(self, cookie: Cookie, one: SignIn) -> None:
        self.db.execute(
            sign_ins.insert().inline(),
            {
                "digest": cookie.digest,
                "sid": one.sid,
                "subject": one.principal.subject,
                "principal": _spell(one.principal),
                "sealed": one.sealed,
                "began_at": one.began_at,
                "fresh_until": one.fresh_until,
                "ends_at": one.ends_at,
            },
        )

    def find(self, cookie: Cookie, at: datetime) -> SignIn | None:
        """The session of a browser, unless it ended."""
        row = self.db.execute(_FIND, {"of_digest": cookie.digest, "now": at}).first()
        if row is None:
            return None
        return SignIn(row.sid, _read(row.principal), row.sealed, row.began_at, row.fresh_until, row.ends_at)

    def claim(self, cookie: Cookie, seen: SignIn, lease: datetime, at: datetime) -> bool:
        """Claim the right to renew what was seen; False when another request has it or has done it."""
        told = {"of_digest": cookie.digest, "seen_fresh": seen.fresh_until, "lease": lease, "now": at}
        return self.db.execute(_CLAIM, told).rowcount == 1

    def keep(self, cookie: Cookie, principal: Principal, sealed: bytes, fresh_until: datetime, lease: datetime) -> bool:
        """Keep what the renewal brought; False when the session ended meanwhile."""
        told = {
            "of_digest": cookie.digest, "lease": lease, "new_principal": _spell(principal), "new_sealed": sealed,
            "new_fresh": fresh_until,
        }  # fmt: skip
        return self.db.execute(_KEEP, told).rowcount == 1

    def release(self, cookie: Cookie, lease: datetime) -> None:
        """Give the right to renew back."""
        self.db.execute(_RELEASE, {"of_digest": cookie.digest, "lease": lease})

    def end(self, cookie: Cookie, at: datetime) -> bool:
        """End one session; False when it had ended."""
        return self.db.execute(_END, {"of_digest": cookie.digest, "now": at}).rowcount == 1

    def end_sid(self, sid: str, at: datetime) -> int:
        """End whatever began in one session of the issuer; returns how many ended."""
        return self.db.execute(_END_SID, {"of_sid": sid, "now": at}).rowcount

    def end_subject(self, subject: str, at: datetime) -> int:
        """End every session of a subject; returns how many ended."""
        return self.db.execute(_END_SUBJECT, {"of_subject": subject, "now": at}).rowcount

    def forget(self, at: datetime) -> int:
        """Delete what is over; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount


_PLAIN: Final = ("subject", "post", "acting_for", "client")


def _spell(by: Principal) -> str:
    said: dict[str, Any] = {name: getattr(by, name) for name in _PLAIN}
    said |= {
        "kind": by.kind.value,
        "level": by.level.value,
        "proven_at": by.proven_at.isoformat() if by.proven_at else None,
        "body": str(by.body) if by.body else None,
        "region": str(by.region) if by.region else None,
        "holder": by.holder.hex() if by.holder else None,
        "scopes": sorted(by.scopes),
    }
    return json.dumps({name: value for name, value in said.items() if value is not None}, separators=(",", ":"))


def _read(text: str) -> Principal:
    said: dict[str, Any] = json.loads(text)
    return Principal(
        **{name: said[name] for name in _PLAIN if name in said},
        kind=PrincipalKind(said["kind"]),
        level=Rank(said["level"]),
        proven_at=datetime.fromisoformat(said["proven_at"]) if "proven_at" in said else None,
        body=CreditCode(said["body"]) if "body" in said else None,
        region=Area(said["region"]) if "region" in said else None,
        holder=bytes.fromhex(said["holder"]) if "holder" in said else None,
        scopes=frozenset(said["scopes"]),
    )
