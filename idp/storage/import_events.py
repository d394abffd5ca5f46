"""What the proof of a number does to imported users: those with the same one wait for the owner's word."""

from collections.abc import Mapping
from datetime import datetime

from certs.sm import sm3
from idp.model.imported import ImportState
from idp.storage.conflicts import Conflict, Conflicts
from idp.storage.imports import ImportedUsers
from idp.storage.persons import Vault
from trust.keys.fields import normalised
from trust.storage.unit_of_work import UnitOfWork


def source_digest(key: bytes, number: str) -> bytes:
    """Return the digest of a number as a source keys it: HMAC-SM3 over its normal form."""
    return sm3.hmac(key, normalised(number).encode())


def match_number(
    work: UnitOfWork, vault: Vault, account: str, number: str, keys: Mapping[str, bytes], at: datetime
) -> int:
    """Queue imported users with the number that an account has just proved; returns how many.

    Call it in the transaction in which the number is proved.

    Args:
        work: that transaction.
        vault: finds numbers.
        account: who proved it.
        number: the number.
        keys: by source, the key of its digests.
        at: now.
    """
    users, found = ImportedUsers(work.db, vault), {}
    for one in users.numbered(number):
        found[one.source, one.old] = one
    for source, key in keys.items():
        for one in users.digested(source, source_digest(key, number)):
            found[one.source, one.old] = one
    for one in found.values():
        if users.move(one, ImportState.CONFLICT, account, at):
            Conflicts(work.db).add_all([Conflict("", account, at, one.source, one.old)])
            facts = {"source": one.source, "old": one.old.hex()}
            work.journal.append("import-conflict-found", account, "service idp", facts)
    return len(found)
