"""What a recovery does to an account, whichever it is: old ways in are worth nothing, open sessions end."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from idp.storage.grants import Grants
from idp.storage.sessions import Sessions

Withdraw = Callable[[Connection, str], int]  # of a room: forget the account's authenticators, tell how many


def lower(db: Connection, account: str, withdrawals: Sequence[Withdraw], at: datetime) -> int:
    """Take all authenticators of an account away, end its sessions and what was granted in them.

    Whoever lost them may have lost them to somebody. Returns how many authenticators went.
    """
    gone = sum(each(db, account) for each in withdrawals)
    for one in Sessions(db).of_account(account, at):
        Sessions(db).end(one.sid, at, "recovered")
        Grants(db).revoke_of_session(one.sid, at)
    return gone
