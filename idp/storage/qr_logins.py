"""Codes to scan as one transaction sees them; each step is one statement that only one caller can win."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.model.qr_login import QrLogin, QrState
from idp.storage.tables_devices import qr_logins as t
from trust.values.assurance import Rank

_FIND = select(t).where(t.c.digest == bindparam("of_digest"))
_THIS = (t.c.digest == bindparam("of_digest"), t.c.until > bindparam("now"))
_WITHDRAW = (
    update(t)
    .where(t.c.browser == bindparam("of_browser"), t.c.state == QrState.NEW.value)
    .values(state=QrState.EXPIRED.value)
)
_SCAN = (
    update(t)
    .where(*_THIS, t.c.state == QrState.NEW.value)
    .values(state=QrState.SCANNED.value, account=bindparam("by_account"))
)
_DECIDE = (
    update(t)
    .where(*_THIS, t.c.state == QrState.SCANNED.value, t.c.account == bindparam("by_account"))
    .values(
        state=bindparam("new_state"),
        cap=bindparam("new_cap"),
        decided_at=bindparam("now"),
        until=bindparam("new_until"),
    )
)
_REDEEM = (
    update(t)
    .where(*_THIS, t.c.state == QrState.CONFIRMED.value, t.c.browser == bindparam("of_browser"))
    .values(state=QrState.REDEEMED.value)
)
_FORGET = delete(t).where(t.c.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class QrLogins:
    """Sign-ins that wait for a scan."""

    db: Connection

    def offer(self, login: QrLogin) -> None:
        """Show a code; the one that the browser showed before, and that nobody scanned, is over."""
        self.db.execute(_WITHDRAW, {"of_browser": login.browser})
        row = {
            "digest": login.digest,
            "browser": login.browser,
            "client": login.client,
            "device": login.device,
            "network": login.network,
            "number": login.number,
            "state": login.stored.value,
            "at": login.at,
            "until": login.until,
            "account": login.account,
            "cap": None,
            "decided_at": login.decided_at,
        }
        self.db.execute(insert(t), row)

    def find(self, digest: bytes) -> QrLogin | None:
        """Return the code."""
        row = self.db.execute(_FIND, {"of_digest": digest}).first()
        return None if row is None else _login(row)

    def scan(self, digest: bytes, account: str, at: datetime) -> bool:
        """Note who scanned it; tells whether this was the first scan of a code that still counts."""
        return self.db.execute(_SCAN, {"of_digest": digest, "by_account": account, "now": at}).rowcount == 1

    def decide(
        self, digest: bytes, account: str, state: QrState, cap: Rank | None, at: datetime, until: datetime
    ) -> bool:
        """Confirm or refuse what the same account scanned; tells whether nobody had decided before."""
        told = {
            "of_digest": digest,
            "by_account": account,
            "new_state": state.value,
            "new_cap": None if cap is None else cap.value,
            "now": at,
            "new_until": until,
        }
        return self.db.execute(_DECIDE, told).rowcount == 1

    def redeem(self, digest: bytes, browser: bytes, at: datetime) -> bool:
        """Use a confirmed code in its browser; tells whether this call was the one that did."""
        return self.db.execute(_REDEEM, {"of_digest": digest, "of_browser": browser, "now": at}).rowcount == 1

    def forget(self, before: datetime) -> int:
        """Delete codes that ran out before an instant; returns how many went."""
        return self.db.execute(_FORGET, {"now": before}).rowcount


def _login(row: Any) -> QrLogin:
    return QrLogin(
        digest=row.digest,
        browser=row.browser,
        client=row.client,
        device=row.device,
        network=row.network,
        number=row.number,
        stored=QrState(row.state),
        at=row.at,
        until=row.until,
        account=row.account,
        cap=None if row.cap is None else Rank(row.cap),
        decided_at=row.decided_at,
    )
