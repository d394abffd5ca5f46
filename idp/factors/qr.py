"""Sign-in by a code that one screen shows and a person who is known elsewhere confirms.

A code counts once, for 90 seconds, in the browser that shows it. Whoever confirms types the number that stands beside it:
one wrong number ends the code, so that confirming without looking at the other screen does not work.

Standard:
    the idea of RFC 8628 (5.4 and 5.5, remote phishing and session spying) for our own pages and apps.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from idp.errors import ProofRefused, QrGone, QrMismatch
from idp.factors.possession import Shown
from idp.model.assurance import Proof
from idp.model.challenge import digest_of
from idp.model.device import QR
from idp.model.qr_login import ID_BYTES, REDEEM_WITHIN, QrLogin, QrState, new_number
from idp.storage.account_states import may_sign_in
from idp.storage.qr_logins import QrLogins
from trust.values.assurance import HIGHEST, Rank

MAX_ID: Final = 100  # characters


@dataclass(frozen=True, slots=True)
class Offer:
    """A code as its browser shows it."""

    id: str
    number: int
    until: datetime


@dataclass(frozen=True, slots=True)
class QrFactor:
    """Offers codes and moves them on."""

    life: timedelta

    def offer(self, db: Connection, browser: bytes, client: str, device: str, network: str, at: datetime) -> Offer:
        """Return a fresh code for a browser; the one it showed before is over.

        Args:
            db: remembers it.
            browser: digest of the cookie of the browser that shows the code.
            client: the relying platform that waits, or empty.
            device: that browser in words.
            network: its address block.
            at: now.
        """
        offer = Offer(secrets.token_urlsafe(ID_BYTES), new_number(), at + self.life)
        login = QrLogin(
            digest=digest_of(offer.id),
            browser=browser,
            client=client[:100],
            device=device[:100],
            network=network[:50],
            number=offer.number,
            stored=QrState.NEW,
            at=at,
            until=offer.until,
        )
        QrLogins(db).offer(login)
        return offer

    def look(self, db: Connection, code: str, browser: bytes) -> QrLogin | None:
        """Return a code to the browser that shows it; another one is told nothing."""
        found = _find(db, code)
        return found if found is not None and found.browser == browser else None

    def get(self, db: Connection, code: str) -> QrLogin:
        """Return a code, whatever became of it; raises QrGone where there is none."""
        return _get(db, code)

    def scan(self, db: Connection, code: str, account: str, at: datetime) -> QrLogin:
        """Return what somebody scanned; from then on nobody else can confirm it.

        Raises:
            QrGone: it ran out, or somebody else scanned it.
        """
        found = _get(db, code)
        if QrLogins(db).scan(found.digest, account, at):
            return found
        found = _get(db, code)
        if found.state(at) is not QrState.SCANNED or found.account != account:
            raise QrGone("the code does not count any more")
        return found

    def confirm(self, db: Connection, code: str, account: str, number: int, cap: Rank, at: datetime) -> bool:
        """Let the browser in that shows this number; False ends the code, because it shows another one.

        Args:
            db: where.
            code: the id.
            account: who confirms, the one who scanned.
            number: what the person reads on the other screen.
            cap: how surely whoever confirms is known; the new session is known no surer.
            at: now.

        Raises:
            QrGone: it is not waiting for this account.
        """
        found = _get(db, code)
        right = secrets.compare_digest(f"{found.number:02}", f"{number:02}")
        state, until = (QrState.CONFIRMED, at + REDEEM_WITHIN) if right else (QrState.REFUSED, found.until)
        if not QrLogins(db).decide(found.digest, account, state, cap if right else None, at, until):
            raise QrGone("the code does not count any more")
        return right

    def refuse(self, db: Connection, code: str, account: str, at: datetime) -> None:
        """End a code that its scanner does not want.

        Raises:
            QrGone: it is not waiting for this account.
        """
        found = _get(db, code)
        if not QrLogins(db).decide(found.digest, account, QrState.REFUSED, None, at, found.until):
            raise QrGone("the code does not count any more")

    def redeem(self, db: Connection, code: str, browser: bytes, at: datetime) -> Shown:
        """Return who confirmed, to the browser that shows the code, once.

        Raises:
            ProofRefused: nobody confirmed it in time, another browser shows it, or it was redeemed.
        """
        found = _find(db, code)
        if found is None or found.account is None or not may_sign_in(db, found.account):
            raise ProofRefused("the code was not confirmed")
        if not QrLogins(db).redeem(found.digest, browser, at):
            raise ProofRefused("the code was not confirmed")
        return Shown(found.account, Proof(QR, found.decided_at or at), found.digest.hex(), found.cap or HIGHEST)


def require_match(*, right: bool) -> None:
    """Raise QrMismatch for a wrong number, once it is recorded that the code is over."""
    if not right:
        raise QrMismatch("the number is not the one on the other screen; a new code is needed")


def _find(db: Connection, code: str) -> QrLogin | None:
    return QrLogins(db).find(digest_of(code)) if len(code) <= MAX_ID and code.isascii() else None


def _get(db: Connection, code: str) -> QrLogin:
    found = _find(db, code)
    if found is None:
        raise QrGone("there is no such code")
    return found
