"""Give up what was intended and never finished: its order may be given again, its serial goes on the list."""

from dataclasses import dataclass
from typing import Final

from certs.crl import Reason
from pki.model.issuance import ABANDONED_AFTER
from pki.model.work import PUBLISH
from pki.storage.certificates import Certificates
from pki.storage.lists import Lists
from pki.timekeeping import Timekeeper
from trust.audit.journal import Happening
from trust.storage.unit_of_work import NewWork

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class ResolveIntents:
    """Abandon intents that are older than a minute; a signature may exist, so their serials are revoked."""

    new_work: NewWork
    time: Timekeeper

    def __call__(self, by: str) -> int:
        """Return how many were given up."""
        total = 0
        while True:
            at = self.time.clock.now()
            with self.new_work() as work:
                certificates = Certificates(work.db)
                stale = certificates.stale(at - ABANDONED_AFTER, MOST)
                given_up = certificates.abandon(stale, at)
                Lists(work.db).revoke(given_up, at.replace(microsecond=0), Reason.UNSPECIFIED)
                work.journal.append_all(
                    Happening("certificate-abandoned", f"{one.authority}/{one.serial:032x}", by) for one in given_up
                )
                for authority, shard in {(one.authority, one.shard) for one in given_up}:
                    key = f"{authority}/{shard}/abandoned/{at:%Y%m%d%H%M%S%f}"
                    work.jobs.put(PUBLISH, key, {"authority": authority, "shard": shard})
            total += len(given_up)
            if len(stale) < MOST:
                return total
