"""The first answer to a request that carries an idempotency key, kept so that every repetition gets the same.

Answers may say something about a person, and a digest of a short request can be guessed, so neither is stored as it
is: digests are HMAC-SM3, answers SM4-GCM bound to requester and key.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, Index, LargeBinary, String, Table, bindparam, delete, select, update

from certs.sm import sm3, sm4
from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.storage.database import Database
from trust.storage.tables import UtcDateTime, metadata
from trust.storage.upsert import insert_for

LEASE: Final = timedelta(seconds=60)  # after that the process that began is taken for dead
MAX_KEY_CHARACTERS: Final = 200

answers = Table(
    "trust_answer",
    metadata,
    Column("requester", String(200), primary_key=True),
    Column("key", String(MAX_KEY_CHARACTERS), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("holder", String(32), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("answer", LargeBinary),  # none while the first request is at work
)
Index("ix_trust_answer_begun_at", answers.c.begun_at)

t = answers.c
_MINE = (t.requester == bindparam("of"), t.key == bindparam("named"))
_FIND = select(t.digest, t.holder, t.begun_at, t.answer).where(*_MINE)
_HELD = (*_MINE, t.holder == bindparam("by"), t.answer.is_(None))
_TAKE_OVER = update(answers).where(*_HELD).values(holder=bindparam("new_holder"), begun_at=bindparam("at"))
_KEEP = update(answers).where(*_HELD).values(answer=bindparam("sealed"))
_FORGET_ONE = delete(answers).where(*_HELD)


class IdempotencyKeyReused(TrustError):
    """The key came before with another request."""

    kind, code = Kind.CONFLICT, "idempotency-key-reused"


class RequestInProgress(TrustError):
    """The first request with this key has not been answered yet; repeat a little later."""

    kind, code = Kind.CONFLICT, "request-in-progress"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a request first."""

    requester: str
    key: str
    holder: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one database."""

    database: Database
    clock: Clock
    secret: bytes = field(repr=False)

    def begin(self, requester: str, key: str, request: bytes) -> Claim | bytes:
        """Claim the request, or return the answer it got before.

        Args:
            requester: keys of different requesters never meet.
            key: what the requester chose.
            request: what makes a repetition the same request, in any unambiguous spelling.

        Raises:
            IdempotencyKeyReused: the key came before with another request.
            RequestInProgress: the first one is at work.
        """
        now, holder = self.clock.now(), secrets.token_hex(16)
        digest = sm3.hmac(self.secret, b"request\0" + request)
        mine = {"of": requester, "named": key}
        with self.database.writing() as db:
            row = {"requester": requester, "key": key, "digest": digest, "holder": holder, "begun_at": now}
            if db.execute(insert_for(db, answers).on_conflict_do_nothing().returning(t.key), row).first():
                return Claim(requester, key, holder)
            found = db.execute(_FIND, mine).one_or_none()
            if found is None:  # PostgreSQL: the first one failed and took its row back just now
                raise RequestInProgress("repeat the request")
            if found.digest != digest:
                raise IdempotencyKeyReused("this Idempotency-Key belongs to another request")
            if found.answer is not None:
                return self._open(requester, key, found.answer)
            stale = {**mine, "by": found.holder, "new_holder": holder, "at": now}
            if found.begun_at > now - LEASE or not db.execute(_TAKE_OVER, stale).rowcount:
                raise RequestInProgress("the first request with this Idempotency-Key is still at work")
            return Claim(requester, key, holder)

    def keep(self, claim: Claim, answer: bytes) -> None:
        """Keep the answer for every repetition; a claim that was taken over meanwhile keeps nothing."""
        sealed = self._seal(claim.requester, claim.key, answer)
        with self.database.writing() as db:
            db.execute(_KEEP, {"of": claim.requester, "named": claim.key, "by": claim.holder, "sealed": sealed})

    def release(self, claim: Claim) -> None:
        """Let the request be tried afresh: it had no effect."""
        with self.database.writing() as db:
            db.execute(_FORGET_ONE, {"of": claim.requester, "named": claim.key, "by": claim.holder})

    def forget(self, before: datetime) -> int:
        """Delete what began before the instant; returns how many went."""
        with self.database.writing() as db:
            return db.execute(delete(answers).where(t.begun_at < before)).rowcount

    def _seal(self, requester: str, key: str, answer: bytes) -> bytes:
        nonce = secrets.token_bytes(sm4.NONCE_SIZE)
        return nonce + sm4.gcm_encrypt(self._sealing_key(), nonce, answer, _bound(requester, key))

    def _open(self, requester: str, key: str, sealed: bytes) -> bytes:
        nonce, rest = sealed[: sm4.NONCE_SIZE], sealed[sm4.NONCE_SIZE :]
        return sm4.gcm_decrypt(self._sealing_key(), nonce, rest, _bound(requester, key))

    def _sealing_key(self) -> bytes:
        return sm3.hmac(self.secret, b"answer")[: sm4.KEY_SIZE]


def _bound(requester: str, key: str) -> bytes:
    return f"{len(requester)}:{requester}{key}".encode()
