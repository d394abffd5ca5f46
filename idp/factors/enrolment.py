"""Which methods an account has set up, of every room, and what forgets those that it knows."""

from sqlalchemy import Connection, bindparam, select

from idp.factors import password, possession, recovery_code, totp
from idp.factors.sent_code import SMS
from idp.storage import links
from idp.storage.recovery_codes import RecoveryCodes
from idp.storage.tables import identifiers as i
from idp.storage.tables_factors import totps as t
from idp.storage.totps import has_totp

_PHONE = select(i.c.kind).where(
    i.c.account == bindparam("of_account"), i.c.kind == "phone", i.c.verified_at.is_not(None)
)


def enrolled(db: Connection, account: str) -> frozenset[str]:
    """Return every method that an account has set up; a phone that is proven receives codes."""
    found = set(password.enrolled(db, account) | possession.enrolled(db, account) | links.enrolled(db, account))
    if has_totp(db, account):
        found.add(totp.METHOD)
    if RecoveryCodes(db).left(account):
        found.add(recovery_code.METHOD)
    if db.execute(_PHONE, {"of_account": account}).first() is not None:
        found.add(SMS)
    return frozenset(found)


def withdraw(db: Connection, account: str) -> int:
    """Forget what an account that was recovered knows: password, one-time passwords, codes; returns how many went."""
    gone = password.withdraw(db, account) + RecoveryCodes(db).remove(account)
    return gone + db.execute(t.delete().where(t.c.account == account)).rowcount
