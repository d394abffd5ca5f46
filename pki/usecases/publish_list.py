"""Publish revocation lists: one now, or every list whose time has come, whether anything was revoked or not.

Standard:
    RFC 5280 section 5; the number of a list rises by one within its shard, and no list goes back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certs import crl, crl_entries
from certs.crl import Plan, Revocation
from certs.errors import CertsError
from certs.sm import sm3
from pki.errors import IssuedWrong, ListContested
from pki.model.authority import CertificateAuthority
from pki.model.shards import Addresses
from pki.storage.directory import Directory
from pki.storage.lists import Lists, Published
from pki.timekeeping import Timekeeper
from trust.keys.ring import KeyRing
from trust.storage.objects import ObjectStore
from trust.storage.published import PublishedLists
from trust.storage.unit_of_work import NewWork

MAX_TRIES: Final = 5
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PublishList:
    """Sign and publish lists; what a list says was committed before it was signed."""

    new_work: NewWork
    directory: Directory
    keys: KeyRing
    objects: ObjectStore
    addresses: Addresses
    time: Timekeeper

    def __call__(self, authority: str, shard: int, by: str) -> Published:
        """Publish the next list of a shard.

        Raises:
            AuthorityMissing: no such authority.
            KeyMissing: its key is not in this ring; a root's is kept elsewhere.
            ListContested: others published faster, five times over.
            IssuedWrong: the signed list does not verify; nothing was published.
        """
        issuer = self.directory.authority(authority)
        for _ in range(MAX_TRIES):
            # 1. What is revoked now, and which number comes next.
            entries, newest = self._known(authority, shard)
            # 2. Sign with no transaction open, and look at the result. 3. Keep the bytes.
            published = self._signed(issuer, shard, entries, newest)
            # 4. Record them; a number that somebody else took meanwhile means to begin again.
            with self.new_work() as work:
                if Lists(work.db).add(published):
                    facts = {"number": str(published.number), "sm3": published.address}
                    work.journal.append("list-published", f"{authority}/{shard}", by, facts)
                    url = self.addresses.revocation_list(authority, shard)
                    PublishedLists(work.db).say(url, published.address, published.this_update)
                    return published
        raise ListContested(f"the list {authority}/{shard} was published by others {MAX_TRIES} times over")

    def refresh(self, authority: str, shard: int, by: str) -> datetime | None:
        """Publish the list of a shard if it says something new; returns when to come back, or None when it is right.

        A list speaks for a whole second, so the next one waits for the next second.
        """
        entries, newest = self._known(authority, shard)
        if newest is not None:
            if newest.digest == _digest(entries):
                return None
            if newest.this_update >= self.time.now().replace(microsecond=0):
                return newest.this_update + _SECOND
        self(authority, shard, by)
        return None

    def due(self) -> Iterator[tuple[str, int]]:
        """Return the lists whose time has come."""
        at = self.time.clock.now()
        with self.directory.database.reading() as db:
            last = Lists(db).last_updates()
        for one in self.directory.authorities().values():
            for shard in range(one.shards):
                if one.list_due(last.get((one.name, shard)), at):
                    yield one.name, shard

    def _known(self, authority: str, shard: int) -> tuple[list[Revocation], Published | None]:
        with self.directory.database.reading() as db:
            lists = Lists(db)
            newest = lists.newest(authority, shard)  # before the entries, which may then only be newer
            return lists.entries(authority, shard), newest

    def _signed(
        self, issuer: CertificateAuthority, shard: int, entries: list[Revocation], newest: Published | None
    ) -> Published:
        at = self.time.now().replace(microsecond=0)
        if newest is not None:
            at = max(at, newest.this_update + _SECOND)  # two lists within one second still follow each other
        number = 1 if newest is None else newest.number + 1
        tbs = crl.build(
            Plan(
                issuer=issuer.issuer,
                number=number,
                this_update=at,
                next_update=at + issuer.list_holds,
                entries=entries,
                url=self.addresses.revocation_list(issuer.name, shard),
                covers=issuer.covers,
                expired_since=issuer.certificate.not_before,
            )
        )
        try:
            found = crl.finish(tbs, self.keys.signer(issuer.key).sign(tbs))
            found.verify_signed_by(issuer.certificate.public_key)
        except CertsError as wrong:
            raise IssuedWrong(str(wrong)) from wrong
        return Published(
            authority=issuer.name,
            shard=shard,
            number=number,
            this_update=at,
            next_update=at + issuer.list_holds,
            address=self.objects.put(found.der),
            entries=len(entries),
            digest=_digest(entries),
        )


def _digest(entries: Iterable[Revocation]) -> str:
    """Return what makes the content of two lists the same."""
    return sm3.digest(b"".join(map(crl_entries.encode, entries))).hex()
