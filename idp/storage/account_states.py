"""Whether an account may sign in, asked without reading the person behind it."""

from sqlalchemy import Connection, bindparam, select

from idp.model.account import AccountState
from idp.storage.tables import accounts as t

_ACTIVE = select(t.c.id).where(t.c.id == bindparam("of_id"), t.c.state == AccountState.ACTIVE.value)


def may_sign_in(db: Connection, account: str) -> bool:
    """Return whether the account is there and neither disabled nor closed nor merged."""
    return db.execute(_ACTIVE, {"of_id": account}).first() is not None
